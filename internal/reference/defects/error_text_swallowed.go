package defects

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/reference"
)

func errorTextSwallowed() Defect {
	return Defect{
		Name:     "error-text-swallowed",
		Breaks:   "the exception goes to a log that is kept for a day, and the raw row says no more than that something failed",
		KilledBy: "failure/refinement-kept", Cause: "error-text-vague",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Ledger = mumbling{p.Ledger, fired}
			return p
		},
	}
}

type mumbling struct {
	reference.Ledger
	fired func()
}

func (l mumbling) Failed(ctx context.Context, db *pgx.Conn, source string, rows []reference.FailedRow) error {
	vague := make([]reference.FailedRow, len(rows))
	for i, r := range rows {
		vague[i] = reference.FailedRow{RawID: r.RawID, Err: errors.New("refinement failed")}
	}
	l.fired()
	return l.Ledger.Failed(ctx, db, source, vague)
}
