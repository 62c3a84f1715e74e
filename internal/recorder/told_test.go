package recorder

import (
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/oracle"
	made "github.com/syncspec/syncspec/internal/recording"
)

// TestDeliveriesTellWhatChanged: who applies the deliveries to what the backfill gave has what is there afterwards, but for
// what no delivery tells of.
func TestDeliveriesTellWhatChanged(t *testing.T) {
	dir, _ := record(t)
	rec, err := made.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	before, after := offer(t, rec, backfillPhase), offer(t, rec, afterPhase)
	expected, err := before.State()
	if err != nil {
		t.Fatal(err)
	}
	later, err := after.State()
	if err != nil {
		t.Fatal(err)
	}
	all, err := rec.Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	var events []oracle.Event
	for _, d := range all {
		doc, err := decode(d.Body)
		if err != nil {
			t.Fatal(err)
		}
		e := oracle.Event{Topic: d.Topic, Ref: d.File, Received: time.Date(2030, 1, 1, 0, 0, len(events), 0, time.UTC)}
		e.Body, _ = doc.(map[string]any)
		if id := scalarAt(e.Body, "order_edit.order_id"); id != "" {
			e.Current = one(t, rec, "/orders/"+id+".json", "order")
		}
		events = append(events, e)
		if _, err := expected.Apply(e); err != nil {
			t.Fatalf("%s: %v", d.File, err)
		}
	}
	latest, err := before.Latest(events)
	if err != nil {
		t.Fatal(err)
	}
	var silent []string
	for _, d := range expected.DriftFrom(later, latest) {
		silent = append(silent, d.String())
	}
	want := []string{
		"customers 7211048812289 changed (shopify_customer.total_spent)",
		"payouts 108800590213 changed (shopify_payout.status)",
		// What came and went with a product: no topic tells of items, and that a product is gone is all that is told then.
		"product_variants * gone", "inventory_items * revived", "inventory_items * gone", "inventory_levels */* gone",
	}
	for _, s := range silent {
		if !slices.ContainsFunc(want, func(w string) bool { ok, _ := path.Match(w, s); return ok || s == w }) {
			t.Errorf("nothing tells that %s", s)
		}
	}
	for _, w := range want {
		if !slices.ContainsFunc(silent, func(s string) bool { ok, _ := path.Match(w, s); return ok || s == w }) {
			t.Errorf("something tells that %s, or it did not happen", w)
		}
	}
}

func offer(t *testing.T, rec *made.Recording, phase string) *oracle.Offer {
	t.Helper()
	m, err := shop()
	if err != nil {
		t.Fatal(err)
	}
	interactions, err := rec.Phase(phase)
	if err != nil {
		t.Fatal(err)
	}
	var answers []oracle.Answer
	for _, in := range interactions {
		answers = append(answers, oracle.Answer{Method: in.Method, URL: in.URL, Status: in.Status, Header: in.Header, Body: in.Body, Ref: in.Ref()})
	}
	o, err := oracle.Collect(m, answers)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// one is a single object as the phase of changes has it.
func one(t *testing.T, rec *made.Recording, route, at string) map[string]any {
	t.Helper()
	interactions, err := rec.Phase(changesPhase)
	if err != nil {
		t.Fatal(err)
	}
	for _, in := range interactions {
		if strings.HasSuffix(in.URL.Path, route) {
			doc, err := decode(in.Body)
			if err != nil {
				t.Fatal(err)
			}
			body, _ := doc.(map[string]any)
			found, _ := body[at].(map[string]any)
			return found
		}
	}
	t.Fatalf("%s was not read", route)
	return nil
}
