package reference

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/manifest"
)

func TestDecode(t *testing.T) {
	const null, bad = "<null>", "<error>"
	for _, c := range []struct {
		typ    manifest.FieldType
		format manifest.TimeFormat
		in     string
		want   string
	}{
		{manifest.Decimal, "", `"1.10"`, "1.10"},
		{manifest.Decimal, "", `1.10`, "1.10"},
		{manifest.Decimal, "", `9007199254740993.0000001`, "9007199254740993.0000001"},
		{manifest.Decimal, "", `1e2`, "1e2"},
		{manifest.Decimal, "", `""`, null},
		{manifest.Decimal, "", `null`, null},
		{manifest.Decimal, "", `"NaN"`, bad},
		{manifest.Decimal, "", `"1,10"`, bad},
		{manifest.Decimal, "", `true`, bad},
		{manifest.Decimal, "", `[]`, bad},
		{manifest.Integer, "", `"0"`, "0"},
		{manifest.Integer, "", `9007199254740993`, "9007199254740993"},
		{manifest.Integer, "", `5.0`, "5"},
		{manifest.Integer, "", `""`, null},
		{manifest.Integer, "", `5.5`, bad},
		{manifest.Integer, "", `99999999999999999999`, bad},
		{manifest.Boolean, "", `false`, "false"},
		{manifest.Boolean, "", `""`, null},
		{manifest.Boolean, "", `"parent"`, bad},
		{manifest.Text, "", `"a\u00fc<"`, "aü<"},
		{manifest.Text, "", `""`, ""},
		{manifest.Text, "", `null`, null},
		{manifest.Text, "", `true`, "true"},
		{manifest.Text, "", `1.10`, "1.10"},
		{manifest.JSON, "", `{"n":1.10}`, `{"n":1.10}`},
		{manifest.JSON, "", `null`, null},
		{manifest.JSON, "", `""`, `""`},
		{manifest.Timestamp, manifest.NaiveUTC, `"2026-10-25T01:30:00"`, "2026-10-25T01:30:00Z"},
		{manifest.Timestamp, manifest.NaiveUTC, `"2026-10-25T01:30:00+02:00"`, bad},
		{manifest.Timestamp, manifest.NaiveUTC, `""`, null},
		{manifest.Timestamp, manifest.NaiveUTC, `"0000-00-00T00:00:00"`, bad},
		{manifest.Timestamp, manifest.RFC3339, `"2026-10-25T02:30:00+02:00"`, "2026-10-25T00:30:00Z"},
		{manifest.Timestamp, manifest.RFC3339, `"2026-10-25T02:30:00.1234567Z"`, "2026-10-25T02:30:00.123457Z"},
		{manifest.Timestamp, manifest.Unix, `1700000000`, "2023-11-14T22:13:20Z"},
		{manifest.Timestamp, manifest.Unix, `"1700000000.25"`, "2023-11-14T22:13:20.25Z"},
		{manifest.Timestamp, manifest.Date, `"2026-10-25"`, "2026-10-25T00:00:00Z"},
	} {
		got := null
		v, err := decode(manifest.Field{Type: c.typ, Format: c.format}, []byte(c.in))
		switch {
		case err != nil:
			got = bad
		case v != nil:
			got = *v
		}
		if got != c.want {
			t.Errorf("%s %s %s: got %s (%v), want %s", c.typ, c.format, c.in, got, err, c.want)
		}
	}
	if v, err := decode(manifest.Field{Type: manifest.Text, EmptyIsNull: true}, []byte(`""`)); v != nil || err != nil {
		t.Errorf("empty_is_null: %v %v", v, err)
	}
}

func TestFieldsAt(t *testing.T) {
	f, err := parseFields([]byte(`{"a":{"b":{"c":1},"n":null},"l":[],"n":null}`))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"a.b.c": "1", "a.n.x": "null", "n.x.y": "null", "a.x": "absent", "l.x": "absent", "x.y": "absent", "a.b": `{"c":1}`,
	} {
		got := "absent"
		if raw, ok := f.at(path); ok {
			got = string(raw)
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}

func TestArbiterAgreesOnEveryOrder(t *testing.T) {
	at := func(minute int) *time.Time {
		v := time.Date(2026, 1, 1, 0, minute, 0, 0, time.UTC)
		return &v
	}
	events := []Incoming{
		{Event: manifest.Create, UpdatedAt: at(1), Received: *at(50)},
		{Event: manifest.Update, UpdatedAt: at(5), Received: *at(51)},
		{Event: manifest.Delete, KeyOnly: true, Received: *at(52)},
		{Event: manifest.Update, UpdatedAt: at(60), Deleted: true, Received: *at(61)},
	}
	var want State
	for i, order := range permutations(len(events)) {
		var s State
		for _, e := range order {
			s = step(s, events[e])
		}
		s.DeletedAt, s.Deletion = deletedOrNot(s.DeletedAt), nil
		if i == 0 {
			want = s
		}
		if diff := cmp.Diff(want, s); diff != "" {
			t.Errorf("order %v: %s", order, diff)
		}
	}
}

func step(s State, in Incoming) State {
	d := arbiter{}.Decide(s, in)
	if d.Write {
		s.Exists = true
		if in.UpdatedAt != nil {
			s.UpdatedAt = in.UpdatedAt
		}
	}
	s.DeletedAt, s.Deletion = d.DeletedAt, d.Deletion
	return s
}

func deletedOrNot(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return &time.Time{}
}

func permutations(n int) [][]int {
	if n == 0 {
		return [][]int{nil}
	}
	var all [][]int
	for _, p := range permutations(n - 1) {
		for at := 0; at <= len(p); at++ {
			q := append(append(append([]int{}, p[:at]...), n-1), p[at:]...)
			all = append(all, q)
		}
	}
	return all
}
