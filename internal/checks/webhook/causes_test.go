package webhook_test

import (
	"slices"
	"testing"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

func TestCauses(t *testing.T) {
	checktest.Phase{
		Name: "webhook", Database: true,
		Cases: slices.Concat(registered(), retried(), stored(), signatureRefused(), oddPayloads(), stale(), notices(), references(), stats()),
		NeverUnproven: map[string]string{
			"webhook/registered": "a request that was not made is what it looks for",
		},
	}.Test(t)
}

const tooLittle = "too-little-data"

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

func stale() []checktest.Case {
	const id, subject = "webhook/stale-delivery", "shop"
	probes := func(change func(newer, stale *scenario.Probe)) func(*checktest.World) {
		return func(w *checktest.World) { change(w.Probes[scenario.ProbeNewer], w.Probes[scenario.ProbeStale]) }
	}
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "the older one was answered 500", Cause: "delivery-refused", Says: "500 oops", Break: probes(func(_, stale *scenario.Probe) {
			stale.Delivery.Answer = target.Answer{Status: 500, Body: "oops"}
		})},
		{Check: id, Subject: subject, Name: "the older one was written", Cause: "older-overwrote", Says: `status must be "paid", is "open"`,
			Break: probes(func(_, stale *scenario.Probe) { stale.Row.Values["status"] = oracle.Value{Text: "open"} })},
		{Check: id, Subject: subject, Name: "the row is gone", Cause: "older-overwrote", Says: "the row is gone",
			Break: probes(func(_, stale *scenario.Probe) { stale.Row = nil })},
		{Check: id, Subject: subject, Name: "the older one left no raw row", Cause: "older-not-kept", Says: "1 raw rows of that object, none with it",
			Break: probes(func(_, stale *scenario.Probe) { stale.Raw = stale.Raw[:1] })},
		{Check: id, Subject: subject, Name: "no later delivery was seen", Status: result.Unproven, Cause: tooLittle,
			Break: probes(func(_, stale *scenario.Probe) { stale.SentinelSeen = false })},
		{Check: id, Subject: subject, Name: "the newer one was never applied", Status: result.Unproven, Cause: tooLittle,
			Break: probes(func(newer, _ *scenario.Probe) { newer.Row.Values["status"] = oracle.Value{Text: "open"} })},
		{Check: id, Subject: subject, Name: "the source has no times", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { delete(w.Probes, scenario.ProbeStale) }},
	}
}

func notices() []checktest.Case {
	const id, subject = "webhook/notice-acknowledged", "app.removed"
	notice := func(change func(*scenario.NoticeProbe)) func(*checktest.World) {
		return func(w *checktest.World) { change(w.Notices[0]) }
	}
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "answered 404", Cause: "notice-refused", Says: "404 no such topic", Break: notice(func(p *scenario.NoticeProbe) {
			p.Good.Answer, p.Seen, p.Raw = target.Answer{Status: 404, Body: "no such topic"}, false, nil
		})},
		{Check: id, Subject: subject, Name: "not kept", Cause: "notice-not-kept", Says: "0 raw rows",
			Break: notice(func(p *scenario.NoticeProbe) { p.Seen, p.Raw = false, nil })},
		{Check: id, Subject: subject, Name: "a stranger's is accepted", Cause: "forgery-accepted",
			Break: notice(func(p *scenario.NoticeProbe) { p.Bad.Answer.Status = 200 })},
		{Check: id, Subject: subject, Name: "a stranger's is kept", Cause: "forgery-stored", Says: "2 raw rows", Break: notice(func(p *scenario.NoticeProbe) {
			p.Raw = append(p.Raw, scenario.RawRow{ObjectType: subject, Payload: p.Bad.Body})
		})},
		{Check: id, Subject: subject, Name: "a stranger's is answered 500", Cause: "wrong-refusal", Says: "500",
			Break: notice(func(p *scenario.NoticeProbe) { p.Bad.Answer.Status = 500 })},
		{Check: id, Subject: subject, Name: "rows went with it", Cause: "row-changed", Says: "shop_order 1 is gone",
			Break: notice(func(p *scenario.NoticeProbe) { p.Changes = []string{"shop_order 1 is gone"} })},
		{Check: id, Subject: "people.forget", Name: "it was never delivered", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Notices = w.Notices[:1] }},
	}
}

func references() []checktest.Case {
	const (
		id, topic = "webhook/reference-refetched", "order.edited"
		edit      = 4 // its place among the deliveries
	)
	return []checktest.Case{
		{Check: id, Subject: topic, Name: "answered 500", Cause: "delivery-refused", Says: "500 oops",
			Break: func(w *checktest.World) { w.Deliveries[edit].Answer = target.Answer{Status: 500, Body: "oops"} }},
		{Check: id, Subject: topic, Name: "the object was not read", Cause: "not-refetched", Says: "orders 3, which a delivery of order.edited names",
			Break: func(w *checktest.World) { w.Unask("order3#1") }},
		{Check: id, Subject: topic, Name: "reading the object failed", Cause: "not-refetched", Says: "1 other requests",
			Break: func(w *checktest.World) { w.Exchange(scenario.Deliveries, "order3#1").Status = 404 }},
		{Check: id, Subject: topic, Name: "another object was read", Cause: "not-refetched",
			Break: func(w *checktest.World) { w.Exchange(scenario.Deliveries, "order3#1").Path = "/v1/orders/31" }},
		{Check: id, Subject: topic, Name: "the body is kept as an order", Cause: "body-taken-for-object", Says: "a raw row of the type orders", Break: func(w *checktest.World) {
			w.SQL("UPDATE shop_raw_ingest SET object_type = 'orders' WHERE object_type = 'order.edited'")
		}},
		{Check: id, Subject: topic, Name: "the body is not kept", Cause: "delivery-not-kept", Says: "order.edited (delivery-5) about orders 3",
			Break: func(w *checktest.World) { w.SQL("DELETE FROM shop_raw_ingest WHERE object_type = 'order.edited'") }},
		{Check: id, Subject: topic, Name: "no delivery of the topic", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Deliveries = w.Deliveries[:edit] }},
	}
}

func stats() []checktest.Case {
	const id, subject = "webhook/stats-recalculated", "shop"
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "there are none", Cause: "stats-missing", Break: func(w *checktest.World) { w.FiguresAfter = nil }},
		{Check: id, Subject: subject, Name: "they are as before", Cause: "stats-stale", Says: "orders: 2 rows, 1 deleted; the statistics say 0 and 0",
			Break: func(w *checktest.World) { w.FiguresAfter = w.FiguresBefore }},
		{Check: id, Subject: subject, Name: "they count deliveries", Cause: "stats-untrue", Says: "the statistics say 14 and 1",
			Break: func(w *checktest.World) { w.FiguresAfter.Objects["orders"] = target.Figure{Rows: 14, Deleted: 1} }},
		{Check: id, Subject: subject, Name: "they forget what was deleted", Cause: "stats-untrue", Says: "the statistics say 2 and 0",
			Break: func(w *checktest.World) { w.FiguresAfter.Objects["orders"] = target.Figure{Rows: 2} }},
		{Check: id, Subject: subject, Name: "there is no row", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.SQL("TRUNCATE shop_order CASCADE") }},
	}
}
