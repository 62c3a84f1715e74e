package accuracy

import (
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

func TestDiagnose(t *testing.T) {
	v := func(s string) oracle.Value { return oracle.Value{Text: s} }
	null := oracle.Value{Null: true}
	for _, c := range []struct {
		typ       manifest.FieldType
		want, got oracle.Value
		why       string
	}{
		{manifest.Decimal, v("19.99"), v("19.98"), "money-through-float"},
		{manifest.Decimal, v("19.99"), v("19.990000000000002"), "money-through-float"},
		{manifest.Decimal, v("19.99"), v("18.99"), "value-differs"},
		{manifest.Decimal, v("-5"), v("5"), "wrong-sign"},
		{manifest.Decimal, v("5"), null, "value-lost"},
		{manifest.Text, null, v(""), "value-invented"},
		{manifest.Timestamp, v("2026-01-01T00:00:00Z"), v("2026-01-01T01:00:00Z"), "wrong-time-zone"},
		{manifest.Timestamp, v("2026-01-01T00:00:00Z"), v("2026-01-01T05:45:00Z"), "wrong-time-zone"},
		{manifest.Timestamp, v("2026-01-01T00:00:00.5Z"), v("2026-01-01T00:00:00Z"), "fraction-lost"},
		{manifest.Timestamp, v("2026-01-01T00:00:00Z"), v("2026-03-01T00:07:00Z"), "value-differs"},
		{manifest.Integer, v("9007199254740993"), v("9007199254740992"), "integer-through-float"},
		{manifest.Integer, v("7"), v("8"), "value-differs"},
		{manifest.Text, v("Straße 12"), v("Straß"), "text-cut"},
		{manifest.Text, v("Köln"), v("KÖLN"), "case-changed"},
		{manifest.Text, v("a"), v("b"), "value-differs"},
	} {
		if got := diagnose(manifest.Field{Type: c.typ}, c.want, c.got); got != c.why {
			t.Errorf("%s %s instead of %s: %s, want %s", c.typ, c.got, c.want, got, c.why)
		}
		if Causes()[c.why] == "" {
			t.Errorf("%s is no declared cause", c.why)
		}
	}
}

func TestSortKeys(t *testing.T) {
	lines := []string{"orders 10 x", "orders 9 x", "orders 100 x", "customers 5 x"}
	sortKeys(lines)
	for i, want := range []string{"customers 5 x", "orders 9 x", "orders 10 x", "orders 100 x"} {
		if lines[i] != want {
			t.Errorf("%d: %s, want %s", i, lines[i], want)
		}
	}
}
