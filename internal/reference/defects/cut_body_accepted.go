package defects

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/syncspec/syncspec/internal/reference"
)

func cutBodyAccepted() Defect {
	return Defect{
		Name:     "cut-body-accepted",
		Breaks:   "an answer that breaks off cannot be parsed, and what cannot be parsed counts as the empty page behind the last one",
		KilledBy: "sync/faults-survived", Cause: "request-not-repeated",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Pacer = contentPacer{p.Pacer}
			p.Fetcher = contentFetcher{p.Fetcher, fired}
			return p
		},
	}
}

func brokeOff(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }

// contentPacer does not ask again for what broke off.
type contentPacer struct{ reference.Pacer }

func (c contentPacer) Pause(f reference.Failure) (time.Duration, bool) {
	if brokeOff(f.Err) {
		return 0, false
	}
	return c.Pacer.Pause(f)
}

// contentFetcher makes a last page of it.
type contentFetcher struct {
	reference.Fetcher
	fired func()
}

func (c contentFetcher) Fetch(ctx context.Context, req reference.PageRequest) (reference.Page, error) {
	page, err := c.Fetcher.Fetch(ctx, req)
	if brokeOff(err) {
		c.fired()
		return reference.Page{}, nil
	}
	return page, err
}
