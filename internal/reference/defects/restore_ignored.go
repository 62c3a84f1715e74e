package defects

import (
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func restoreIgnored() Defect {
	return Defect{
		Name:     "restore-ignored",
		Breaks:   "a restore is handled as any update: the values are written, and the tombstone stays",
		Needs:    "topics that tell of a restore",
		KilledBy: "realtime/end-state", Cause: "tombstone-wrong",
		applies: tells(manifest.Restore),
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Arbiter = neverRestores{p.Arbiter, fired}
			return p
		},
	}
}

type neverRestores struct {
	reference.Arbiter
	fired func()
}

func (a neverRestores) Decide(s reference.State, in reference.Incoming) reference.Decision {
	d := a.Arbiter.Decide(s, in)
	if in.Event == manifest.Restore && s.DeletedAt != nil {
		a.fired()
		d.DeletedAt, d.Deletion = s.DeletedAt, s.Deletion
	}
	return d
}
