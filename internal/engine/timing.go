package engine

import (
	"fmt"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/scenario"
)

// Timing says in one line where the session's time went. Call it when its specs are over.
func (s *Session) Timing() string {
	var b strings.Builder
	fmt.Fprintf(&b, "worker %d took %s for its database, gateway and target", s.worker, round(s.opened))
	took := s.scenarios.Took()
	for _, name := range scenario.Names() {
		if d, ok := took[name]; ok {
			fmt.Fprintf(&b, ", %s for the scenario %q", round(d), name)
		}
	}
	if peak := s.instances.memory(); peak > 0 {
		fmt.Fprintf(&b, "; the target and what it started used at most %d MiB of memory", peak>>20)
	}
	return b.String()
}

// Timing says in one line how long the run's own part took.
func (s *Shared) Timing() string {
	return fmt.Sprintf("Postgres was ready after %s, its migrated template after %s more", round(s.serverTook), round(s.templateTook))
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
