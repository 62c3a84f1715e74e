package defects

import (
	"time"

	"github.com/syncspec/syncspec/internal/reference"
)

func backoffConstant() Defect {
	return Defect{
		Name:     "backoff-constant",
		Breaks:   "whatever fails is tried again every half second, however often it has failed",
		KilledBy: "sync/backoff-grows", Cause: "pause-constant",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Pacer = steady{p.Pacer, fired}
			return p
		},
	}
}

type steady struct {
	reference.Pacer
	fired func()
}

func (s steady) Pause(f reference.Failure) (time.Duration, bool) {
	wait, again := s.Pacer.Pause(f)
	if again && f.Status >= 500 && f.Header.Get("Retry-After") == "" {
		s.fired()
		wait = 500 * time.Millisecond
	}
	return wait, again
}
