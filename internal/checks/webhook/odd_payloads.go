package webhook

import (
	"context"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// OddPayloads sends what the source sends besides events.
func OddPayloads() check.Check {
	return check.Check{
		ID: "webhook/odd-payloads", Phase: 3, SOP: []string{"2.2-6", "3.2-6"}, Level: check.Required, Scenario: scenario.Probed,
		Title:    "A ping, and a signed body that is no object or breaks off, are answered with success and change no row; what is signed is put aside.",
		Why:      "the source counts refusals and switches the webhook off; a body that is no object must not become an object, nor be lost",
		Remedy:   "answer a ping 200 without a signature; put a signed body that cannot be understood aside as an error in the raw table and answer 200",
		Evidence: "the delivery's answer, and all refined rows and failed raw rows before it and after a good delivery that was sent later",
		Causes: map[string]string{
			"refused":     "the delivery was not answered with success",
			"row-changed": "refined rows appeared, changed or went",
			"not-kept":    "the signed delivery left no raw row in error",
		},
		Subjects: func(m *manifest.Manifest) []check.Subject {
			var out []check.Subject
			if m.Webhooks.Ping != nil {
				out = append(out, check.Subject{Kind: "signature", Name: string(scenario.ProbePing)})
			}
			if len(m.Webhooks.NotObject) > 0 {
				out = append(out, check.Subject{Kind: "signature", Name: string(scenario.ProbeNotObject)})
			}
			return append(out, check.Subject{Kind: "signature", Name: string(scenario.ProbeBroken)})
		},
		Run: func(_ context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
			p := s.Probes[scenario.ProbeName(subject.Name)]
			a := p.Delivery.Answer
			switch {
			case a.Status/100 != 2:
				return check.Fail("refused", "the %s was answered %d", subject.Name, a.Status).Expected("2xx").Actual("%d %s", a.Status, a.Body).Done()
			case len(p.Changes) > 0:
				return check.Fail("row-changed", "the %s changed %d rows", subject.Name, len(p.Changes)).
					Expected("every row as it was").Actual("%s", p.Changes[0]).With("row", p.Changes...).Done()
			case !p.SentinelSeen:
				return check.Unproven("the good delivery that was sent after the %s was never seen", subject.Name)
			case scenario.ProbeName(subject.Name) != scenario.ProbePing && !s.Has(profile.Raw):
				r, _ := check.Lacking(s.Lacks, profile.Raw)
				return r, nil
			case p.SetAside == 0 && scenario.ProbeName(subject.Name) != scenario.ProbePing:
				return check.Fail("not-kept", "nothing is left of the %s", subject.Name).
					Expected("a raw row with the status error").Actual("no more of them than before").Done()
			}
			return check.Pass(1, "the %s was answered %d and changed no row", subject.Name, a.Status)
		},
	}
}
