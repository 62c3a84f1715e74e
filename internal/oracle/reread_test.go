package oracle_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

// TestReread: a later full reading is the new state; what it no longer lists is deleted, and its values nobody knows.
func TestReread(t *testing.T) {
	m := &manifest.Manifest{Source: "shop", Objects: []manifest.Object{{Name: "orders", Table: "shop_order", Key: []string{"id"},
		Lists:  []manifest.List{{Path: "/orders"}},
		Fields: manifest.Fields{{Path: "status", Column: "status", Type: manifest.Text}},
		Children: []manifest.Child{{At: "lines", Table: "shop_line", Key: []string{"id"}, ParentColumn: "order_id", Most: 2,
			Fields: manifest.Fields{{Path: "title", Column: "title", Type: manifest.Text}}}}}}}
	state := func(bodies ...string) *oracle.State {
		var stored []oracle.Stored
		for _, b := range bodies {
			stored = append(stored, oracle.Stored{Body: []byte(b), Ref: "store"})
		}
		offer, err := oracle.FromStore(m, map[string][]oracle.Stored{"orders": stored})
		if err != nil {
			t.Fatal(err)
		}
		s, err := offer.State()
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	before := state(`{"id":1,"status":"open","lines":[{"id":7,"title":"a"},{"id":8,"title":"b"}]}`, `{"id":2,"status":"open","lines":[{"id":9,"title":"c"}]}`)
	later := state(`{"id":1,"status":"paid","lines":[{"id":6,"title":"n"},{"id":7,"title":"a"}]}`, `{"id":3,"status":"new","lines":[]}`)
	now := before.Reread(later, time.Now()).Objects["orders"]
	if keys := slices.Sorted(maps.Keys(now)); !slices.Equal(keys, []string{"1", "2", "3"}) {
		t.Fatalf("it has %v", keys)
	}
	if o := now["1"]; o.Deleted || o.Row.Values["status"].Text != "paid" || len(o.Children["shop_line"]) != 3 {
		t.Errorf("what is listed again: %+v with %d lines, want those that an array of two may have cut as well", o.Row, len(o.Children["shop_line"]))
	}
	if o := now["2"]; !o.Deleted || !o.ValuesStale || len(o.Children["shop_line"]) != 1 {
		t.Errorf("what is gone: deleted %v, its values stale %v, %d lines", o.Deleted, o.ValuesStale, len(o.Children["shop_line"]))
	}
	if o := now["3"]; o.Deleted || o.Row.Values["status"].Text != "new" {
		t.Errorf("what is new: %+v", o)
	}
	if before.Objects["orders"]["2"].Deleted || later.Objects["orders"]["2"] != nil {
		t.Error("the states that it was made of were changed")
	}
}
