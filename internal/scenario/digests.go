package scenario

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// RawKey is what tells the raw rows of an integration apart.
type RawKey struct{ ObjectType, ObjectID, Hash string }

// RawDigests returns a digest of the payload of each of the integration's raw rows.
func (r *Reader) RawDigests(ctx context.Context) (map[RawKey]string, error) {
	n := r.names.Raw
	sql := fmt.Sprintf("SELECT coalesce(%s::text, ''), coalesce(%s::text, ''), coalesce(%s::text, ''), coalesce(md5(%s::text), '') FROM %s WHERE %s::text = $1",
		ident(n.ObjectType), ident(n.ObjectID), ident(n.Hash), ident(n.Payload), r.table(n.Table), ident(r.names.Integration))
	rows, err := r.pool.Query(ctx, sql, r.integration)
	if err != nil {
		return nil, fmt.Errorf("digesting %s: %w", n.Table, err)
	}
	digests := map[RawKey]string{}
	var key RawKey
	var digest string
	add := func() error { digests[key] = digest; return nil }
	if _, err := pgx.ForEachRow(rows, []any{&key.ObjectType, &key.ObjectID, &key.Hash, &digest}, add); err != nil {
		return nil, fmt.Errorf("digesting %s: %w", n.Table, err)
	}
	return digests, nil
}
