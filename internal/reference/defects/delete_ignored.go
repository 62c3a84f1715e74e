package defects

import (
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func deleteIgnored() Defect {
	return Defect{
		Name:     "delete-ignored",
		Breaks:   "a delete comes with an id and nothing else, has no values to write, and so nothing is written",
		Needs:    "topics that tell of a delete",
		KilledBy: "realtime/end-state", Cause: "tombstone-wrong",
		applies: tells(manifest.Delete),
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Arbiter = neverDeletes{p.Arbiter, fired}
			return p
		},
	}
}

type neverDeletes struct {
	reference.Arbiter
	fired func()
}

func (a neverDeletes) Decide(s reference.State, in reference.Incoming) reference.Decision {
	if in.Event == manifest.Delete {
		a.fired()
		return reference.Decision{DeletedAt: s.DeletedAt, Deletion: s.Deletion}
	}
	return a.Arbiter.Decide(s, in)
}
