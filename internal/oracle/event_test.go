package oracle_test

import (
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

func decoded(t *testing.T, body string) map[string]any {
	t.Helper()
	if body == "" {
		return nil
	}
	v, err := canonical.Decode([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return v.(map[string]any)
}

func TestAPayloadThatRefersToItsObject(t *testing.T) {
	const moved = `{"move":{"article_id":1,"to":8}}`
	s := stateOf(t, fromStore(t))
	event := func(body, current string) oracle.Event {
		return oracle.Event{Topic: "articles/moved", Body: decoded(t, body), Current: decoded(t, current), Ref: "test"}
	}
	effect, err := s.Apply(event(moved, `{"id":1,"name":"handsaw","updated_at":"2026-01-02T00:00:00Z"}`))
	want := oracle.Effect{Object: "articles", Key: "1", Type: "articles/moved", ID: "1", Applied: true}
	row := s.Objects["articles"]["1"].Row
	if err != nil || effect != want || row.Values["name"].Text != "handsaw" || row.Values["state"].Text != "new" {
		t.Errorf("%+v %v: %v", effect, err, row.Values)
	}
	effect, err = s.Apply(event(moved, `{"id":1,"name":"older","updated_at":"2026-01-01T00:00:00Z"}`))
	if want.Applied = false; err != nil || effect != want || row.Values["name"].Text != "handsaw" {
		t.Errorf("an older reading: %+v %v", effect, err)
	}
	effect, err = s.Apply(event(`{"move":{"article_id":77}}`, ""))
	if want.Key, want.ID = "77", "77"; err != nil || effect != want || s.Objects["articles"]["77"] != nil {
		t.Errorf("what the source has no more: %+v %v", effect, err)
	}
	effect, err = s.Apply(event(`{"move":{"article_id":6}}`, `{"id":6,"name":"plane"}`))
	if want = (oracle.Effect{Object: "articles", Key: "6", Type: "articles/moved", ID: "6", Applied: true}); err != nil || effect != want ||
		s.Objects["articles"]["6"].Row.Values["name"].Text != "plane" {
		t.Errorf("a new object: %+v %v", effect, err)
	}
	if effect, err = s.Apply(event(`{"id":1}`, "")); err != nil || effect != (oracle.Effect{}) {
		t.Errorf("a body that refers to nothing: %+v %v", effect, err)
	}
	if _, err = s.Apply(event(moved, `{"id":2}`)); err == nil || !strings.Contains(err.Error(), "refers to articles 1") {
		t.Errorf("another object was taken for it: %v", err)
	}
	latest, err := fromStore(t).Latest([]oracle.Event{event(moved, `{"id":1,"name":"last"}`), event(`{"move":{"article_id":2}}`, "")})
	if err != nil || latest.Objects["articles"]["1"].Row.Values["name"].Text != "last" || latest.Objects["articles"]["2"].Row.Values["name"].Text != "axe" {
		t.Errorf("the last bodies: %v", err)
	}
}

func TestNoticesChangeNothing(t *testing.T) {
	s := stateOf(t, fromStore(t))
	before := len(rows(s))
	effect, err := s.Apply(oracle.Event{Topic: "depot/closed", Body: decoded(t, `{"id":1,"name":"north"}`)})
	if err != nil || effect != (oracle.Effect{Type: "depot/closed"}) || len(rows(s)) != before || s.Objects["articles"]["1"].Row.Values["name"].Text != "saw" {
		t.Errorf("%+v %v", effect, err)
	}
	if effect, err = s.Apply(oracle.Event{Topic: "depot/painted", Body: decoded(t, `{"id":1}`)}); err != nil || effect != (oracle.Effect{}) {
		t.Errorf("a topic that nobody knows: %+v %v", effect, err)
	}
}

func TestCompositeKeys(t *testing.T) {
	s := stateOf(t, fromStore(t))
	effect, err := s.Apply(oracle.Event{Topic: "stock/update", Body: decoded(t, `{"article_id":1,"rack_id":8,"available":-2}`)})
	if want := (oracle.Effect{Object: "stock", Key: "1/8", Type: "stock", ID: "1/8", Applied: true}); err != nil || effect != want ||
		s.Objects["stock"]["1/8"].Row.Values["available"].Text != "-2" || s.Objects["stock"]["1/7"].Row.Values["available"].Text != "5" {
		t.Errorf("%+v %v", effect, err)
	}
	if _, err = s.Apply(oracle.Event{Topic: "stock/gone", Body: decoded(t, `{"article_id":1,"rack_id":7}`)}); err != nil ||
		!s.Objects["stock"]["1/7"].Deleted || s.Objects["stock"]["1/8"].Deleted {
		t.Errorf("the delete of one: %v", err)
	}
	if effect, err = s.Apply(oracle.Event{Topic: "stock/gone", Body: decoded(t, `{"article_id":1}`)}); err != nil || effect != (oracle.Effect{}) {
		t.Errorf("half a key: %+v %v", effect, err)
	}
}

func TestChildrenByTheirPlace(t *testing.T) {
	s := stateOf(t, fromStore(t))
	if _, err := s.Apply(oracle.Event{Topic: "articles/update", Body: decoded(t, `{"id":1,"labels":[{"colour":"blue"},{"print":"B"}]}`)}); err != nil {
		t.Fatal(err)
	}
	got := rows(s)
	for row, want := range map[string]string{
		"articles 1 depot_label 1 0": `colour="blue"`, // another label than the one that was there before
		"articles 1 depot_label 1 1": `print="B"`,
	} {
		if got[row] != want {
			t.Errorf("%s is %q, want %q", row, got[row], want)
		}
	}
	if _, err := s.Apply(oracle.Event{Topic: "articles/update", Body: decoded(t, `{"id":1,"labels":[{"print":"C"}]}`)}); err != nil {
		t.Fatal(err)
	}
	if left := s.Rows("articles", "depot_label"); len(left) != 1 || left[0].Values["print"].Text != "C" {
		t.Errorf("%d labels are left", len(left))
	}
}

// TestObjectsThatShareIDs has the same number under two objects of one topic: a whole body goes by its condition, a key
// alone to whichever object has it.
func TestObjectsThatShareIDs(t *testing.T) {
	for _, c := range []struct {
		name, orders, parts, topic, body, want string
	}{
		{"a whole part, and an order has its id", `{"id":5}`, "", "thing.updated", `{"id":5,"kind":"part"}`, "parts"},
		{"a whole order, and a part has its id", "", `{"id":5,"kind":"part"}`, "thing.updated", `{"id":5,"kind":"whole"}`, "orders"},
		{"a key of a part alone", `{"id":4}`, `{"id":5,"kind":"part"}`, "thing.deleted", `{"id":5}`, "parts"},
		{"a key of an order alone", `{"id":5}`, `{"id":4,"kind":"part"}`, "thing.deleted", `{"id":5}`, "orders"},
	} {
		store := map[string][]oracle.Stored{}
		if c.orders != "" {
			store["orders"] = []oracle.Stored{{Body: []byte(c.orders)}}
		}
		if c.parts != "" {
			store["parts"] = []oracle.Stored{{Body: []byte(c.parts)}}
		}
		m := shop()
		m.Objects[1].Lists = []manifest.List{{Path: "/parts"}}
		o, err := oracle.FromStore(m, store)
		if err != nil {
			t.Fatal(err)
		}
		effect, err := stateOf(t, o).Apply(oracle.Event{Topic: c.topic, Body: decoded(t, c.body)})
		if err != nil || effect.Object != c.want || !effect.Applied {
			t.Errorf("%s: %+v %v", c.name, effect, err)
		}
	}
}
