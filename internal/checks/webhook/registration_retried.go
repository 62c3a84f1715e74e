package webhook

import (
	"context"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// RegistrationRetried looks at a topic whose first registration the source did not take.
func RegistrationRetried() check.Check {
	return check.Check{
		ID: "webhook/registration-retried", Phase: 3, SOP: []string{"3.1-4"}, Level: check.Required, Scenario: scenario.Authorized,
		Needs:    []profile.Notion{profile.RegisterWebhooks},
		Title:    "A registration that failed is tried again, and none that succeeded is made twice.",
		Why:      "one bad moment of the source costs a topic for good; and a topic that is registered twice delivers everything twice",
		Remedy:   "keep the state of each registration; on the next call register those that are not registered, and only those",
		Evidence: "a registration that the source answered with an error, and the registrations it has in the end",
		Causes: map[string]string{
			"not-retried":      "the failed registration was not tried again",
			"retry-refused":    "it was tried again, and the source has no such registration all the same",
			"registered-twice": "the source has several registrations of a topic for the same address",
		},
		Subjects: check.Source,
		Run:      registrationRetried,
	}
}

func registrationRetried(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
	failed, there := 0, map[string]int{}
	var lines []string
	for _, a := range attempts(s, s.Broken) {
		lines = append(lines, a.line)
		if a.status/100 != 2 {
			failed++
		}
	}
	for _, h := range s.Hooks {
		if h.Address == s.Integration.WebhookURL {
			there[h.Topic]++
		}
	}
	again := slices.ContainsFunc(s.Step(scenario.SecondRegistration).Traffic, func(x scenario.Exchange) bool {
		topic, _, ok := check.Registers(s.Manifest, x)
		return ok && topic == s.Broken
	})
	switch {
	case s.Manifest.Webhooks.Registration == nil:
		return check.NotApplicable("no-registration", "the source has no registration by API")
	case failed == 0:
		return check.Unproven("no registration failed that could have been tried again")
	case there[s.Broken] == 0 && !again:
		return check.Fail("not-retried", "the registration of %s failed, and was not tried again when the webhooks were registered the next time", s.Broken).
			Expected("another request to register %s", s.Broken).Actual("%s", lines[len(lines)-1]).With("request", lines...).Done()
	case there[s.Broken] == 0:
		return check.Fail("retry-refused", "the registration of %s was tried again, but the source has none for this address", s.Broken).
			Expected("a registration of %s for %s", s.Broken, s.Integration.WebhookURL).Actual("%s", lines[len(lines)-1]).With("request", lines...).Done()
	}
	var twice []string
	for _, topic := range s.Manifest.Registrable() {
		if n := there[topic]; n > 1 {
			twice = append(twice, fmt.Sprintf("%s is registered %d times", topic, n))
		}
	}
	if len(twice) > 0 {
		return check.Fail("registered-twice", "%d topics are registered more than once, so each of their deliveries comes more than once", len(twice)).
			Expected("one registration per topic").Actual("%s", twice[0]).With("difference", twice...).Done()
	}
	return check.Pass(len(there), "%s, whose registration failed, was registered on a later try; %d topics are registered, each once", s.Broken, len(there))
}
