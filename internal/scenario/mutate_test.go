package scenario

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
)

func TestReversedIsTheSameValueInAnotherOrder(t *testing.T) {
	in := []byte(`{"a":1.10,"b":[{"y":"\u00fc","x":null}],"c":{"d":9007199254740993,"e":true}}`)
	out, err := reversed(in)
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"c":{"e":true,"d":9007199254740993},"b":[{"y":"ü","x":null}],"a":1.10}`; string(out) != want {
		t.Errorf("got %s, want %s", out, want)
	}
	if !canonical.Equal(in, out) {
		t.Error("it is another value")
	}
}

func TestChangedIsAnotherValue(t *testing.T) {
	named := &manifest.Object{Key: []string{"id"}, Fields: manifest.Fields{{Path: "id", Type: manifest.Integer}, {Path: "name", Type: manifest.Text}}}
	in := []byte(`{"id":1,"name":"x","updated":"2026-01-01"}`)
	out, err := changed(named, in)
	if err != nil {
		t.Fatal(err)
	}
	if canonical.Equal(in, out) || !canonical.Equal(in, out, "name") {
		t.Errorf("not exactly the name changed: %s", out)
	}
	if _, err := changed(&manifest.Object{Key: []string{"id"}, Fields: named.Fields[:1]}, in); err == nil {
		t.Error("an object of which nothing may change was changed")
	}
	if _, err := changed(named, []byte(`[1]`)); err == nil {
		t.Error("what is no object was changed")
	}
}

// TestEditableLeavesAloneWhatMeansMore: the field that is changed must not decide what the object is or hangs on.
func TestEditableLeavesAloneWhatMeansMore(t *testing.T) {
	obj := &manifest.Object{
		Key: []string{"sku", "place"}, UpdatedAt: &manifest.TimeField{Field: "updated"}, DeletedWhen: &manifest.Condition{Field: "status", Equals: "trash"},
		Parent: &manifest.Parent{Column: "shop_id", Object: "shops"}, References: []manifest.Reference{{Field: "owner", To: "people"}},
		Webhooks: []manifest.Topic{{Topic: "x", When: &manifest.Condition{Field: "kind", Equals: "a"}}},
	}
	for _, name := range []string{"sku", "place", "updated", "status", "owner", "kind", "shop"} {
		column := name
		if name == "shop" {
			column = "shop_id"
		}
		obj.Fields = append(obj.Fields, manifest.Field{Path: name, Column: column, Type: manifest.Text})
	}
	obj.Fields = append(obj.Fields, manifest.Field{Path: "left", Column: "left", Type: manifest.Integer})
	body, err := object([]byte(`{"sku":"a","place":"b","updated":"c","status":"d","owner":"e","kind":"f","shop":"g","left":9007199254740993}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := editable(obj, body); got != (edit{"left", json.Number("9007199254740994")}) {
		t.Errorf("%q would become %v, want the number that is left", got.path, got.next)
	}
	if body["left"] = nil; editable(obj, body).path != "" {
		t.Error("a field without a value would be changed")
	}
}

// TestLaterMovesTheTimeOnly goes through the ways in which sources write times.
func TestLaterMovesTheTimeOnly(t *testing.T) {
	for format, c := range map[manifest.TimeFormat][2]string{
		manifest.RFC3339:  {`"2026-10-25T02:30:00-04:00"`, `"2026-10-25T03:30:00-04:00"`},
		manifest.NaiveUTC: {`"2026-10-25T23:30:00"`, `"2026-10-26T00:30:00"`},
		manifest.Unix:     {`1790000000`, `1790003600`},
	} {
		obj := &manifest.Object{UpdatedAt: &manifest.TimeField{Field: "at", Format: format}}
		got, err := later(obj, []byte(`{"at":`+c[0]+`,"id":1}`), time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"at":` + c[1] + `,"id":1}`; string(got) != want {
			t.Errorf("%s: %s, want %s", format, got, want)
		}
		if _, err := later(obj, []byte(`{"id":1}`), time.Hour); err == nil {
			t.Errorf("%s: a body without a time was moved", format)
		}
	}
}

// TestCopiedObjectsAreNew: a copy has no key and no time of its own yet, and none of its sub-objects is the original's.
func TestCopiedObjectsAreNew(t *testing.T) {
	obj := &manifest.Object{
		Key: []string{"id"}, UpdatedAt: &manifest.TimeField{Field: "updated"},
		Children: []manifest.Child{
			{At: "lines", Key: []string{"id"}, Children: []manifest.Child{{At: "taxes", Key: []string{"id"}, KeyScope: "parent"}}},
			{At: "codes", Key: []string{"code"}, KeyType: "text"}, {At: "links", Key: []string{"@index"}},
		},
	}
	in := `{"codes":[{"code":"a"}],"date_created_gmt":"x","id":1,"lines":[{"id":7,"taxes":[{"id":1}]}],"links":[{"url":"u"}],"name":"n","updated":"x"}`
	body, err := object([]byte(in))
	if err != nil {
		t.Fatal(err)
	}
	c := &copier{}
	got := string(canonical.Append(nil, c.copied(obj, body)))
	if want := `{"codes":[{"code":"a-2"}],"lines":[{"id":9100000000000002,"taxes":[{"id":1}]}],"links":[{"url":"u"}],"name":"n"}`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if string(canonical.Append(nil, body)) != in {
		t.Error("the original was changed")
	}
}
