package defects

import (
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

// without removes what drop says, and fires if that was anything: a wrapper then struck, a misreading is seeded.
func without[S ~[]E, E any](list S, fired func(), drop func(E) bool) S {
	kept := slices.DeleteFunc(list, drop)
	if len(kept) < len(list) {
		fired()
	}
	return kept
}

// executeEach seeds the statements that a query answers, and fires if there were any.
func executeEach(ctx context.Context, db *pgx.Conn, fired func(), query string, args ...any) error {
	rows, err := db.Query(ctx, query, args...)
	if err != nil {
		return err
	}
	statements, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	return execute(ctx, db, fired, statements...)
}

// execute seeds statements, and fires if there were any. What triggers do later nobody counts.
func execute(ctx context.Context, db *pgx.Conn, fired func(), statements ...string) error {
	for _, sql := range statements {
		if _, err := db.Exec(ctx, sql); err != nil {
			return err
		}
		fired()
	}
	return nil
}

// tableNames are the source's refined tables, quoted.
func tableNames(m *manifest.Manifest) []string {
	var names []string
	for _, t := range m.Tables() {
		names = append(names, quote(t.Name))
	}
	return names
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

// rewrite puts every value of a row and of those below it through f, but for NULLs.
func rewrite(row *reference.Row, fields manifest.Fields, children []manifest.Child, f func(field manifest.Field, text string) string) {
	for _, field := range fields {
		if text := row.Values[field.Column]; text != nil {
			changed := f(field, *text)
			row.Values[field.Column] = &changed
		}
	}
	for _, below := range row.Children {
		for i := range children {
			if children[i].Table == below.Table {
				for j := range below.Rows {
					rewrite(&below.Rows[j], children[i].Fields, children[i].Children, f)
				}
			}
		}
	}
}

// tells tells of a manifest whether a topic of it tells of an event.
func tells(event manifest.Event) func(*manifest.Manifest) bool {
	return func(m *manifest.Manifest) bool {
		return slices.ContainsFunc(m.Topics(), func(t manifest.RoutedTopic) bool { return t.Event == event })
	}
}

// hasFilter tells of a manifest whether what changed since a time can be asked for.
func hasFilter(m *manifest.Manifest) bool {
	return slices.ContainsFunc(m.Objects, func(o manifest.Object) bool { return o.Incremental != nil })
}

// startLater moves the start of an incremental walk, and tells whether there was one to move.
func startLater(req *reference.PageRequest, by time.Duration) bool {
	inc := req.Object.Incremental
	if inc == nil || req.Since.IsZero() || req.Number != 1 {
		return false
	}
	query := req.URL.Query()
	layout := map[manifest.TimeFormat]string{manifest.NaiveUTC: "2006-01-02T15:04:05", manifest.RFC3339: time.RFC3339}[inc.Format]
	start, err := time.Parse(layout, query.Get(inc.Param))
	if layout == "" || err != nil {
		return false
	}
	query.Set(inc.Param, start.Add(by).Format(layout))
	moved := *req.URL
	moved.RawQuery = query.Encode()
	req.URL = &moved
	return true
}
