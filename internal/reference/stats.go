package reference

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// recalculate counts what an integration holds and stores it with the integration.
func (s *integrations) recalculate(ctx context.Context, in integration) error {
	batch := &pgx.Batch{}
	// The lock comes first and the counting in a statement of its own: of two deliveries that end at the same time
	// the later one then counts what the earlier one wrote, and no older count can overwrite a newer one.
	batch.Queue(`SELECT 1 FROM integration WHERE id = $1::uuid FOR NO KEY UPDATE`, in.id)
	batch.Queue(in.src.statsSQL(), in.id)
	err := s.pool.with(ctx, func(c *pgx.Conn) error { return c.SendBatch(ctx, batch).Close() })
	if err != nil {
		return fmt.Errorf("recalculating the stats of integration %s: %w", in.id, err)
	}
	return nil
}

func (s *source) statsSQL() string {
	var objects []string
	for _, o := range s.objects {
		objects = append(objects, fmt.Sprintf(`(%s, (SELECT jsonb_build_object('rows', count(*), 'deleted', count(deleted_at)) FROM %s WHERE integration_id = $1::uuid))`,
			literal(o.Name), quote(o.table.name)))
	}
	return fmt.Sprintf(`UPDATE integration SET updated_at = now(), stats = jsonb_build_object(
		'objects', (SELECT jsonb_object_agg(name, counts) FROM (VALUES %s) AS o (name, counts)),
		'raw', (SELECT jsonb_build_object(
			'pending', count(*) FILTER (WHERE processing_status = 'pending'),
			'processed', count(*) FILTER (WHERE processing_status = 'processed'),
			'error', count(*) FILTER (WHERE processing_status = 'error')) FROM %s WHERE integration_id = $1::uuid),
		'updated_at', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
		WHERE id = $1::uuid`, strings.Join(objects, ",\n\t\t\t"), quote(s.rawTable()))
}

// literal makes a text constant for SQL that has no room for parameters.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// stats reads what recalculate stored; an integration that nothing was written to yet is counted now.
func (s *integrations) stats(ctx context.Context, in integration) (json.RawMessage, error) {
	read := func() (value []byte, err error) {
		err = s.pool.with(ctx, func(c *pgx.Conn) error {
			return c.QueryRow(ctx, `SELECT stats::text FROM integration WHERE id = $1::uuid`, in.id).Scan(&value)
		})
		return value, err
	}
	value, err := read()
	if err == nil && value == nil {
		if err := s.recalculate(ctx, in); err != nil {
			return nil, err
		}
		value, err = read()
	}
	if err != nil {
		return nil, fmt.Errorf("reading the stats of integration %s: %w", in.id, err)
	}
	return value, nil
}
