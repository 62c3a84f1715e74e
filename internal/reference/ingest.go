package reference

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// ingester is the Ingester that writes {source}_raw_ingest.
type ingester struct{ pool *pool }

// Ingest stores all rows of one source in one round trip. A row whose payload is there already is left alone: the
// unique index decides, so that it holds among concurrent writers as well.
func (g ingester) Ingest(ctx context.Context, rows []RawRow) ([]Stored, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	var (
		n                                         = len(rows)
		integrations, companies, types, ids       = make([]string, n), make([]string, n), make([]string, n), make([]string, n)
		hashes, payloads, origins, topics, status = make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
		failures, contexts, diffs                 = make([]string, n), make([]*string, n), make([]*string, n)
		times                                     = make([]*string, n)
	)
	for i, r := range rows {
		integrations[i], companies[i], types[i], ids[i] = r.IntegrationID, r.CompanyID, r.ObjectType, r.ObjectID
		hashes[i], payloads[i], origins[i], topics[i] = r.Hash, string(r.Payload), r.Origin, r.Topic
		status[i], failures[i] = r.Status, pgText(r.Error)
		if r.SourceUpdatedAt != nil {
			s := r.SourceUpdatedAt.Format(timestampForm)
			times[i] = &s
		}
		if r.Diff != nil {
			s := string(r.Diff)
			diffs[i] = &s
		}
		if r.Fanout != nil {
			b, err := json.Marshal(r.Fanout)
			if err != nil {
				return nil, fmt.Errorf("encoding the values of the walk: %w", err)
			}
			s := string(b)
			contexts[i] = &s
		}
	}
	raw, id := quote(rows[0].Source+"_raw_ingest"), quote(rows[0].Source+"_object_id")
	batch := &pgx.Batch{}
	batch.Queue(fmt.Sprintf(`INSERT INTO %s (integration_id, company_id, object_type, %s, dedupe_hash_canonical, payload, context,
			source_updated_at, source, topic, processing_status, error_message, diff)
		SELECT integration::uuid, company::uuid, type, NULLIF(id, ''), hash, payload::json, context::jsonb,
			updated::timestamptz, origin, NULLIF(topic, ''), status, NULLIF(failure, ''), diff::jsonb
		FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
			$9::text[], $10::text[], $11::text[], $12::text[], $13::text[]) WITH ORDINALITY
			AS u(integration, company, type, id, hash, payload, context, updated, origin, topic, status, failure, diff, place)
		ORDER BY place
		ON CONFLICT DO NOTHING RETURNING id`, raw, id),
		integrations, companies, types, ids, hashes, payloads, contexts, times, origins, topics, status, failures, diffs)
	// What the insert skipped is there: the second statement sees it, whoever wrote it.
	batch.Queue(fmt.Sprintf(`SELECT u.place, max(r.id) FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) WITH ORDINALITY
			AS u(integration, type, id, hash, place)
		JOIN %s r ON r.integration_id = u.integration::uuid AND r.object_type = u.type
			AND COALESCE(r.%s, '') = u.id AND r.dedupe_hash_canonical = u.hash
		GROUP BY u.place`, raw, id), integrations, types, ids, hashes)

	stored := make([]Stored, n)
	err := g.pool.with(ctx, func(c *pgx.Conn) error {
		results := c.SendBatch(ctx, batch)
		inserted, err := results.Query()
		if err != nil {
			_ = results.Close() // the first error is the telling one
			return err
		}
		fresh := map[int64]bool{}
		newIDs, err := pgx.CollectRows(inserted, pgx.RowTo[int64])
		if err != nil {
			_ = results.Close()
			return err
		}
		for _, id := range newIDs {
			fresh[id] = true
		}
		found, err := results.Query()
		if err != nil {
			_ = results.Close()
			return err
		}
		var place int
		var rawID int64
		_, err = pgx.ForEachRow(found, []any{&place, &rawID}, func() error {
			// A payload that comes twice in one call is new only once.
			stored[place-1] = Stored{ID: rawID, New: fresh[rawID]}
			delete(fresh, rawID)
			return nil
		})
		if err != nil {
			_ = results.Close()
			return err
		}
		return results.Close()
	})
	if err != nil {
		return nil, fmt.Errorf("storing %d raw rows: %w", n, err)
	}
	return stored, nil
}

// timestampForm is how times are handed to Postgres.
const timestampForm = "2006-01-02T15:04:05.999999Z07:00"
