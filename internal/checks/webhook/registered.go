// Package webhook holds the checks of SOP phase 3: registration and the endpoint's guard.
package webhook

import (
	"context"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// Registered wants every topic registered, as the source saw it.
func Registered() check.Check {
	return check.Check{
		ID: "webhook/registered", Phase: 3, SOP: []string{"3.1-1", "3.1-2"}, Level: check.Required, Scenario: scenario.Connected,
		Needs:    []profile.Notion{profile.RegisterWebhooks},
		Title:    "Every topic that the source registers by its API is registered, for the target's own endpoint, and no other.",
		Why:      "a topic that is not registered never arrives; the copy falls behind without an error",
		Remedy:   "add the topic to those that are registered when the account is connected; compliance topics are set in the app's configuration",
		Evidence: "the registration request and the source's answer",
		Causes: map[string]string{
			"topic-not-registered":  "no registration of the topic reached the source",
			"scope-missing":         "the source refused the registration, and the target does not ask for the scope that the topic needs",
			"registration-refused":  "the source refused the registration",
			"wrong-url":             "the topic was registered for another address",
			"claim-contradicted":    "the topic is registered, but the target does not say so",
			"compliance-registered": "a topic that is configured elsewhere was registered by the API, which the source does not take",
		},
		Subjects: func(m *manifest.Manifest) []check.Subject {
			var out []check.Subject
			for _, topic := range m.Registrable() {
				out = append(out, check.Subject{Kind: "topic", Name: topic})
			}
			for _, n := range m.Webhooks.Notices {
				if n.Kind == compliance {
					out = append(out, check.Subject{Kind: "topic", Name: n.Topic})
				}
			}
			return out
		},
		Run: registered,
	}
}

// compliance is the kind of notices that no API registers.
const compliance = "compliance"

func registered(_ context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	reg := s.Manifest.Webhooks.Registration
	if reg == nil {
		return check.NotApplicable("no-registration", "the source has no registration by API")
	}
	tries := attempts(s, subject.Name)
	if slices.ContainsFunc(s.Manifest.Webhooks.Notices, func(n manifest.Notice) bool { return n.Topic == subject.Name && n.Kind == compliance }) {
		return configuredElsewhere(subject.Name, tries)
	}
	claimed, claim := claims(s, subject.Name)
	var last *check.Finding
	for _, a := range tries {
		switch {
		case a.status/100 != 2 && a.lacks != "":
			last = check.Fail("scope-missing", "the source answered %d to the last registration of %s, which needs %s", a.status, subject.Name, a.lacks).
				Expected("%s among the scopes: %q", a.lacks, s.Described.Scopes).Actual("%d", a.status).With("request", a.line)
		case a.status/100 != 2:
			last = check.Fail("registration-refused", "the source answered %d to the last registration of %s", a.status, subject.Name).
				Expected("2xx").Actual("%d", a.status).With("request", a.line)
		case a.address != s.Integration.WebhookURL:
			last = check.Fail("wrong-url", "%s is registered for another address", subject.Name).
				Expected("%s", s.Integration.WebhookURL).Actual("%s", a.address).With("request", a.line)
		case !claimed:
			last = check.Fail("claim-contradicted", "%s is registered, but the target does not say so", subject.Name).
				Expected("%s among the topics of describe and registered in the answer of register_webhooks", subject.Name).Actual("%s", claim).With("request", a.line)
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

// configuredElsewhere judges a topic that no API registers.
func configuredElsewhere(topic string, tries []attempt) (result.Result, error) {
	if len(tries) > 0 {
		return check.Warn("compliance-registered", "%s was registered by the API; such a topic is set in the app's configuration", topic).
			Expected("no registration of %s", topic).Actual("%d", len(tries)).With("request", tries[0].line).Done()
	}
	return check.Pass(1, "%s was not registered by the API, where it cannot be", topic)
}

// attempt is one request to register a topic.
type attempt struct {
	line, address string
	status        int
	// lacks is the scope that the topic needs and the target does not ask for.
	lacks string
}

// attempts finds the requests to register a topic, in their order.
func attempts(s *scenario.Snapshot, topic string) []attempt {
	var out []attempt
	for _, x := range s.Requests() {
		if t, address, ok := check.Registers(s.Manifest, x); ok && t == topic {
			out = append(out, attempt{line: fmt.Sprintf("%s %s -> %d", x.Method, x.URL(), x.Status), address: address, status: x.Status, lacks: lacking(s, topic)})
		}
	}
	return out
}

// lacking returns the scope that a topic needs and the target does not ask for, empty where there is none.
func lacking(s *scenario.Snapshot, topic string) string {
	need := s.Manifest.Webhooks.Registration.Scope
	for _, t := range s.Manifest.Topics() {
		if t.Topic == topic && need == "" {
			need = t.Scope
		}
	}
	if !s.Has(profile.Describe) || check.Includes(s.Manifest, s.Described.Scopes, need) {
		return ""
	}
	return need
}

// claims tells whether the target itself says that a topic is registered, and what it says.
func claims(s *scenario.Snapshot, topic string) (ok bool, what string) {
	if s.Has(profile.Describe) && !slices.Contains(s.Described.Topics, topic) {
		return false, "describe does not list it"
	}
	if s.RegistersAlong {
		return true, ""
	}
	for _, r := range s.Registered {
		if r.Topic == topic {
			return r.Status == "registered", fmt.Sprintf("register_webhooks says %q %s", r.Status, r.Error)
		}
	}
	return false, "register_webhooks does not mention it"
}
