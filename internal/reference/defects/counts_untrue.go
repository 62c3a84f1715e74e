package defects

import (
	"context"

	"github.com/syncspec/syncspec/internal/reference"
)

func countsUntrue() Defect {
	return Defect{
		Name:     "counts-untrue",
		Breaks:   "the counter goes up once per INSERT statement, from the time when a statement wrote one row",
		KilledBy: "sync/reported-counts", Cause: "count-untrue",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Ingester = statementCounter{p.Ingester, fired}
			return p
		},
	}
}

type statementCounter struct {
	reference.Ingester
	fired func()
}

func (i statementCounter) Ingest(ctx context.Context, rows []reference.RawRow) ([]reference.Stored, error) {
	stored, err := i.Ingester.Ingest(ctx, rows)
	counted := false
	for n := range stored {
		if stored[n].New && counted {
			i.fired()
			stored[n].New = false
		}
		counted = counted || stored[n].New
	}
	return stored, err
}
