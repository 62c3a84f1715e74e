package oracle_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

// shop is a small source: orders with lines and taxes, and two objects that share a topic.
func shop() *manifest.Manifest {
	return &manifest.Manifest{
		Source: "shop",
		API: manifest.API{BaseURL: "https://{shop}/v1", Pagination: manifest.Pagination{
			Next: manifest.Next{From: "number", Param: "page"}, Size: manifest.PageSize{Param: "per_page"}, TotalHeader: "X-Total"}},
		Objects: []manifest.Object{{
			Name: "orders", Key: []string{"id"}, Table: "shop_order",
			Lists:       []manifest.List{{Path: "/orders", Params: map[string]string{"status": "any"}}},
			UpdatedAt:   &manifest.TimeField{Field: "updated", Format: manifest.NaiveUTC},
			DeletedWhen: &manifest.Condition{Field: "status", Equals: "trash"},
			Fields:      manifest.Fields{{Path: "status", Column: "status", Type: manifest.Text}, {Path: "to.city", Column: "to_city", Type: manifest.Text}},
			Children: []manifest.Child{{At: "lines", Table: "shop_line", Key: []string{"id"}, ParentColumn: "order_id",
				Fields: manifest.Fields{{Path: "sum", Column: "sum", Type: manifest.Decimal}},
				Children: []manifest.Child{{At: "taxes", Table: "shop_tax", Key: []string{"id"}, KeyScope: "parent", ParentColumn: "line_id",
					Fields: manifest.Fields{{Path: "sum", Column: "sum", Type: manifest.Decimal}}}}}},
			Webhooks: []manifest.Topic{{Topic: "order.updated", Event: manifest.Update}, {Topic: "order.deleted", Event: manifest.Delete, Payload: "key"},
				{Topic: "order.restored", Event: manifest.Restore}, {Topic: "thing.updated", Event: manifest.Update, When: &manifest.Condition{Field: "kind", Not: "part"}},
				{Topic: "thing.deleted", Event: manifest.Delete, Payload: "key"}},
		}, {
			Name: "parts", Key: []string{"id"}, Table: "shop_part", Fields: manifest.Fields{{Path: "name", Column: "name", Type: manifest.Text}},
			Webhooks: []manifest.Topic{{Topic: "thing.updated", Event: manifest.Update, When: &manifest.Condition{Field: "kind", Equals: "part"}},
				{Topic: "thing.deleted", Event: manifest.Delete, Payload: "key"}},
		}},
		Webhooks: manifest.Webhooks{NotObject: []string{"code", "message"}},
	}
}

func apply(t *testing.T, s *oracle.State, topic, body string) oracle.Effect {
	t.Helper()
	v, err := canonical.Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	effect, err := s.Apply(oracle.Event{Topic: topic, Body: v.(map[string]any), Ref: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return effect
}

func TestApply(t *testing.T) {
	s := &oracle.State{Manifest: shop(), Objects: map[string]map[string]*oracle.Object{}}
	apply(t, s, "order.updated", `{"id":1,"status":"open","to":{"city":"Köln"},"updated":"2026-01-02T00:00:00",
		"lines":[{"id":7,"sum":"1.50","taxes":[{"id":1,"sum":"0.10"}]},{"id":8,"sum":"2"}]}`)
	o := s.Objects["orders"]["1"]
	if len(s.Rows("orders", "shop_line")) != 2 || len(s.Rows("orders", "shop_tax")) != 1 || o.Row.Values["to_city"].Text != "Köln" {
		t.Fatalf("the first state is wrong: %+v", o)
	}

	if e := apply(t, s, "order.updated", `{"id":1,"status":"old","updated":"2026-01-01T00:00:00"}`); e.Applied || o.Row.Values["status"].Text != "open" {
		t.Error("a stale event was applied")
	}
	if e := apply(t, s, "order.updated", `{"id":1,"status":"paid","updated":"2026-01-02T00:00:00"}`); !e.Applied || o.Row.Values["status"].Text != "paid" {
		t.Error("an event of the same time was not applied")
	}
	if o.Row.Values["to_city"].Text != "Köln" || len(s.Rows("orders", "shop_line")) != 2 {
		t.Error("what a payload does not mention was forgotten")
	}
	apply(t, s, "order.updated", `{"id":1,"to":{"city":null},"updated":"2026-01-03T00:00:00","lines":[{"id":8,"sum":"3"}]}`)
	if !o.Row.Values["to_city"].Null {
		t.Error("a null was not applied")
	}
	if len(s.Rows("orders", "shop_line")) != 1 || len(s.Rows("orders", "shop_tax")) != 0 {
		t.Error("a line that is gone, or what was below it, is still expected")
	}

	apply(t, s, "order.deleted", `{"id":1}`)
	if !o.Deleted || !o.ValuesStale {
		t.Error("a delete made no tombstone")
	}
	apply(t, s, "order.restored", `{"id":1,"status":"open","updated":"2026-01-04T00:00:00"}`)
	if o.Deleted || o.ValuesStale {
		t.Error("a restore lifted no tombstone")
	}
	apply(t, s, "order.updated", `{"id":1,"status":"trash","updated":"2026-01-05T00:00:00"}`)
	if !o.Deleted || o.ValuesStale {
		t.Error("a body that says deleted made no tombstone with values")
	}

	if e := apply(t, s, "order.deleted", `{"id":99}`); e.Applied || e.Object != "orders" || s.Objects["orders"]["99"] != nil {
		t.Error("a delete of what never existed made a row")
	}
	if e := apply(t, s, "order.updated", `{"code":"gone","message":"no such order"}`); e.Object != "" {
		t.Error("an error body was taken for an object")
	}
}

func TestAnUpdateFromBeforeADeleteRevivesNothing(t *testing.T) {
	received := time.Date(2026, 1, 10, 0, 0, 0, 0, time.UTC)
	body := func(updated string) map[string]any {
		return map[string]any{"id": "1", "status": "open", "updated": updated}
	}
	for _, c := range []struct {
		name, topic, updated string
		deleted              bool
	}{
		{"the last update again", "order.updated", "2026-01-02T00:00:00", true},
		{"an update from between the last one and the delete", "order.updated", "2026-01-09T00:00:00", true},
		{"an update from after the delete", "order.updated", "2026-01-11T00:00:00", false},
		{"a restore, however old", "order.restored", "2026-01-01T00:00:00", false},
	} {
		s := &oracle.State{Manifest: shop(), Objects: map[string]map[string]*oracle.Object{}}
		for _, e := range []oracle.Event{
			{Topic: "order.updated", Body: body("2026-01-02T00:00:00")},
			{Topic: "order.deleted", Body: map[string]any{"id": "1"}, Received: received},
			{Topic: c.topic, Body: body(c.updated), Received: received.Add(time.Minute)},
		} {
			if _, err := s.Apply(e); err != nil {
				t.Fatal(err)
			}
		}
		if got := s.Objects["orders"]["1"].Deleted; got != c.deleted {
			t.Errorf("%s: deleted is %v, want %v", c.name, got, c.deleted)
		}
	}
}

func TestListsWithoutAnAnswerAreGaps(t *testing.T) {
	o, err := oracle.Collect(shop(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Incomplete) != 1 || o.Incomplete[0].Object != "orders" {
		t.Errorf("incomplete is %v, want the one list of orders", o.Incomplete)
	}
}

func TestTopicsThatSeveralObjectsShare(t *testing.T) {
	s := &oracle.State{Manifest: shop(), Objects: map[string]map[string]*oracle.Object{}}
	if e := apply(t, s, "thing.updated", `{"id":5,"kind":"part","name":"nut"}`); e.Object != "parts" {
		t.Errorf("a part was taken for %s", e.Object)
	}
	if e := apply(t, s, "thing.updated", `{"id":6,"kind":"whole"}`); e.Object != "orders" {
		t.Errorf("a whole was taken for %s", e.Object)
	}
	if e := apply(t, s, "thing.deleted", `{"id":5}`); e.Object != "parts" || !e.Applied || !s.Objects["parts"]["5"].Deleted {
		t.Errorf("the delete of a part went to %+v", e)
	}
}

func TestCollect(t *testing.T) {
	answer := func(rawurl, total, body string) oracle.Answer {
		u, err := url.Parse("https://x" + rawurl)
		if err != nil {
			t.Fatal(err)
		}
		return oracle.Answer{Method: "GET", URL: u, Status: 200, Header: map[string][]string{"X-Total": {total}}, Body: []byte(body), Ref: rawurl}
	}
	full := []oracle.Answer{
		answer("/v1/orders?status=any&page=1", "3", `[{"id":1},{"id":2}]`),
		answer("/v1/orders?status=any&page=2", "3", `[{"id":3}]`),
		answer("/v1/orders?status=any&page=3", "0", `[]`),
		answer("/v1/orders?status=any&per_page=1", "3", `[{"id":1}]`),
		answer("/v1/orders?status=trash", "9", `[{"id":9}]`),
		answer("/v1/orders?status=any&search=x", "1", `[{"id":8}]`),
	}
	o, err := oracle.Collect(shop(), full)
	if err != nil {
		t.Fatal(err)
	}
	if keys := o.Populations["orders"].Keys; len(keys) != 3 || len(o.Incomplete) != 0 {
		t.Errorf("offered are %v, incomplete %v", keys, o.Incomplete)
	}
	o, err = oracle.Collect(shop(), full[:1])
	if err != nil {
		t.Fatal(err)
	}
	if len(o.Incomplete) != 1 || !strings.Contains(o.Incomplete[0].What, "hold 2 objects") || len(o.Populations["orders"].Keys) != 0 {
		t.Errorf("a list that breaks off counts as complete: %v %v", o.Incomplete, o.Populations["orders"].Keys)
	}
	if _, err := oracle.Collect(shop(), []oracle.Answer{answer("/v1/orders?status=any", "1", `[{"no":"key"}]`)}); err == nil {
		t.Error("an object without a key was accepted")
	}
	if _, err := oracle.Collect(shop(), []oracle.Answer{answer("/v1/orders?status=any", "1", `{"code":"x"}`)}); err == nil {
		t.Error("a body without a list was accepted")
	}
}
