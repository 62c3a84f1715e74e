package defects

import (
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func lastWriteLost() Defect {
	return Defect{
		Name:     "last-write-lost",
		Breaks:   "an update whose time is not later than the row's is taken for a repetition, but sources change things within the second or without touching the time",
		KilledBy: "realtime/same-time", Cause: "change-not-applied",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Arbiter = laterOnly{p.Arbiter, fired}
			return p
		},
	}
}

type laterOnly struct {
	reference.Arbiter
	fired func()
}

func (a laterOnly) Decide(s reference.State, in reference.Incoming) reference.Decision {
	if in.Event != manifest.Delete && s.UpdatedAt != nil && in.UpdatedAt != nil && !in.UpdatedAt.After(*s.UpdatedAt) {
		a.fired()
		return reference.Decision{DeletedAt: s.DeletedAt, Deletion: s.Deletion}
	}
	return a.Arbiter.Decide(s, in)
}
