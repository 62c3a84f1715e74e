package defects

import (
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func insertOnly() Defect {
	return Defect{
		Name:     "insert-only",
		Breaks:   "refined rows are inserted with ON CONFLICT DO NOTHING, so the first state of an object stays for ever",
		KilledBy: "accuracy/explained", Cause: "value-differs",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Arbiter = firstComer{p.Arbiter, fired}
			return p
		},
	}
}

type firstComer struct {
	reference.Arbiter
	fired func()
}

func (a firstComer) Decide(s reference.State, in reference.Incoming) reference.Decision {
	d := a.Arbiter.Decide(s, in)
	if s.Exists && d.Write && in.Event != manifest.Delete {
		a.fired()
		d.Write = false
	}
	return d
}
