package target

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
)

// statement executes the verb's statement in the target's database. Its answer are the columns of the first row.
func (d *doing) statement(ctx context.Context, file string) (answer, error) {
	if !filepath.IsAbs(file) {
		file = filepath.Join(d.r.launch.Profile.Target.Dir, file)
	}
	name := filepath.Base(file)
	refused := func(format string, args ...any) error {
		return &Error{Verb: d.name, Cause: "target-refused", Detail: name + ": " + fmt.Sprintf(format, args...),
			remedy: "mend the statement in " + name + "; placeholders are written @account_url there"}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return answer{}, refused("it cannot be read: %v", err)
	}
	query, args, err := named(ctx, string(text), d.values)
	if err != nil {
		return answer{}, refused("%v", err)
	}
	address, _ := d.values["database.url"].(string)
	conn, err := pgx.Connect(ctx, address)
	if err != nil && ctx.Err() == nil {
		return answer{}, &Error{Verb: d.name, Cause: "target-unreachable", Detail: name + ": the target's database does not answer", err: err}
	}
	var row map[string]any
	if err == nil {
		defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
		row, err = first(ctx, conn, query, args)
	}
	switch late := d.expired(ctx); {
	case err == nil:
	case late != nil:
		late.Detail = fmt.Sprintf("%s: the statement did not end within %s", name, d.within)
		return answer{}, late
	case ctx.Err() != nil:
		return answer{}, fmt.Errorf("waiting for the statement of %s: %w", d.name, ctx.Err())
	default:
		return answer{}, refused("%v", err)
	}
	a := answer{how: "the statement in " + name + " was executed", value: row}
	if row == nil {
		a.value, a.broken = nil, "it returned no row"
	}
	return a, nil
}

// known marks an argument that has a value, or may have none.
type known struct{ value any }

// named puts the values in the place of @names: {account.url} is @account_url there.
func named(ctx context.Context, text string, values profile.Values) (query string, args []any, err error) {
	all := pgx.NamedArgs{}
	for _, p := range profile.Placeholders() {
		all[profile.Argument(p.Name)] = known{} // {name?}: there it is null
	}
	add := func(name string, value any) {
		switch value := value.(type) {
		case []string:
			all[profile.Argument(name)] = known{value}
		case map[string]string:
			all[profile.Argument(name)] = known{string(marshal(value))}
		default:
			all[profile.Argument(name)] = known{fmt.Sprint(value)} // a text becomes whatever the statement wants there
		}
	}
	for name, value := range values {
		add(name, value)
		if members, ok := value.(map[string]string); ok {
			for member, value := range members {
				add(name+"."+member, value)
			}
		}
	}
	query, args, err = all.RewriteQuery(ctx, nil, text, nil)
	if err != nil {
		return "", nil, err
	}
	for i, arg := range args {
		k, ok := arg.(known)
		if !ok {
			return "", nil, unknown(text, all)
		}
		args[i] = k.value
	}
	return query, args, nil
}

// parameter looks like a named one; within a quoted text it may be none, so only one that the driver found to be one is refused.
var parameter = regexp.MustCompile(`@([A-Za-z_][A-Za-z0-9_]*)`)

// unknown is the error of a statement with a named parameter that is no placeholder.
func unknown(text string, all pgx.NamedArgs) error {
	for _, found := range parameter.FindAllStringSubmatch(text, -1) {
		if _, ok := all[found[1]]; !ok {
			return fmt.Errorf("there is no placeholder @%s; %s", found[1], manifest.Suggest(found[1], slices.Collect(maps.Keys(all))))
		}
	}
	return errors.New("it has a named parameter that is no placeholder")
}

// first executes a statement and returns its first row, nil if there is none.
func first(ctx context.Context, conn *pgx.Conn, query string, args []any) (map[string]any, error) {
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var row map[string]any
	if rows.Next() {
		values, err := rows.Values()
		if err != nil {
			return nil, err
		}
		row = map[string]any{}
		for i, column := range rows.FieldDescriptions() {
			if id, ok := values[i].([16]byte); ok {
				values[i] = fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
			}
			row[column.Name] = values[i]
		}
	}
	rows.Close()
	if err := rows.Err(); err != nil || row == nil {
		return nil, err
	}
	// As any other answer is: numbers that keep their digits, times as texts.
	written, err := json.Marshal(row)
	if err != nil {
		return nil, fmt.Errorf("reading the row: %w", err)
	}
	a := read("", written, nil)
	row, _ = a.value.(map[string]any)
	return row, nil
}

// marshal is a value that came from JSON, or can always be such, as JSON.
func marshal(value any) []byte {
	data, err := json.Marshal(value)
	if err != nil {
		return []byte(err.Error())
	}
	return data
}
