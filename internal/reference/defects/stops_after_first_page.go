package defects

import (
	"context"

	"github.com/syncspec/syncspec/internal/reference"
)

func stopsAfterFirstPage() Defect {
	return Defect{
		Name:     "stops-after-first-page",
		Breaks:   "a limit left over from debugging ends every walk after its first page",
		KilledBy: "sync/pagination-complete", Cause: "page-not-requested",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Fetcher = onePage{p.Fetcher, fired}
			return p
		},
	}
}

type onePage struct {
	reference.Fetcher
	fired func()
}

func (f onePage) Fetch(ctx context.Context, req reference.PageRequest) (reference.Page, error) {
	page, err := f.Fetcher.Fetch(ctx, req)
	if page.Next != nil {
		f.fired()
		page.Next = nil
	}
	return page, err
}
