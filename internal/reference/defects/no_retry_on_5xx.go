package defects

import (
	"time"

	"github.com/syncspec/syncspec/internal/reference"
)

func noRetryOn5xx() Defect {
	return Defect{
		Name:     "no-retry-on-5xx",
		Breaks:   "only a limit is a reason to ask again; a source that fails for a moment ends the function",
		KilledBy: "sync/faults-survived", Cause: "sync-failed",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Pacer = faintHearted{p.Pacer, fired}
			return p
		},
	}
}

type faintHearted struct {
	reference.Pacer
	fired func()
}

func (h faintHearted) Pause(f reference.Failure) (time.Duration, bool) {
	if f.Status >= 500 {
		h.fired()
		return 0, false
	}
	return h.Pacer.Pause(f)
}
