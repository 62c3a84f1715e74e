package defects

import (
	"time"

	"github.com/syncspec/syncspec/internal/reference"
)

func startDateInLocalTime() Defect {
	return Defect{
		Name:     "start-date-in-local-time",
		Breaks:   "the start date is written in the server's own time, which is five hours ahead, and read as UTC: what changed in between never comes",
		Needs:    "a filter by time of change",
		KilledBy: "sync/incremental-boundary", Cause: "change-missed",
		applies: hasFilter,
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Fetcher = later{p.Fetcher, 5 * time.Hour, fired}
			return p
		},
	}
}
