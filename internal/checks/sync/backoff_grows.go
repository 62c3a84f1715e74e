package sync

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// BackoffGrows measures the pauses between the tries of a request that fails several times in a row.
func BackoffGrows() check.Check {
	return check.Check{
		ID: "sync/backoff-grows", Phase: 7, SOP: []string{"7.2-2"}, Level: check.Required, Scenario: scenario.Faulted,
		Title:    "A request that fails again and again is tried after pauses that grow.",
		Why:      "a source in trouble that everybody asks again at the same pace stays in trouble; and a short outage is outlasted by growing pauses alone",
		Remedy:   "double the pause after each failure, with some chance in it, up to a bound",
		Evidence: "one request that failed three times in a row without being told when to come back",
		Causes: map[string]string{
			"not-retried":    "a request that failed was not made again",
			"no-pause":       "it was made again at once",
			"pause-constant": "it was made again after pauses of the same length",
			"growth-unclear": "the pauses differ, but that they grow may be chance",
		},
		Subjects: check.Source,
		Run:      backoffGrows,
	}
}

const (
	// atOnce is what no pause looks like at the source.
	atOnce = 20 * time.Millisecond
	// grown and doubled are the growth, from the earlier pauses to the later ones and from the first to the last, that
	// proves that they grow: pauses that double, of which chance takes up to a half, reach 2 in both.
	grown, doubled = 1.4, 1.8
	// constant is the growth up to which they are of one length.
	constant = 1.2
)

// growth is how much longer the later half of the pauses is than the earlier one. Of each half the shortest counts: a busy
// machine makes a pause longer and never shorter.
func growth(pauses []time.Duration) float64 {
	half := (len(pauses) + 1) / 2
	return float64(slices.Min(pauses[half:])) / float64(max(slices.Min(pauses[:half]), time.Millisecond))
}

func backoffGrows(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
	traffic := s.Step(scenario.FaultySync).Traffic
	longest, given := longestRun(s.Manifest, traffic)
	if longest == nil {
		if given != "" {
			return check.Fail("not-retried", "a request failed and was never made again").
				Expected("the same request, after a pause").Actual("none").With("request", given).Done()
		}
		return check.Unproven("no request failed without being told when to come back")
	}
	var texts []string
	for _, p := range longest.pauses {
		texts = append(texts, p.Round(time.Millisecond).String())
	}
	said := strings.Join(texts, ", ")
	switch {
	case len(longest.pauses) < 3:
		return check.Unproven("no request failed three times in a row and was made again each time: %s was, after %s", longest.path, said)
	case slices.Max(longest.pauses) < atOnce:
		return check.Fail("no-pause", "%s failed %d times in a row and was made again at once", longest.path, len(longest.pauses)).
			Expected("pauses that grow").Actual("%s", said).With("request", longest.lines...).Done()
	case growth(longest.pauses) >= grown && float64(longest.pauses[len(longest.pauses)-1]) >= doubled*float64(longest.pauses[0]):
		return check.Pass(len(longest.pauses), "%s failed %d times in a row and was made again after %s", longest.path, len(longest.pauses), said)
	case growth(longest.pauses) <= constant:
		return check.Fail("pause-constant", "%s failed %d times in a row and was made again after pauses of one length", longest.path, len(longest.pauses)).
			Expected("pauses that grow").Actual("%s", said).With("request", longest.lines...).Done()
	}
	return check.Warn("growth-unclear", "%s failed %d times in a row and was made again after %s: that they grow may be chance", longest.path, len(longest.pauses), said).
		Checked(len(longest.pauses)).With("request", longest.lines...).Done()
}

// run is a request that failed several times in a row, and the pauses before it was made again.
type run struct {
	path   string
	pauses []time.Duration
	lines  []string
}

// longestRun finds the request that failed and was made again most often in a row; given is one that was not made again
// at all, where no other was.
func longestRun(m *manifest.Manifest, traffic []scenario.Exchange) (longest *run, given string) {
	runs := map[string]*run{}
	for n, x := range traffic {
		if !fails(m, x) {
			delete(runs, asks(x))
			continue
		}
		next := again(traffic, n)
		if next == nil {
			given = shown(traffic, x)
			continue
		}
		r := runs[asks(x)]
		if r == nil {
			r = &run{path: x.Method + " " + x.Path, lines: []string{shown(traffic, x)}}
			runs[asks(x)] = r
		}
		r.pauses = append(r.pauses, next.At.Sub(answered(x)))
		r.lines = append(r.lines, shown(traffic, *next))
		if longest == nil || len(r.pauses) > len(longest.pauses) {
			longest = r
		}
	}
	return longest, given
}

// fails tells whether the source said that it cannot answer now, and not when it can.
func fails(m *manifest.Manifest, x scenario.Exchange) bool {
	_, named := asked(m, x)
	return !named && (x.Status >= 500 || x.Status == http.StatusTooManyRequests) && x.ResponseHeader.Get("Retry-After") == ""
}
