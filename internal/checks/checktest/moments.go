package checktest

import (
	"maps"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

// probed are single deliveries: the last but one is of order 1 as it is paid, the last as it was before.
func (w *World) probed() {
	row := func(hash, payload string) scenario.RawRow {
		return scenario.RawRow{ObjectType: "orders", ObjectID: "1", Hash: hash, Status: "processed", Payload: []byte(payload)}
	}
	w.Probes = map[scenario.ProbeName]*scenario.Probe{}
	add := func(name scenario.ProbeName, status int, rows ...scenario.RawRow) *scenario.Probe {
		p := &scenario.Probe{Object: "orders", Key: "1", SentinelSeen: true, Raw: rows,
			Delivery: &scenario.Delivery{Ref: "delivery-1", Topic: "order.updated", Body: []byte(order1), Answer: target.Answer{Status: status}}}
		w.Probes[name] = p
		return p
	}
	before, paid := w.state(w.collect(before())), w.state(w.collect(after()))
	good := func(name scenario.ProbeName, state *oracle.State, rows ...scenario.RawRow) {
		p := add(name, 200, rows...)
		p.Expected = state.Objects["orders"]["1"]
		p.Row, p.Refined = RowOf(p.Expected), true
	}
	first, last := row("h1", order1), row("h2", order1Paid)
	for _, name := range []scenario.ProbeName{scenario.ProbeFirst, scenario.ProbeKeyOrder, scenario.ProbeDuplicate} {
		good(name, before, first)
	}
	good(scenario.ProbeChanged, paid, first, last)
	good(scenario.ProbeNewer, paid, last)
	good(scenario.ProbeStale, paid, last, first)
	for _, name := range scenario.BadSignatures() {
		p := add(name, 401)
		p.Proper, p.ProperSeen = &scenario.Delivery{Answer: target.Answer{Status: 200}}, true
	}
	add(scenario.ProbePing, 200)
	add(scenario.ProbeNotObject, 200).SetAside = 1
	add(scenario.ProbeBroken, 200).SetAside = 1
	for _, n := range w.Manifest.Webhooks.Notices {
		good := &scenario.Delivery{Topic: n.Topic, Body: []byte(`{"shop":1}`), Answer: target.Answer{Status: 200}}
		bad := &scenario.Delivery{Topic: n.Topic, Body: []byte(`{"shop":2}`), Answer: target.Answer{Status: 401}}
		w.Notices = append(w.Notices, &scenario.NoticeProbe{Notice: n, Good: good, Bad: bad, Seen: true,
			Raw: []scenario.RawRow{{ObjectType: n.Topic, Hash: "h", Status: "processed", Payload: good.Body}}})
	}
	w.FiguresBefore = &target.Figures{Objects: map[string]target.Figure{"orders": {}}}
	w.FiguresAfter = &target.Figures{Objects: map[string]target.Figure{"orders": {Rows: 2, Deleted: 1}}}
	if w.db != nil {
		w.SQL("INSERT INTO shop_order (shop_object_id, status, deleted_at) VALUES (1, 'paid', NULL), (2, 'open', now())")
	}
}

// RowOf is the refined row that an object must have.
func RowOf(o *oracle.Object) *scenario.Row {
	return &scenario.Row{Key: o.Key, Deleted: o.Deleted, Values: maps.Clone(o.Row.Values)}
}

// authorized makes the shop one that is connected by its owner's consent. The registration of one topic failed at first.
func (w *World) authorized() {
	w.Manifest.OAuth = &manifest.OAuth{AuthorizePath: "/authorize", TokenPath: "/token", ScopeSeparator: ",", WriteIncludesRead: true,
		Callback: &manifest.Callback{Param: "hmac"}}
	w.Manifest.Scopes = []manifest.Scope{
		{Name: "read_orders", Kind: "oauth", Enables: []string{"orders", "notes"}, Why: "orders and their notes"},
		{Name: "read_parts", Kind: "oauth", Enables: []string{"parts", "stock"}, Why: "parts and where they are"},
		{Name: "read_baskets", Kind: "oauth", Status: "retired", SupersededBy: "read_orders"},
	}
	asked := []string{"read_orders", "read_parts"}
	w.Described.Scopes = asked
	w.Authorization = &scenario.Authorization{Requested: asked, Granted: asked, Forged: []scenario.Forgery{
		{Name: "state-of-another", Status: 401, Said: "state unknown"}, {Name: "parameter-not-signed", Status: 401, Said: "signature wrong"}}}
	w.Broken = "order.updated"
	first := w.Step(scenario.Registration)
	first.Traffic[0].Status = 500
	first.Metadata = []byte(`{"hooks":{"order.updated":{"status":"failed"},"order.deleted":{"status":"on"},"order.restored":{"status":"on"},` +
		`"order.edited":{"status":"on"},"app.removed":{"status":"on"}}}`)
	w.Metadata = []byte(`{"hooks":{"order.updated":{"status":"on"},"order.deleted":{"status":"on"},"order.restored":{"status":"on"},` +
		`"order.edited":{"status":"on"},"app.removed":{"status":"on"}}}`)
	w.Steps = append(w.Steps, &scenario.Step{Name: scenario.SecondRegistration, Metadata: w.Metadata,
		Traffic: []scenario.Exchange{Registration(w.Broken, w.Integration.WebhookURL, 201)}})
	for _, topic := range w.Manifest.Registrable() {
		w.Hooks = append(w.Hooks, scenario.Hook{Topic: topic, Address: w.Integration.WebhookURL})
	}
}

// unrefined is a delivery of order 3 that the database refused to refine, and then did not any more.
func (w *World) unrefined() {
	expected := w.state(w.collect(before())).Objects["orders"]["3"]
	raw := scenario.RawRow{ObjectType: "orders", ObjectID: "3", Hash: "h", Payload: []byte(order3)}
	failed, healed := raw, raw
	failed.Status, failed.Error = "error", `refining orders 3: new row for relation "shop_order" violates check constraint "no"`
	healed.Status = "processed"
	w.Refusal = &scenario.Refusal{Object: "orders", Key: "3", Sentinel: true, Raw: []scenario.RawRow{failed},
		Delivery:  &scenario.Delivery{Ref: "delivery-1", Topic: "order.updated", Body: []byte(order3), Answer: target.Answer{Status: 200}},
		Retried:   target.Retried{Retried: 1, Healed: 1},
		HealedRaw: []scenario.RawRow{healed}, HealedRow: RowOf(expected), Expected: expected}
}
