package checktest

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

// World is the snapshot that a scenario with a sound target leaves, for a test to break one thing of.
type World struct {
	*scenario.Snapshot
	t  *testing.T
	db *Database
}

// sound makes a world in which nothing is wrong. Without a database there is nothing to read rows from.
func sound(t *testing.T, db *Database, name scenario.Name) *World {
	t.Helper()
	m := shop()
	w := &World{t: t, db: db, Snapshot: &scenario.Snapshot{
		Scenario: name, Manifest: m, Names: profile.Reference(m).Names, Partial: map[string]string{},
		Integration: target.Integration{ID: "i1", CompanyID: "c1", WebhookURL: "http://target/hooks/i1"},
		Tenants: func() map[string]scenario.Tenant {
			return map[string]scenario.Tenant{"i1": {Scenario: name, Company: "c1"}, "i2": {Scenario: scenario.Resumed, Company: "c2"}}
		},
		Account:   scenario.Account{Name: string(name), URL: "http://shop"},
		Described: target.Described{Scopes: []string{"read", "write"}, Functions: m.Functions()},
	}}
	if db != nil {
		w.Names.Schema = db.Schema(t, tables)
		w.reads()
	}
	registration := &scenario.Step{Name: scenario.Registration}
	for _, topic := range m.Registrable() {
		w.Described.Topics = append(w.Described.Topics, topic)
		w.Registered = append(w.Registered, target.Registered{Topic: topic, Status: "registered"})
		registration.Traffic = append(registration.Traffic, Registration(topic, w.Integration.WebhookURL, 201))
	}
	w.Steps = []*scenario.Step{registration}
	switch name {
	case scenario.Backfilled:
		w.backfilled()
	case scenario.Updated:
		w.backfilled()
		w.updated()
	case scenario.Probed:
		w.probed()
	case scenario.Authorized:
		w.authorized()
	case scenario.Unrefined:
		w.unrefined()
	case scenario.Faulted:
		w.faulted()
	case scenario.Resumed:
		w.resumed()
	}
	return w
}

// reads makes the reader of the world's names.
func (w *World) reads() { w.Reader = scenario.NewReader(w.db.Reading, w.Names, w.Integration.ID) }

// Lack takes a notion from the target, and with it the names that stand for it.
func (w *World) Lack(what profile.Notion, why string) {
	if w.Lacks == nil {
		w.Lacks = map[profile.Notion]string{}
	}
	w.Lacks[what] = why
	switch what {
	case profile.Raw:
		w.Names.Raw.Table = ""
	case profile.Tenants:
		w.Names.Integration = ""
	case profile.Company:
		w.Names.Company = ""
	case profile.RowTimes:
		w.Names.Created, w.Names.Updated = "", ""
	case profile.Metadata:
		w.Names.Integrations.Table = ""
	}
	if w.db != nil {
		w.reads()
	}
}

// Name changes the names that the target has for things.
func (w *World) Name(change func(*profile.Names)) {
	change(&w.Names)
	w.reads()
}

// Registration is a request that registers a topic for an address, and how the source answered it.
func Registration(topic, address string, status int) gateway.Exchange {
	return gateway.Exchange{Method: "POST", Path: "/v1/webhooks", Status: status, Interaction: "registration#1",
		RequestBody: fmt.Sprintf(`{"topic":%q,"delivery_url":%q}`, topic, address)}
}

func (w *World) backfilled() {
	w.Offer = w.collect(before())
	w.Expected = w.state(w.Offer)
	for _, name := range []string{scenario.FirstSync, scenario.SecondSync} {
		step := &scenario.Step{Name: name, RawRows: map[string]int{"orders": 4, "notes": 2, "parts": 2, "stock": 3}, Stats: map[string]target.Stats{
			"fetch_and_ingest_orders": {Fetched: 4, Ingested: 4}, "fetch_and_ingest_notes": {Fetched: 2, Ingested: 2},
			"fetch_and_ingest_parts": {Fetched: 5, Ingested: 5}, // and the stock
		}}
		for _, p := range before() {
			step.Traffic = append(step.Traffic, gateway.Exchange{Method: "GET", Path: p.path, Query: p.query, Status: 200, Interaction: p.ref})
		}
		w.Steps = append(w.Steps, step)
	}
	if w.db == nil {
		return
	}
	w.SQL(rowsBefore)
	for _, r := range raw() {
		w.Raw(r[0], r[1], r[2])
	}
	digests, err := w.Reader.RawDigests(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	w.Step(scenario.FirstSync).RawDigests = digests
}

func (w *World) updated() {
	received := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	var events []oracle.Event
	for i, d := range []struct{ topic, body, current string }{
		{"order.updated", order1Paid, ""}, {"order.deleted", order2Key, ""}, {"order.restored", order4Restored, ""},
		{"order.updated", `{"code":"gone","message":"no such order"}`, ""}, // a body that is no object
		{"order.edited", order3Edit, order3Edited},
	} {
		event := oracle.Event{Topic: d.topic, Body: w.object(d.body), Ref: fmt.Sprintf("delivery-%d", i+1), Received: received}
		if d.current != "" {
			event.Current = w.object(d.current)
		}
		effect, err := w.Expected.Apply(event)
		if err != nil {
			w.t.Fatal(err)
		}
		events = append(events, event)
		w.Deliveries = append(w.Deliveries, &scenario.Delivery{Ref: event.Ref, Topic: d.topic, Body: []byte(d.body), Effect: effect,
			Answer: target.Answer{Status: 200, Elapsed: time.Millisecond}})
	}
	w.Steps = append(w.Steps, &scenario.Step{Name: scenario.Deliveries,
		Traffic: []scenario.Exchange{{Method: "GET", Path: "/v1/orders/3", Status: 200, Interaction: "order3#1"}}})
	w.After = w.state(w.collect(after()))
	latest, err := w.Offer.Latest(events)
	if err != nil {
		w.t.Fatal(err)
	}
	w.Drift = w.Expected.DriftFrom(w.After, latest)
	if w.db == nil {
		return
	}
	w.SQL(rowsAfter)
	w.Raw("orders", "1", order1Paid)
	w.Raw("orders", "2", order2Key)
	w.Raw("orders", "4", order4Restored)
	w.Raw("order.edited", "3", order3Edit)
	w.Raw("orders", "3", order3Edited)
}

// Reread makes the world that of a target which takes no deliveries and syncs again.
func (w *World) Reread() {
	w.Lack(profile.Webhook, "it looks every night")
	w.Deliveries, w.Later = nil, w.collect(after())
	w.Raw("orders", "2", order2Deleted)
}

// SQL changes the target's database.
func (w *World) SQL(sql string, args ...any) {
	w.t.Helper()
	w.db.Exec(w.t, w.Names.Schema, sql, args...)
}

// Raw adds a processed raw row, hashed as the reference does.
func (w *World) Raw(objectType, key, payload string) {
	w.t.Helper()
	var volatile []string
	if obj, ok := w.Manifest.Object(objectType); ok { // else it is a topic
		volatile = obj.VolatileFields()
	}
	hash, err := canonical.Hash(canonical.SortedJSON1, []byte(payload), volatile...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.SQL("INSERT INTO shop_raw_ingest (object_type, shop_object_id, dedupe_hash_canonical, payload) VALUES ($1, $2, $3, $4)", objectType, key, hash, payload)
}

// Unask takes all requests that were answered with these interactions out of the traffic.
func (w *World) Unask(interactions ...string) {
	for _, step := range w.Steps {
		step.Traffic = slices.DeleteFunc(step.Traffic, func(x scenario.Exchange) bool { return slices.Contains(interactions, x.Interaction) })
	}
}

// Exchange returns the first exchange of a step that was answered with this interaction.
func (w *World) Exchange(step, interaction string) *scenario.Exchange {
	w.t.Helper()
	traffic := w.Step(step).Traffic
	i := slices.IndexFunc(traffic, func(x scenario.Exchange) bool { return x.Interaction == interaction })
	if i < 0 {
		w.t.Fatalf("nothing of the %s was answered with %s", step, interaction)
	}
	return &traffic[i]
}

func (w *World) collect(pages []page) *oracle.Offer {
	w.t.Helper()
	var answers []oracle.Answer
	for _, p := range pages {
		answers = append(answers, oracle.Answer{Method: "GET", URL: &url.URL{Path: p.path, RawQuery: p.query}, Status: 200,
			Header: http.Header{"X-Total": {p.total}}, Body: []byte(p.body), Ref: p.ref})
	}
	offer, err := oracle.Collect(w.Manifest, answers)
	if err != nil {
		w.t.Fatal(err)
	}
	return offer
}

func (w *World) state(offer *oracle.Offer) *oracle.State {
	w.t.Helper()
	state, err := offer.State()
	if err != nil {
		w.t.Fatal(err)
	}
	return state
}

func (w *World) object(body string) map[string]any {
	w.t.Helper()
	v, err := canonical.Decode([]byte(body))
	if err != nil {
		w.t.Fatal(err)
	}
	return v.(map[string]any)
}
