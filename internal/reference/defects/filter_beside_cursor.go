package defects

import (
	"context"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func filterBesideCursor() Defect {
	return Defect{
		Name:     "filter-beside-cursor",
		Breaks:   "the parameters of the first page are sent with every page, also beside a cursor that has them inside and takes no other",
		Needs:    "cursors that stand alone",
		KilledBy: "sync/pagination-complete", Cause: "filter-beside-cursor",
		applies: func(m *manifest.Manifest) bool { return len(m.API.Pagination.Next.With) > 0 },
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Fetcher = resending{p.Fetcher, fired}
			return p
		},
	}
}

type resending struct {
	reference.Fetcher
	fired func()
}

func (f resending) Fetch(ctx context.Context, req reference.PageRequest) (reference.Page, error) {
	if req.Number > 1 && len(req.List.Params) > 0 {
		f.fired()
		u := *req.URL
		query := u.Query()
		for name, value := range req.List.Params {
			query.Set(name, value)
		}
		u.RawQuery = query.Encode()
		req.URL = &u
	}
	return f.Fetcher.Fetch(ctx, req)
}
