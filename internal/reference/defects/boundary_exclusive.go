package defects

import (
	"context"
	"time"

	"github.com/syncspec/syncspec/internal/reference"
)

func boundaryExclusive() Defect {
	return Defect{
		Name:     "boundary-exclusive",
		Breaks:   "a sync begins a second after its start date, so as not to read the last known change again, and misses the others of that second",
		Needs:    "a filter by time of change",
		KilledBy: "sync/incremental-boundary", Cause: "boundary-missed",
		applies: hasFilter,
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Fetcher = later{p.Fetcher, time.Second, fired}
			return p
		},
	}
}

// later is a fetcher that begins so much after the start date.
type later struct {
	reference.Fetcher
	by    time.Duration
	fired func()
}

func (l later) Fetch(ctx context.Context, req reference.PageRequest) (reference.Page, error) {
	if startLater(&req, l.by) {
		l.fired()
	}
	return l.Fetcher.Fetch(ctx, req)
}
