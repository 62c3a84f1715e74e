package reference

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Ledger keeps what becomes of raw rows after they were stored. It is given the connection to write with, and the source,
// whose tables are meant.
type Ledger interface {
	// Failed notes why raw rows could not be refined. They stay, for what was received must not be lost with it.
	Failed(ctx context.Context, db *pgx.Conn, source string, rows []FailedRow) error
	// Unrefined are the raw rows of an integration that wait for refinement, the oldest first: those that failed, and
	// those whose refinement was cut off. Raw rows without an object's id are none: there is nothing to refine.
	Unrefined(ctx context.Context, db *pgx.Conn, source, integrationID string) ([]UnrefinedRow, error)
}

// FailedRow is a raw row that could not be refined.
type FailedRow struct {
	RawID int64
	Err   error
}

// UnrefinedRow is a raw row that waits for refinement.
type UnrefinedRow struct {
	RawID      int64
	ObjectType string
	ObjectID   string
	Payload    []byte
	Fanout     map[string]string
	// Origin is backfill or webhook; Topic is the webhook's.
	Origin, Topic string
	Received      time.Time
	// Superseded tells that a later payload of the same object is refined already.
	Superseded bool
}

// ledger is the Ledger in {source}_raw_ingest.
type ledger struct{}

// Failed marks the rows.
func (ledger) Failed(ctx context.Context, db *pgx.Conn, source string, rows []FailedRow) error {
	ids, messages := make([]int64, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		ids[i], messages[i] = r.RawID, pgText(r.Err.Error())
	}
	_, err := db.Exec(ctx, fmt.Sprintf(`UPDATE %s r SET processing_status = 'error', error_message = u.message, updated_at = now()
		FROM unnest($1::bigint[], $2::text[]) AS u(id, message) WHERE r.id = u.id`, quote(source+"_raw_ingest")), ids, messages)
	return err
}

// Unrefined reads the rows that no refinement has finished.
func (ledger) Unrefined(ctx context.Context, db *pgx.Conn, source, integrationID string) ([]UnrefinedRow, error) {
	found, err := db.Query(ctx, fmt.Sprintf(`SELECT r.id, r.object_type, r.%[2]s, r.payload::text, r.context, r.source, COALESCE(r.topic, ''), r.created_at,
			EXISTS (SELECT 1 FROM %[1]s later WHERE later.integration_id = r.integration_id AND later.object_type = r.object_type
				AND COALESCE(later.%[2]s, '') = r.%[2]s AND later.id > r.id AND later.processing_status = 'processed')
		FROM %[1]s r WHERE r.integration_id = $1::uuid AND r.processing_status <> 'processed' AND r.%[2]s IS NOT NULL ORDER BY r.id`,
		quote(source+"_raw_ingest"), quote(source+"_object_id")), integrationID)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(found, func(row pgx.CollectableRow) (u UnrefinedRow, err error) {
		err = row.Scan(&u.RawID, &u.ObjectType, &u.ObjectID, &u.Payload, &u.Fanout, &u.Origin, &u.Topic, &u.Received, &u.Superseded)
		return u, err
	})
}
