// Package webhook holds the checks of SOP phase 3: registration and the endpoint's guard.
package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// Registered wants every topic registered, as the source saw it.
func Registered() check.Check {
	return check.Check{
		ID: "webhook/registered", Phase: 3, SOP: []string{"3.1-1", "3.1-2"}, Level: check.Required, Scenario: scenario.Connected,
		Title:    "Every topic is registered with the source, for the target's own endpoint.",
		Why:      "a topic that is not registered never arrives; the copy falls behind without an error",
		Remedy:   "add the topic to those that are registered when the account is connected",
		Evidence: "the registration request and the source's answer",
		Causes: map[string]string{
			"topic-not-registered": "no registration of the topic reached the source",
			"registration-refused": "the source refused the registration",
			"wrong-url":            "the topic was registered for another address",
			"claim-contradicted":   "the topic is registered, but the target does not say so",
		},
		Subjects: check.Topics,
		Run:      registered,
	}
}

func registered(_ context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	reg := s.Manifest.Webhooks.Registration
	if reg == nil {
		return result.Result{Status: result.NotApplicable, Cause: "no-registration", Summary: "the source has no registration by API"}, nil
	}
	claimed, claim := claims(s, subject.Name)
	path := oracle.MatchPath(s.Manifest.BasePath() + reg.Path)
	var last *check.Finding
	for _, x := range s.Requests() {
		var body map[string]any
		if x.Method != "POST" || !path.MatchString(x.Path) ||
			json.Unmarshal([]byte(x.RequestBody), &body) != nil || body[reg.Topic] != subject.Name {
			continue
		}
		line := fmt.Sprintf("%s %s -> %d", x.Method, x.URL(), x.Status)
		switch {
		case x.Status/100 != 2:
			last = check.Fail("registration-refused", "the source answered %d to the last registration of %s", x.Status, subject.Name).
				Expected("2xx").Actual("%d", x.Status).With("request", line)
		case body[reg.URL] != s.Integration.WebhookURL:
			last = check.Fail("wrong-url", "%s is registered for another address", subject.Name).
				Expected("%s", s.Integration.WebhookURL).Actual("%v", body[reg.URL]).With("request", line)
		case !claimed:
			last = check.Fail("claim-contradicted", "%s is registered, but the target does not say so", subject.Name).
				Expected("%s among the topics of describe and registered in the answer of register_webhooks", subject.Name).Actual("%s", claim).With("request", line)
		default: // a registration that was refused before and then retried is a good one
			return check.Pass(1, "%s is registered for %s", subject.Name, s.Integration.WebhookURL)
		}
	}
	if last != nil {
		return last.Done()
	}
	return check.Fail("topic-not-registered", "no registration of %s reached the source", subject.Name).
		Expected("POST %s with %s = %s", reg.Path, reg.Topic, subject.Name).Actual("%d requests, none of them this", len(s.Requests())).Done()
}

// claims tells whether the target itself says that a topic is registered, and what it says.
func claims(s *scenario.Snapshot, topic string) (ok bool, what string) {
	if !slices.Contains(s.Described.Topics, topic) {
		return false, "describe does not list it"
	}
	for _, r := range s.Registered {
		if r.Topic == topic {
			return r.Status == "registered", fmt.Sprintf("register_webhooks says %q %s", r.Status, r.Error)
		}
	}
	return false, "register_webhooks does not mention it"
}
