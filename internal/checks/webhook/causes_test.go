package webhook_test

import (
	"testing"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

func TestCauses(t *testing.T) {
	checktest.Phase{
		Name:  "webhook",
		Cases: append(append(registered(), signatureRefused()...), oddPayloads()...),
		NeverUnproven: map[string]string{
			"webhook/registered": "a request that was not made is what it looks for",
		},
	}.Test(t)
}

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
		{Check: id, Subject: topic, Name: "the address is not given", Cause: "wrong-url", Says: "<nil>",
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
		{Check: id, Subject: topic, Name: "the source has no registration", Status: result.NotApplicable, Cause: "no-registration",
			Break: func(w *checktest.World) { w.Manifest.Webhooks.Registration = nil }},
	}
}

func signatureRefused() []checktest.Case {
	const id = "webhook/signature-refused"
	var cases []checktest.Case
	for _, name := range scenario.BadSignatures() {
		for _, c := range []struct {
			name, cause, says string
			status            result.Status
			change            func(*scenario.Probe)
		}{
			{"accepted", "forgery-accepted", "order.updated of orders 1", result.Fail, func(p *scenario.Probe) { p.Delivery.Answer.Status = 200 }},
			{"accepted, and no later one was seen", "forgery-accepted", "", result.Fail, func(p *scenario.Probe) {
				p.Delivery.Answer.Status, p.SentinelSeen = 202, false
			}},
			{"refused, and a raw row is there", "forgery-stored", "1 raw rows", result.Fail, func(p *scenario.Probe) { p.Raw = make([]scenario.RawRow, 1) }},
			{"refused, and a refined row is there", "forgery-stored", "refined row: true", result.Fail, func(p *scenario.Probe) { p.Refined = true }},
			{"no later delivery was seen", "too-little-data", "", result.Unproven, func(p *scenario.Probe) { p.SentinelSeen = false }},
			{"a good signature is refused too", "good-one-refused", "401 not you", result.Fail, func(p *scenario.Probe) {
				p.Proper.Answer = target.Answer{Status: 401, Body: "not you"}
			}},
			{"the well signed one was never stored", "good-one-not-seen", "", result.Fail, func(p *scenario.Probe) { p.ProperSeen = false }},
			{"answered 500", "wrong-refusal", "500 oops", result.Fail, func(p *scenario.Probe) { p.Delivery.Answer = target.Answer{Status: 500, Body: "oops"} }},
			{"answered 404", "wrong-refusal", "404", result.Fail, func(p *scenario.Probe) { p.Delivery.Answer.Status = 404 }},
			{"answered 403", "", "answered 403", result.Pass, func(p *scenario.Probe) { p.Delivery.Answer.Status = 403 }},
		} {
			cases = append(cases, checktest.Case{Check: id, Subject: string(name), Name: string(name) + ", " + c.name, Status: c.status, Cause: c.cause, Says: c.says,
				Break: func(w *checktest.World) { c.change(w.Probes[name]) }})
		}
	}
	return cases
}

func oddPayloads() []checktest.Case {
	const id = "webhook/odd-payloads"
	var cases []checktest.Case
	for _, name := range []scenario.ProbeName{scenario.ProbePing, scenario.ProbeNotObject} {
		for _, c := range []struct {
			name, cause, says string
			status            result.Status
			change            func(*scenario.Probe)
		}{
			{"answered 401", "refused", "401 who is that", result.Fail, func(p *scenario.Probe) {
				p.Delivery.Answer = target.Answer{Status: 401, Body: "who is that"}
			}},
			{"answered 500 and no later one was seen", "refused", "500", result.Fail, func(p *scenario.Probe) {
				p.Delivery.Answer.Status, p.SentinelSeen = 500, false
			}},
			{"a row appeared", "row-changed", "shop_order 0 appeared", result.Fail, func(p *scenario.Probe) { p.Changes = []string{"shop_order 0 appeared"} }},
			{"no later delivery was seen", "too-little-data", "", result.Unproven, func(p *scenario.Probe) { p.SentinelSeen = false }},
		} {
			cases = append(cases, checktest.Case{Check: id, Subject: string(name), Name: string(name) + ", " + c.name, Status: c.status, Cause: c.cause, Says: c.says,
				Break: func(w *checktest.World) { c.change(w.Probes[name]) }})
		}
	}
	return cases
}
