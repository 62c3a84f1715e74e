package webhook

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// ReferenceRefetched follows deliveries whose body only names the object that changed.
func ReferenceRefetched() check.Check {
	return check.Check{
		ID: "webhook/reference-refetched", Phase: 3, SOP: []string{"3.2-2", "3.2-4"}, Level: check.Required, Scenario: scenario.Updated,
		Needs:    []profile.Notion{profile.Webhook},
		Title:    "A delivery that only names an object makes the target read the object anew; its body is kept, and never taken for the object.",
		Why:      "such a body looks like any other: written as the object it blanks a row, or the change is lost without a word",
		Remedy:   "take the id from where the topic has it, ask the source for that object, and refine the answer; keep the delivered body as a raw row of the topic",
		Evidence: "one delivery of the topic, and the requests that came of it",
		Causes: map[string]string{
			"delivery-refused":      "a properly signed delivery was not answered with success",
			"not-refetched":         "the object that the delivery names was never read anew",
			"delivery-not-kept":     "the delivery left no raw row of its topic",
			"body-taken-for-object": "the delivered body stands in the raw layer as the object itself",
		},
		Subjects: func(m *manifest.Manifest) []check.Subject {
			return slices.DeleteFunc(check.Topics(m), func(s check.Subject) bool { return !refers(m, s.Name) })
		},
		Run: referenceRefetched,
	}
}

// refers tells whether a topic's payload is a reference.
func refers(m *manifest.Manifest, topic string) bool {
	return slices.ContainsFunc(m.Topics(), func(t manifest.RoutedTopic) bool { return t.Topic == topic && t.Payload == "reference" })
}

func referenceRefetched(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	seen := 0
	for _, d := range s.Deliveries {
		if d.Topic != subject.Name || d.Effect.Object == "" {
			continue
		}
		seen++
		obj, _ := s.Manifest.Object(d.Effect.Object)
		about := fmt.Sprintf("%s (%s) about %s %s -> %d %s", d.Topic, d.Ref, obj.Name, d.Effect.Key, d.Answer.Status, d.Answer.Body)
		path := strings.ReplaceAll(s.Manifest.BasePath()+obj.One, "{id}", d.Effect.Key)
		reads := manifest.MatchPath(path) // the base path may have placeholders too
		fetched := slices.ContainsFunc(s.Step(scenario.Deliveries).Traffic, func(x scenario.Exchange) bool {
			return x.Method == "GET" && x.Status == 200 && reads.MatchString(x.Path)
		})
		mistaken, err := keeps(ctx, s, obj.Name, d)
		if err != nil {
			return result.Result{}, err
		}
		kept, err := keeps(ctx, s, d.Topic, d)
		if err != nil {
			return result.Result{}, err
		}
		switch {
		case d.Answer.Status/100 != 2:
			return check.Fail("delivery-refused", "a properly signed delivery of %s was answered %d", d.Topic, d.Answer.Status).
				Expected("2xx").Actual("%d %s", d.Answer.Status, d.Answer.Body).With("delivery", about).Done()
		case mistaken:
			return check.Fail("body-taken-for-object", "the body of a delivery of %s was stored as one of %s", d.Topic, obj.Name).
				Expected("a raw row of the type %s", d.Topic).Actual("a raw row of the type %s", obj.Name).With("delivery", about).Done()
		case !fetched:
			return check.Fail("not-refetched", "%s %s, which a delivery of %s names, was never read anew", obj.Name, d.Effect.Key, d.Topic).
				Expected("GET %s", path).Actual("%d other requests", len(s.Step(scenario.Deliveries).Traffic)).With("delivery", about).Done()
		case !s.Has(profile.Raw):
			r, _ := check.Lacking(s.Lacks, profile.Raw)
			return r, nil
		case !kept:
			return check.Fail("delivery-not-kept", "a delivery of %s left no raw row of its own", d.Topic).
				Expected("a raw row of the type %s with the delivered payload", d.Topic).Actual("none").With("delivery", about).Done()
		}
	}
	if seen == 0 {
		return check.Unproven("there is no delivery of %s", subject.Name)
	}
	return check.Pass(seen, "%d deliveries of %s, each kept, and the object it names read anew", seen, subject.Name)
}

// keeps tells whether a raw row of an object type has the payload of a delivery.
func keeps(ctx context.Context, s *scenario.Snapshot, objectType string, d *scenario.Delivery) (bool, error) {
	rows, err := s.Reader.RawRows(ctx, objectType, "", true)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(rows, func(r scenario.RawRow) bool { return canonical.Equal(r.Payload, d.Body) }), nil
}
