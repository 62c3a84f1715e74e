package defects

import (
	"context"

	"github.com/syncspec/syncspec/internal/reference"
)

func stopsAfterPage3() Defect {
	return Defect{
		Name:     "stops-after-page-3",
		Breaks:   "a limit left over from debugging ends every walk after its third page",
		KilledBy: "sync/pagination-complete", Cause: "page-not-requested",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Fetcher = threePages{p.Fetcher, fired}
			return p
		},
	}
}

type threePages struct {
	reference.Fetcher
	fired func()
}

func (f threePages) Fetch(ctx context.Context, req reference.PageRequest) (reference.Page, error) {
	page, err := f.Fetcher.Fetch(ctx, req)
	if req.Number >= 3 && page.Next != nil {
		f.fired()
		page.Next = nil
	}
	return page, err
}
