package sync

import (
	"context"
	"time"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// RateLimitHonoured holds the time at which a limited request came again against the time that the source asked for.
func RateLimitHonoured() check.Check {
	return check.Check{
		ID: "sync/rate-limit-honoured", Phase: 7, SOP: []string{"2.1-3", "7.1-5", "7.2-1", "7.2-3"}, Level: check.Required, Scenario: scenario.Faulted,
		Title:    "A request that the source limits is made again, and not before the time that the source names.",
		Why:      "who comes back too soon is limited again, for longer, and in the end locked out; who does not come back lacks the page",
		Remedy:   "on the limit's status wait as long as its header says, fractions included, and send the same request again",
		Evidence: "one answer that limits a request and names a time",
		Causes: map[string]string{
			"not-retried":       "a limited request was not made again",
			"retried-too-soon":  "it was made again before the time that the source named",
			"wait-not-measured": "the answer that limits it names no time that could be measured",
		},
		Subjects: check.Source,
		Run:      rateLimitHonoured,
	}
}

func rateLimitHonoured(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
	traffic := s.Step(scenario.FaultySync).Traffic
	limited, measured := 0, 0
	var shortest time.Duration
	for n, x := range traffic {
		wait, named := asked(s.Manifest, x)
		if x.Fault != "rate-limit" && !named {
			continue
		}
		limited++
		next := again(traffic, n)
		switch {
		case next == nil:
			return check.Fail("not-retried", "%s %s was limited and never made again", x.Method, x.URL()).
				Expected("the same request, %s later or after", wait).Actual("%d other requests", len(traffic)-n-1).With("request", shown(traffic, x)).Done()
		case !named:
			continue
		}
		// The pause is measured at the source, which sees it longer than the target made it, never shorter.
		pause := next.At.Sub(answered(x))
		if pause < wait {
			return check.Fail("retried-too-soon", "%s %s was made again %s after it was limited, and the source had asked for %s",
				x.Method, x.URL(), pause.Round(time.Millisecond), wait).
				Expected("a pause of at least %s", wait).Actual("%s", pause).With("request", shown(traffic, x), shown(traffic, *next)).Done()
		}
		if measured++; measured == 1 || pause < shortest {
			shortest = pause
		}
	}
	switch {
	case limited == 0:
		return check.Unproven("the source limited no request")
	case measured == 0:
		return check.Warn("wait-not-measured", "%d limited requests were made again, but no answer named a time to wait for", limited).Checked(limited).Done()
	}
	return check.Pass(measured, "%d limited request(s) came again, none too soon; the shortest pause was %s", measured, shortest.Round(time.Millisecond))
}
