package defects

import (
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func retryAfterIgnored() Defect {
	return Defect{
		Name:     "retry-after-ignored",
		Breaks:   "the time that the source asks to wait has a fraction, which the parser for whole numbers refuses, so the client comes back when it thinks best",
		Needs:    "a limit that names a time to wait",
		KilledBy: "sync/rate-limit-honoured", Cause: "retried-too-soon",
		applies: func(m *manifest.Manifest) bool {
			for _, l := range m.API.RateLimits {
				if l.Header != "" {
					return true
				}
			}
			return false
		},
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Pacer = hasty{p.Pacer, fired}
			return p
		},
	}
}

type hasty struct {
	reference.Pacer
	fired func()
}

func (h hasty) Pause(f reference.Failure) (time.Duration, bool) {
	for _, limit := range f.Manifest.API.RateLimits {
		if limit.Status == f.Status && f.Header.Get(limit.Header) != "" {
			h.fired()
			f.Header = nil
		}
	}
	return h.Pacer.Pause(f)
}
