package oracle_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

// harbour is a source whose ships carry their boxes, objects of their own, and show the two latest of their visits. A ship
// of three boxes may have more.
func harbour() *manifest.Manifest {
	id := []string{"id"}
	updated := &manifest.TimeField{Field: "updated_at", Format: manifest.RFC3339}
	name := manifest.Fields{{Path: "name", Column: "name", Type: manifest.Text}}
	return &manifest.Manifest{Source: "harbour", API: manifest.API{BaseURL: "https://{harbour}/api"}, Objects: []manifest.Object{{
		Name: "ships", Key: id, Table: "harbour_ship", UpdatedAt: updated, Fields: name,
		Lists: []manifest.List{{Path: "/ships"}},
		Children: []manifest.Child{{At: "visits", Table: "harbour_visit", Key: id, ParentColumn: "ship_id", Most: 2, Fields: name,
			Children: []manifest.Child{{At: "crew", Table: "harbour_crew", Key: id, KeyScope: "parent", ParentColumn: "visit_id", Fields: name}}}},
		Webhooks: []manifest.Topic{{Topic: "ship", Event: manifest.Update}},
	}, {
		Name: "boxes", Key: id, Table: "harbour_box", UpdatedAt: updated,
		Lists:    []manifest.List{{Path: "/ships/{ship_id}/boxes", Each: &manifest.Each{Object: "ships", Field: "id", As: "ship_id"}}},
		Parent:   &manifest.Parent{Column: "ship_id", Object: "ships"},
		Fields:   append(manifest.Fields{{Path: "@ship_id", Column: "ship_id", Type: manifest.Integer}}, name...),
		Webhooks: []manifest.Topic{{Topic: "ship", Event: manifest.Update, Payload: "elements", At: "boxes", Most: 3}},
	}}}
}

// loaded is a harbour with two ships of two boxes each, one with visits.
func loaded(t *testing.T) *oracle.Offer {
	t.Helper()
	box := func(id, ship string) oracle.Stored {
		return oracle.Stored{Body: []byte(`{"id":` + id + `,"name":"box ` + id + `","updated_at":"2026-01-02T00:00:00Z"}`), Context: map[string]string{"ship_id": ship}}
	}
	o, err := oracle.FromStore(harbour(), map[string][]oracle.Stored{
		"ships": {{Body: []byte(`{"id":1,"name":"Ada","updated_at":"2026-01-02T00:00:00Z","visits":[{"id":11,"name":"first","crew":[{"id":1,"name":"Bo"}]},{"id":12,"name":"second"}]}`)},
			{Body: []byte(`{"id":2,"name":"Eva","updated_at":"2026-01-02T00:00:00Z"}`)}},
		"boxes": {box("21", "1"), box("22", "1"), box("23", "2"), box("24", "2")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// aboard lists the boxes of the first ship, "-" before those that are gone.
func aboard(s *oracle.State) string {
	var boxes []string
	for key, o := range s.Objects["boxes"] {
		if o.Row.Values["ship_id"].Text == "1" {
			name := key + " " + o.Row.Values["name"].Text
			if o.Deleted {
				name = "-" + key
			}
			boxes = append(boxes, name)
		}
	}
	slices.Sort(boxes)
	return strings.Join(boxes, ", ")
}

func TestObjectsThatTheirParentCarries(t *testing.T) {
	const boxes = `"boxes":[{"id":21,"name":"new","updated_at":"2026-01-03T00:00:00Z"}`
	for _, c := range []struct {
		name, body, want string
	}{
		{"one changed, one gone", `{"id":1,` + boxes + `]}`, "-22, 21 new"},
		{"one added", `{"id":1,` + boxes + `,{"id":22,"name":"box 22"},{"id":25,"name":"more"}]}`, "21 new, 22 box 22, 25 more"},
		{"as many as it shows, so there may be others", `{"id":1,` + boxes + `,{"id":25,"name":"more"},{"id":26,"name":"most"}]}`, "21 new, 22 box 22, 25 more, 26 most"},
		{"none left", `{"id":1,"boxes":[]}`, "-21, -22"},
		{"a box that is older than what is known of it", `{"id":1,"boxes":[{"id":21,"name":"old","updated_at":"2026-01-01T00:00:00Z"},{"id":22}]}`, "21 box 21, 22 box 22"},
		{"nothing is said of boxes", `{"id":1,"name":"Ada"}`, "21 box 21, 22 box 22"},
		{"a ship that is older than what is known of it", `{"id":1,"updated_at":"2026-01-01T00:00:00Z","boxes":[]}`, "21 box 21, 22 box 22"},
	} {
		s := stateOf(t, loaded(t))
		effect, err := s.Apply(oracle.Event{Topic: "ship", Body: decoded(t, c.body), Ref: "delivery"})
		if err != nil || effect.Object != "ships" || effect.Key != "1" {
			t.Errorf("%s: %+v %v", c.name, effect, err)
		}
		if got := aboard(s); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
		if s.Objects["boxes"]["23"].Deleted {
			t.Errorf("%s: the box of another ship is gone", c.name)
		}
	}
	s := stateOf(t, loaded(t))
	for _, body := range []string{`{"id":1,"boxes":[{"id":21}]}`, `{"id":1,"boxes":[{"id":21},{"id":22,"updated_at":"2026-01-02T00:00:00Z"}]}`} {
		if _, err := s.Apply(oracle.Event{Topic: "ship", Body: decoded(t, body), Received: time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC)}); err != nil {
			t.Fatal(err)
		}
	}
	if got := aboard(s); got != "21 box 21, 22 box 22" {
		t.Errorf("a box that is back aboard: %s", got)
	}
	for _, body := range []string{`{"id":1,"boxes":[7]}`, `{"id":1,"boxes":[{"name":"no key"}]}`} {
		if _, err := s.Apply(oracle.Event{Topic: "ship", Body: decoded(t, body)}); err == nil || !strings.Contains(err.Error(), "boxes[0] of ships 1") {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestTheLastBodyOfWhatAParentCarries(t *testing.T) {
	last := oracle.Event{Topic: "ship", Body: decoded(t, `{"id":1,"boxes":[{"id":21,"name":"old","updated_at":"2026-01-01T00:00:00Z"}]}`)}
	s, err := loaded(t).Latest([]oracle.Event{last})
	if err != nil || aboard(s) != "-22, 21 old" {
		t.Errorf("%s, %v", aboard(s), err)
	}
}

func TestArraysThatMayBeCut(t *testing.T) {
	visits := func(s *oracle.State) string {
		var all []string
		for _, table := range []string{"harbour_visit", "harbour_crew"} {
			for _, r := range s.Rows("ships", table) {
				all = append(all, r.Key+" "+r.Values["name"].Text)
			}
		}
		slices.Sort(all)
		return strings.Join(all, ", ")
	}
	earlier := stateOf(t, loaded(t))
	for _, c := range []struct{ body, want string }{
		{`{"id":1,"visits":[{"id":13,"name":"third"},{"id":12,"name":"again"}]}`, "1 Bo, 11 first, 12 again, 13 third"},
		{`{"id":1,"visits":[{"id":13,"name":"third"}]}`, "13 third"},
	} {
		s := stateOf(t, loaded(t))
		if _, err := s.Apply(oracle.Event{Topic: "ship", Body: decoded(t, c.body)}); err != nil || visits(s) != c.want {
			t.Errorf("%s: %s, want %s (%v)", c.body, visits(s), c.want, err)
		}
		// A later reading of the source shows the same visits, and no more.
		reading, err := oracle.FromStore(harbour(), map[string][]oracle.Stored{"ships": {{Body: []byte(c.body)}}})
		if err != nil {
			t.Fatal(err)
		}
		later := stateOf(t, reading)
		if drift := s.DriftFrom(later, later); len(drift) != 1 || drift[0].Key != "2" {
			t.Errorf("%s: drift %v, want the other ship's alone", c.body, drift)
		}
		later.Objects["ships"]["1"] = later.Objects["ships"]["1"].Keeping(earlier.Objects["ships"]["1"], harbour())
		if visits(later) != c.want {
			t.Errorf("%s: a later reading has %s, want %s", c.body, visits(later), c.want)
		}
	}
}
