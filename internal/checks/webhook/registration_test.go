package webhook_test

import (
	"slices"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

func registered() []checktest.Case {
	const (
		id, topic = "webhook/registered", "order.deleted"
		hook      = "http://target/hooks/i1"
	)
	// registrations replaces what was asked of the source.
	registrations := func(w *checktest.World, traffic ...scenario.Exchange) {
		w.Step(scenario.Registration).Traffic = traffic
	}
	return []checktest.Case{
		{Check: id, Subject: topic, Name: "nothing was asked", Cause: "topic-not-registered", Says: "0 requests",
			Break: func(w *checktest.World) { registrations(w) }},
		{Check: id, Subject: topic, Name: "other topics were registered", Cause: "topic-not-registered", Says: "1 requests",
			Break: func(w *checktest.World) {
				registrations(w, checktest.Registration("order.updated", hook, 201))
			}},
		{Check: id, Subject: topic, Name: "the topic was only asked for", Cause: "topic-not-registered",
			Break: func(w *checktest.World) {
				x := checktest.Registration(topic, hook, 200)
				x.Method = "GET"
				registrations(w, x)
			}},
		{Check: id, Subject: topic, Name: "the topic was posted elsewhere", Cause: "topic-not-registered",
			Break: func(w *checktest.World) {
				x := checktest.Registration(topic, hook, 200)
				x.Path = "/v1/orders"
				registrations(w, x)
			}},
		{Check: id, Subject: topic, Name: "the source answered 400", Cause: "registration-refused", Says: "POST /v1/webhooks -> 400",
			Break: func(w *checktest.World) { registrations(w, checktest.Registration(topic, hook, 400)) }},
		{Check: id, Subject: topic, Name: "it was refused and then granted", Status: result.Pass,
			Break: func(w *checktest.World) {
				registrations(w, checktest.Registration(topic, hook, 503), checktest.Registration(topic, hook, 201))
			}},
		{Check: id, Subject: topic, Name: "the address is another one", Cause: "wrong-url", Says: "http://laptop",
			Break: func(w *checktest.World) { registrations(w, checktest.Registration(topic, "http://laptop", 201)) }},
		{Check: id, Subject: topic, Name: "the address is not given", Cause: "wrong-url", Says: "<none>",
			Break: func(w *checktest.World) {
				x := checktest.Registration(topic, hook, 201)
				x.RequestBody = `{"topic":"order.deleted"}`
				registrations(w, x)
			}},
		{Check: id, Subject: topic, Name: "describe does not list it", Cause: "claim-contradicted", Says: "describe does not list it",
			Break: func(w *checktest.World) { w.Described.Topics = []string{"order.updated"} }},
		{Check: id, Subject: topic, Name: "register_webhooks does not mention it", Cause: "claim-contradicted", Says: "does not mention it",
			Break: func(w *checktest.World) { w.Registered = nil }},
		{Check: id, Subject: topic, Name: "register_webhooks says that it failed", Cause: "claim-contradicted", Says: `"failed" no luck`,
			Break: func(w *checktest.World) {
				w.Registered = []target.Registered{{Topic: topic, Status: "failed", Error: "no luck"}}
			}},
		{Check: id, Subject: topic, Name: "the webhook stands inside an envelope", Status: result.Pass, Break: func(w *checktest.World) {
			w.Manifest.Webhooks.Registration.At = "data.webhook"
			x := checktest.Registration(topic, hook, 201)
			x.RequestBody = `{"data":{"webhook":` + x.RequestBody + `}}`
			registrations(w, x)
		}},
		{Check: id, Subject: topic, Name: "the envelope is missing", Cause: "topic-not-registered", Break: func(w *checktest.World) {
			w.Manifest.Webhooks.Registration.At = "webhook"
		}},
		{Check: id, Subject: topic, Name: "the topic's scope was never asked for", Cause: "scope-missing", Says: "which needs read_hooks",
			Break: func(w *checktest.World) {
				w.Manifest.Webhooks.Registration.Scope = ""
				w.Manifest.Objects[0].Webhooks[1].Scope = "read_hooks"
				registrations(w, checktest.Registration(topic, hook, 422))
			}},
		{Check: id, Subject: "app.removed", Name: "a notice of the connection's own is not registered", Cause: "topic-not-registered",
			Break: func(w *checktest.World) { registrations(w) }},
		{Check: id, Subject: "people.forget", Name: "what is configured elsewhere is registered", Status: result.Warning, Cause: "compliance-registered", Says: "-> 422",
			Break: func(w *checktest.World) { registrations(w, checktest.Registration("people.forget", hook, 422)) }},
		{Check: id, Subject: topic, Name: "the source has no registration", Status: result.NotApplicable, Cause: "no-registration",
			Break: func(w *checktest.World) { w.Manifest.Webhooks.Registration = nil }},
	}
}

func retried() []checktest.Case {
	const (
		id, subject, topic = "webhook/registration-retried", "shop", "order.updated"
		hook               = "http://target/hooks/i1"
	)
	// again replaces what was asked of the source the second time, and without the broken topic what it has.
	again := func(w *checktest.World, traffic ...scenario.Exchange) {
		w.Step(scenario.SecondRegistration).Traffic = traffic
		w.Hooks = slices.DeleteFunc(w.Hooks, func(h scenario.Hook) bool { return h.Topic == topic })
	}
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "not tried again", Cause: "not-retried", Says: "POST /v1/webhooks -> 500",
			Break: func(w *checktest.World) { again(w) }},
		{Check: id, Subject: subject, Name: "refused again", Cause: "retry-refused", Says: "POST /v1/webhooks -> 422",
			Break: func(w *checktest.World) { again(w, checktest.Registration(topic, hook, 422)) }},
		{Check: id, Subject: subject, Name: "registered for another address", Cause: "retry-refused", Break: func(w *checktest.World) {
			again(w, checktest.Registration(topic, "http://laptop", 201))
			w.Hooks = append(w.Hooks, scenario.Hook{Topic: topic, Address: "http://laptop"})
		}},
		{Check: id, Subject: subject, Name: "all of them again", Cause: "registered-twice", Says: "order.deleted is registered 2 times",
			Break: func(w *checktest.World) { w.Hooks = append(w.Hooks, w.Hooks...) }},
		{Check: id, Subject: subject, Name: "tried again at once", Status: result.Pass, Break: func(w *checktest.World) {
			first := w.Step(scenario.Registration)
			first.Traffic = append(first.Traffic, checktest.Registration(topic, hook, 201))
			w.Step(scenario.SecondRegistration).Traffic = nil
		}},
		{Check: id, Subject: subject, Name: "nothing failed", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Step(scenario.Registration).Traffic[0].Status = 201 }},
		{Check: id, Subject: subject, Name: "the source has no registration", Status: result.NotApplicable, Cause: "no-registration",
			Break: func(w *checktest.World) { w.Manifest.Webhooks.Registration = nil }},
	}
}

func stored() []checktest.Case {
	const id, subject = "webhook/registration-stored", "shop"
	metadata := func(text string) func(*checktest.World) {
		return func(w *checktest.World) { w.Metadata = []byte(text) }
	}
	const healthy = `"order.deleted":"on","order.restored":"on","order.edited":"on","app.removed":"on"`
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "nothing is kept", Cause: "metadata-missing", Says: "0 bytes", Break: metadata("")},
		{Check: id, Subject: subject, Name: "no JSON is kept", Cause: "metadata-missing", Says: "4 bytes", Break: metadata("{{{{")},
		{Check: id, Subject: subject, Name: "the number of registrations is kept", Cause: "topic-not-stored", Says: "order.updated has no status",
			Break: metadata(`{"registered":5}`)},
		{Check: id, Subject: subject, Name: "the topics are kept without a status", Cause: "topic-not-stored", Says: "5 of 5",
			Break: metadata(`{"topics":["order.updated","order.deleted","order.restored","order.edited","app.removed"]}`)},
		{Check: id, Subject: subject, Name: "one topic is forgotten", Cause: "topic-not-stored", Says: "order.updated has no status",
			Break: metadata(`{` + healthy + `}`)},
		{Check: id, Subject: subject, Name: "a list of entries will do", Status: result.Pass, Break: metadata(`{"hooks":[{"name":"order.updated","status":"on"},` +
			`{"name":"order.deleted","status":"on"},{"name":"order.restored","status":"on"},{"name":"order.edited","status":"on"},{"name":"app.removed","status":"on"}]}`)},
		{Check: id, Subject: subject, Name: "the failed one stays failed", Cause: "status-not-updated", Says: `"failed"`,
			Break: metadata(`{"order.updated":"failed",` + healthy + `}`)},
		{Check: id, Subject: subject, Name: "the failure was never kept", Cause: "failure-not-stored", Says: `had "on" for it`, Break: func(w *checktest.World) {
			w.Step(scenario.Registration).Metadata = []byte(`{"order.updated":"on",` + healthy + `}`)
		}},
		{Check: id, Subject: subject, Name: "nobody knows what was kept of the failure", Status: result.Pass,
			Break: func(w *checktest.World) { w.Step(scenario.Registration).Metadata = nil }},
		{Check: id, Subject: subject, Name: "nothing was registered", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Hooks = nil }},
	}
}
