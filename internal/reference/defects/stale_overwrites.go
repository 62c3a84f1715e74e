package defects

import (
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func staleOverwrites() Defect {
	return Defect{
		Name:     "stale-overwrites",
		Breaks:   "whatever comes in is written, so a delivery that was overtaken brings the old state back",
		KilledBy: "webhook/stale-delivery", Cause: "older-overwrote",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Arbiter = lastComer{p.Arbiter, fired}
			return p
		},
	}
}

type lastComer struct {
	reference.Arbiter
	fired func()
}

func (a lastComer) Decide(s reference.State, in reference.Incoming) reference.Decision {
	if in.Event != manifest.Delete && s.UpdatedAt != nil && in.UpdatedAt != nil && in.UpdatedAt.Before(*s.UpdatedAt) {
		a.fired()
		s.UpdatedAt = nil
	}
	return a.Arbiter.Decide(s, in)
}
