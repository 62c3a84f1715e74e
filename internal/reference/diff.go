package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"
)

// fieldDiff is what webhook raw rows keep in diff.
type fieldDiff struct {
	Changed []string `json:"changed"`
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
}

// diff compares a payload's top-level fields with those of the object's newest raw row; nil where there is none.
func (e *engine) diff(ctx context.Context, in integration, o *object, key string, now *fields) (json.RawMessage, error) {
	var previous []byte
	err := e.pool.with(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, fmt.Sprintf(`SELECT payload::text FROM %s WHERE integration_id = $1::uuid AND object_type = $2 AND COALESCE(%s, '') = $3 ORDER BY id DESC LIMIT 1`,
			quote(in.src.rawTable()), quote(in.src.idColumn())), in.id, o.Name, key).Scan(&previous)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading the previous payload of %s %s: %w", o.Name, key, err)
	}
	before, err := parseFields(previous)
	if err != nil {
		return nil, nil // nothing to compare with
	}
	d := fieldDiff{Changed: []string{}, Added: []string{}, Removed: []string{}}
	for name, value := range now.top {
		was, ok := before.top[name]
		switch {
		case !ok:
			d.Added = append(d.Added, pgText(name))
		case !sameValue(was, value):
			d.Changed = append(d.Changed, pgText(name))
		}
	}
	for name := range before.top {
		if _, ok := now.top[name]; !ok {
			d.Removed = append(d.Removed, pgText(name))
		}
	}
	for _, names := range [][]string{d.Changed, d.Added, d.Removed} {
		slices.Sort(names)
	}
	raw, err := json.Marshal(d)
	if err != nil {
		return nil, fmt.Errorf("encoding the difference: %w", err)
	}
	return raw, nil
}

func sameValue(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	x, errX := decodeExact(a)
	y, errY := decodeExact(b)
	return errX == nil && errY == nil && bytes.Equal(appendCanonical(nil, x), appendCanonical(nil, y))
}
