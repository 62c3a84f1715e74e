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
		Cases: slices.Concat(registered(), retried(), stored(), signatureRefused(), oddPayloads(), stale(), notices(), references(), stats(), lacks()),
		NeverUnproven: map[string]string{
			"webhook/registered": "a request that was not made is what it looks for",
		},
	}.Test(t)
}

const tooLittle = "too-little-data"

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
	for _, name := range []scenario.ProbeName{scenario.ProbePing, scenario.ProbeNotObject, scenario.ProbeBroken} {
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
	nothing := func(name scenario.ProbeName) func(*checktest.World) {
		return func(w *checktest.World) { w.Probes[name].SetAside = 0 }
	}
	return append(cases,
		checktest.Case{Check: id, Subject: "broken", Name: "broken, nothing is kept", Cause: "not-kept", Break: nothing(scenario.ProbeBroken)},
		checktest.Case{Check: id, Subject: "not-object", Name: "not-object, nothing is kept", Cause: "not-kept", Break: nothing(scenario.ProbeNotObject)},
		checktest.Case{Check: id, Subject: "ping", Name: "ping, there is nothing to keep", Status: result.Pass, Break: nothing(scenario.ProbePing)})
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
