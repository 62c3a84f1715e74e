package defects

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/reference"
)

func failedRefinementRolledBack() Defect {
	return Defect{
		Name:     "failed-refinement-rolled-back",
		Breaks:   "raw row and refined row are written in one transaction, so what cannot be refined is not kept either",
		KilledBy: "failure/refinement-kept", Cause: "raw-row-missing",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Ledger = forgetting{p.Ledger, fired}
			return p
		},
	}
}

type forgetting struct {
	reference.Ledger
	fired func()
}

func (l forgetting) Failed(ctx context.Context, db *pgx.Conn, source string, rows []reference.FailedRow) error {
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.RawID
	}
	l.fired()
	_, err := db.Exec(ctx, "DELETE FROM "+quote(source+"_raw_ingest")+" WHERE id = ANY ($1)", ids)
	return err
}
