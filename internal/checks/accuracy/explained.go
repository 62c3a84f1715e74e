package accuracy

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// Explained holds the rows after all deliveries against a later full reading of the source, and lists what no target
// could have known.
func Explained() check.Check {
	return check.Check{
		ID: "accuracy/explained", Phase: 5, SOP: []string{"5.1-5"}, Level: check.Required, Scenario: scenario.Updated,
		Title:    "After all changes the copy is the source, but for changes that no list and no delivery shows; those are listed.",
		Why:      "a discrepancy that nobody can explain hides the one that matters",
		Remedy:   "an unexplained difference is a bug; explained ones need a periodic full reading",
		Evidence: "a full reading of the source after the changes",
		Causes:   withExpectation(Causes()),
		Subjects: check.Objects(func(o *manifest.Object) bool { return len(o.Webhooks) > 0 && o.Parent == nil }),
		Run: func(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
			obj, _ := s.Manifest.Object(subject.Name)
			later := s.After.Objects[obj.Name]
			if len(later) == 0 {
				return check.Unproven("there is no later reading of %s", obj.Name)
			}
			drifted := map[string]bool{}
			var explained, contradicting []string
			for _, d := range s.Drift {
				if d.Object == obj.Name {
					drifted[d.Key] = true
					explained = append(explained, d.String())
					if d.Contradicts {
						contradicting = append(contradicting, d.String())
					}
				}
			}
			if len(contradicting) > 0 {
				return result.Result{Status: result.Error, Cause: "expectation-wrong", Actual: contradicting[0],
					Summary: fmt.Sprintf("the expected state of %d %s is not what their last body says, though the source has just that", len(contradicting), obj.Name),
					Remedy:  "this is the harness's own fault: report it with this text"}, nil
			}
			// Objects that the later reading does not list, or of which a delete told no values, are left out.
			state := &oracle.State{Manifest: s.Manifest, Objects: map[string]map[string]*oracle.Object{obj.Name: {}}}
			for key, o := range s.Expected.Objects[obj.Name] {
				if l := later[key]; l != nil && !o.ValuesStale {
					state.Objects[obj.Name][key] = l.Keeping(o, s.Manifest)
				} else {
					state.Objects[obj.Name][key] = o
				}
			}
			skip := func(o *oracle.Object) bool { return drifted[o.Key] || later[o.Key] == nil }
			sum, err := compareObject(ctx, s, state, obj.Name, skip)
			if err != nil {
				return result.Result{}, err
			}
			r, err := sum.verdict(obj.Name, "in the later reading of the source")
			if n := unlisted(s, obj.Name, later); n > 0 {
				r.Summary += fmt.Sprintf("; %d are in no later reading and were not compared", n)
			}
			if len(explained) > 0 {
				r.Summary += fmt.Sprintf("; %d changed at the source without a word and are left out", len(explained))
			}
			for _, e := range explained {
				r.Evidence = append(r.Evidence, result.Evidence{Kind: "explained", Text: e})
			}
			return r, err
		},
	}
}

// unlisted counts the objects that must be there and that the later reading does not hold.
func unlisted(s *scenario.Snapshot, object string, later map[string]*oracle.Object) int {
	n := 0
	for key := range s.Expected.Objects[object] {
		if later[key] == nil {
			n++
		}
	}
	return n
}

func withExpectation(causes map[string]string) map[string]string {
	causes["expectation-wrong"] = "the harness's own expectation contradicts the last body about an object"
	return causes
}
