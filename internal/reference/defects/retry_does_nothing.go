package defects

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/reference"
)

func retryDoesNothing() Defect {
	return Defect{
		Name:     "retry-does-nothing",
		Breaks:   "the retry looks for rows with the status failed, and since a refactoring they have the status error",
		KilledBy: "failure/retry-heals", Cause: "row-not-refined",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Ledger = blind{p.Ledger, fired}
			return p
		},
	}
}

type blind struct {
	reference.Ledger
	fired func()
}

func (l blind) Unrefined(ctx context.Context, db *pgx.Conn, source, integrationID string) ([]reference.UnrefinedRow, error) {
	rows, err := l.Ledger.Unrefined(ctx, db, source, integrationID)
	if len(rows) > 0 {
		l.fired()
	}
	return nil, err
}
