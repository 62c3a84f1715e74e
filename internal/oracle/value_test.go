package oracle_test

import (
	"testing"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

func TestValues(t *testing.T) {
	null := oracle.Value{Null: true}
	text := func(s string) oracle.Value { return oracle.Value{Text: s} }
	for _, c := range []struct {
		field   manifest.Field
		payload string // JSON
		want    oracle.Value
		stored  string // the database's text of the same value
	}{
		{manifest.Field{Type: manifest.Decimal}, `"120.50"`, text("120.5"), "120.5000"},
		{manifest.Field{Type: manifest.Decimal}, `115.15`, text("115.15"), "115.15"},
		{manifest.Field{Type: manifest.Decimal}, `1e2`, text("100"), "100"},
		{manifest.Field{Type: manifest.Decimal}, `"-0.00"`, text("0"), "0"},
		{manifest.Field{Type: manifest.Decimal}, `""`, null, ""},
		{manifest.Field{Type: manifest.Decimal}, `0.1000000000000000055511151231257827`, text("0.1000000000000000055511151231257827"), "0.1000000000000000055511151231257827"},
		{manifest.Field{Type: manifest.Decimal}, `1e400`, text("1E+400"), "1E400"},
		{manifest.Field{Type: manifest.Integer}, `9007199254740993`, text("9007199254740993"), "9007199254740993"},
		{manifest.Field{Type: manifest.Integer}, `"0"`, text("0"), "0"},
		{manifest.Field{Type: manifest.Boolean}, `true`, text("true"), "t"},
		{manifest.Field{Type: manifest.Boolean}, `false`, text("false"), "false"},
		{manifest.Field{Type: manifest.Text}, `""`, text(""), ""},
		{manifest.Field{Type: manifest.Text, EmptyIsNull: true}, `""`, null, ""},
		{manifest.Field{Type: manifest.Text}, `null`, null, ""},
		{manifest.Field{Type: manifest.Text}, `true`, text("true"), "true"},
		{manifest.Field{Type: manifest.JSON}, `{"b":1.10,"a":[]}`, text(`{"a":[],"b":1.10}`), `{"b": 1.10, "a": []}`},
		{manifest.Field{Type: manifest.Timestamp, Format: manifest.NaiveUTC}, `"2026-10-25T00:30:00"`, text("2026-10-25T00:30:00Z"), "2026-10-25 00:30:00+00"},
		{manifest.Field{Type: manifest.Timestamp, Format: manifest.RFC3339}, `"2026-10-25T02:30:00.25+02:00"`, text("2026-10-25T00:30:00.25Z"), "2026-10-25 00:30:00.25+00"},
		{manifest.Field{Type: manifest.Timestamp, Format: manifest.Unix}, `1792888200`, text("2026-10-25T00:30:00Z"), "2026-10-25 00:30:00+00"},
		{manifest.Field{Type: manifest.Timestamp, Format: manifest.Date}, `"2026-10-25"`, text("2026-10-25T00:00:00Z"), "2026-10-25 00:00:00+00"},
	} {
		v, err := canonical.Decode([]byte(c.payload))
		if err != nil {
			t.Fatal(err)
		}
		got, err := oracle.FromPayload(c.field, v)
		if err != nil || got != c.want {
			t.Errorf("%s %s: %s, %v, want %s", c.field.Type, c.payload, got, err, c.want)
		}
		stored := &c.stored
		if c.want.Null {
			stored = nil
		}
		if got := oracle.FromDatabase(c.field.Type, stored); got != c.want {
			t.Errorf("%s %q in the database: %s, want %s", c.field.Type, c.stored, got, c.want)
		}
	}
}

func TestValuesThatCannotBe(t *testing.T) {
	for _, c := range []struct {
		field   manifest.Field
		payload string
	}{
		{manifest.Field{Type: manifest.Decimal}, `"12,50"`},
		{manifest.Field{Type: manifest.Decimal}, `"NaN"`},
		{manifest.Field{Type: manifest.Boolean}, `"perhaps"`},
		{manifest.Field{Type: manifest.Timestamp, Format: manifest.NaiveUTC}, `"2026-10-25T00:30:00Z"`},
		{manifest.Field{Type: manifest.Text}, `{"not":"one"}`},
	} {
		v, err := canonical.Decode([]byte(c.payload))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := oracle.FromPayload(c.field, v); err == nil {
			t.Errorf("%s %s was read as %s", c.field.Type, c.payload, got)
		}
	}
}

// FuzzDecimal holds that a decimal's normal form is a fixed point and never another number.
func FuzzDecimal(f *testing.F) {
	for _, s := range []string{"1.10", "-0", "1e5", "00012", "1e-300", ".5", "9007199254740993"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := oracle.FromPayload(manifest.Field{Type: manifest.Decimal}, s)
		if err != nil || v.Null {
			return
		}
		again, err := oracle.FromPayload(manifest.Field{Type: manifest.Decimal}, v.Text)
		if err != nil || again != v {
			t.Fatalf("%q became %s, which became %s (%v)", s, v, again, err)
		}
	})
}
