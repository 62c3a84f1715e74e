package report

import (
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/result"
)

// Metric is one of the SOP's success metrics, as far as the results of one run give it.
type Metric struct {
	// ID is the metric's requirement id, e.g. "M-1".
	ID   string `json:"id"`
	Name string `json:"name"`
	// Target is what the SOP asks for.
	Target string `json:"target"`
	// Good of Total subjects meet it. Subjects that were not proved count as not good, those that do not apply not at all.
	Good  int  `json:"good"`
	Total int  `json:"total"`
	Met   bool `json:"met"`
}

// Metrics computes the success metrics that the run's results hold. Error rate and uptime are not among them: they
// need the traffic and the history of runs.
func Metrics(run result.Run) []Metric {
	results := run.Complete()
	var out []Metric
	add := func(id, name, target string, percent int, sop ...string) {
		m := Metric{ID: id, Name: name, Target: target}
		for _, r := range results {
			if r.Status == result.NotApplicable || !slices.ContainsFunc(sop, func(s string) bool {
				return slices.Contains(r.SOP, s)
			}) {
				continue
			}
			m.Total++
			if r.Status == result.Pass || r.Status == result.Warning {
				m.Good++
			}
		}
		if m.Total > 0 {
			m.Met = m.Good*100 >= m.Total*percent
			out = append(out, m)
		}
	}
	add("M-1", "OAuth scopes", "100 %", 100, "1.1-1")
	add("M-2", "Sync functions", "100 %", 100, "2.1-1")
	add("M-3", "Webhooks", "100 % registered", 100, "3.1-1")
	add("M-4", "Deduplication", "0 duplicate hashes", 100, "4.1-1")
	add("M-5", "Data accuracy", "at least 99 % match", 99, "5.1-1", "5.1-2", "5.1-3", "5.1-4", "M-5")
	add("M-6", "Real-time sync", "under 5 s", 100, "6.1-1")
	return out
}

// String is the metric as one line. The percentage is rounded down, so that only all of them make 100.
func (m Metric) String() string {
	state := "met"
	if !m.Met {
		state = "NOT MET"
	}
	tenths := m.Good * 1000 / max(m.Total, 1)
	return fmt.Sprintf("%-16s %d/%d (%d.%d %%), target %s: %s",
		m.Name+":", m.Good, m.Total, tenths/10, tenths%10, m.Target, state)
}
