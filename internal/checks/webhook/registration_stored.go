package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// RegistrationStored reads integration.metadata_info after registrations of which one failed at first.
func RegistrationStored() check.Check {
	return check.Check{
		ID: "webhook/registration-stored", Phase: 3, SOP: []string{"3.1-5"}, Level: check.Required, Scenario: scenario.Authorized,
		Needs:    []profile.Notion{profile.RegisterWebhooks, profile.Metadata},
		Title:    "integration.metadata_info says of every topic whether it is registered, and says so truly.",
		Why:      "nobody sees a registration that is missing but by this record; without it a failed one is never found, let alone tried again",
		Remedy:   "write each topic's status when the source has answered, the failed ones with their error, and write it anew after a retry",
		Evidence: "metadata_info after the registrations",
		Causes: map[string]string{
			"metadata-missing":   "integration.metadata_info is empty or no JSON",
			"topic-not-stored":   "a registered topic has no status in metadata_info",
			"failure-not-stored": "a registration that had failed had the same status as those that had not",
			"status-not-updated": "a registration that succeeded on a later try has another status than the rest",
		},
		Subjects: check.Source,
		Run:      registrationStored,
	}
}

func registrationStored(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
	var now, then any
	if json.Unmarshal(s.Metadata, &now) != nil || now == nil {
		return check.Fail("metadata-missing", "integration.metadata_info holds nothing that can be read").
			Expected("JSON with each topic's status").Actual("%d bytes", len(s.Metadata)).Done()
	}
	registered := map[string]bool{}
	for _, h := range s.Hooks {
		registered[h.Topic] = true
	}
	status := map[string]string{}
	var missing []string
	for _, topic := range s.Manifest.Registrable() {
		text, ok := statusOf(now, topic)
		status[topic] = text
		if registered[topic] && !ok {
			missing = append(missing, topic+" has no status")
		}
	}
	usual := mostCommon(status, func(topic string) bool { return registered[topic] && topic != s.Broken })
	switch {
	case len(registered) == 0:
		return check.Unproven("the source has no registration that could be recorded")
	case len(missing) > 0:
		return check.Fail("topic-not-stored", "metadata_info says nothing of %d of %d registered topics", len(missing), len(registered)).
			Expected("a status for every topic").Actual("%s", missing[0]).With("difference", missing...).Done()
	case registered[s.Broken] && status[s.Broken] != usual:
		return check.Fail("status-not-updated", "%s was registered on a later try, but metadata_info has %q for it", s.Broken, status[s.Broken]).
			Expected("%q, as for the others", usual).Actual("%q", status[s.Broken]).Done()
	}
	first := s.Step(scenario.Registration)
	if json.Unmarshal(first.Metadata, &then) == nil && !succeeded(s, first) {
		before, ok := statusOf(then, s.Broken)
		others := map[string]string{}
		for topic := range status {
			others[topic], _ = statusOf(then, topic)
		}
		if usual := mostCommon(others, func(topic string) bool { return topic != s.Broken && others[topic] != "" }); ok && before == usual {
			return check.Fail("failure-not-stored", "the registration of %s had failed, but metadata_info had %q for it as for the others", s.Broken, before).
				Expected("another status than %q", usual).Actual("%q", before).Done()
		}
	}
	return check.Pass(len(registered), "metadata_info has a status for each of %d registered topics", len(registered))
}

// succeeded tells whether the broken topic's registration went well on a later try within the same step.
func succeeded(s *scenario.Snapshot, step *scenario.Step) bool {
	return slices.ContainsFunc(step.Traffic, func(x scenario.Exchange) bool {
		topic, _, ok := check.Registers(s.Manifest, x)
		return ok && topic == s.Broken && x.Status/100 == 2
	})
}

// statusOf finds what a JSON document says of a topic, in whatever shape: under the topic's name, or in an object that has
// the name as one of its values.
func statusOf(v any, topic string) (status string, ok bool) {
	switch v := v.(type) {
	case map[string]any:
		if at, there := v[topic]; there {
			return statusText(at)
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if v[name] == topic {
				return statusText(v)
			}
			if status, ok = statusOf(v[name], topic); ok {
				return status, true
			}
		}
	case []any:
		for _, e := range v {
			if status, ok = statusOf(e, topic); ok {
				return status, true
			}
		}
	}
	return "", false
}

// statusText is the status itself, or that of an entry which has one.
func statusText(v any) (string, bool) {
	if entry, ok := v.(map[string]any); ok {
		v = entry["status"]
		if v == nil {
			v = entry["state"]
		}
	}
	if v == nil || v == "" {
		return "", false
	}
	return fmt.Sprint(v), true
}

// mostCommon is the status that most of the topics have which the filter lets through.
func mostCommon(status map[string]string, keep func(topic string) bool) string {
	count := map[string]int{}
	best := ""
	for topic, text := range status {
		if !keep(topic) {
			continue
		}
		if count[text]++; count[text] > count[best] || count[text] == count[best] && text < best {
			best = text
		}
	}
	return best
}
