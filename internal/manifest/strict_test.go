package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// thing has what manifests do not: structs inside maps, inlined structs and any JSON.
type thing struct {
	Name   string `yaml:"name"`
	Common `yaml:",inline"`
	Parts  map[string]part `yaml:"parts,omitempty"`
	Body   Any             `yaml:"body,omitempty"`
	Words  []string        `yaml:"words,omitempty"`
	Wait   string          `yaml:"wait,omitempty" jsonschema:"example=30s"`
}

// Common are keys of several structs.
type Common struct {
	Size int               `yaml:"size"`
	Kind string            `yaml:"kind,omitempty" jsonschema:"enum=big,enum=small,default=big"`
	Env  map[string]string `yaml:"env,omitempty"`
}

type part struct {
	Title string          `yaml:"title"`
	Inner map[string]part `yaml:"inner,omitempty"`
}

// TestStrict reads each of these forms.
func TestStrict(t *testing.T) {
	const text = `
name: box
size: 3
env: {A: 1, B: yes}
parts:
  lid: {title: Lid}
  "a b": {title: Odd, inner: {knob: {title: Knob}}}
body: {text: 2026-11-23, number: 1, big: 18446744073709551615, float: 1.5, yes: true, none: null, list: [a, {b: ~}], alias: &x [1], again: *x}
wait: 5s
`
	var got thing
	if err := Strict("thing.yaml", []byte(text), &got, nil); err != nil {
		t.Fatal(err)
	}
	want := thing{
		Name: "box", Common: Common{Size: 3, Kind: "big", Env: map[string]string{"A": "1", "B": "yes"}},
		Parts: map[string]part{"lid": {Title: "Lid"}, "a b": {Title: "Odd", Inner: map[string]part{"knob": {Title: "Knob"}}}},
		Body: Any{map[string]any{
			"text": "2026-11-23", "number": 1, "big": uint64(18446744073709551615), "float": 1.5, "yes": true, "none": nil,
			"list": []any{"a", map[string]any{"b": nil}}, "alias": []any{1}, "again": []any{1},
		}},
		Wait: "5s",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestStrictProblems pins what is said of them, each with its place.
func TestStrictProblems(t *testing.T) {
	const text = `name: box
siz: x
kind: bigg
env: {A: [1]}
parts:
  lid:
    titel: Lid
  knob: 5
  foot: {title: Foot, inner: {x: {}}}
  lid: {title: again}
body:
  a: .nan
  b: !!binary eA==
  c: {d: 1, d: 2, 5: x}
words: one two:three
wait: 30
private: x
`
	const braces = `name: {name}
size: 1
env: {A: {port}}
wait: {x: y}
`
	for text, want := range map[string][]string{
		text: {
			`2:1: siz: unknown key "siz"; did you mean "size"?`,
			`3:7: kind: "bigg" is not allowed here; did you mean "big"?`,
			`4:10: env.A: must be a single value, is a list`,
			`7:5: parts.lid.titel: unknown key "titel"; did you mean "title"?`,
			`8:9: parts.knob: must be a mapping, is the number 5`,
			`9:34: parts.foot.inner.x: key "title" is missing`,
			`10:3: parts.lid: key "lid" stands here twice; the first is on line 6`,
			`12:6: body.a: the number .nan is no value that JSON has; put it in quotes: ".nan"`,
			`13:6: body.b: must be a value that JSON has, is tagged !!binary`,
			`14:13: body.c.d: key "d" stands here twice; the first is on line 14`,
			`14:19: body.c: a key must be text, is the number 5; put it in quotes: "5"`,
			`15:8: words: must be a list, is the text "one two:three"; write [one, "two:three"]`,
			`16:7: wait: must be text, is the number 30; write it as in 30s`,
			`17:1: private: unknown key "private"; known: body, env, kind, name, parts, size, wait, words`,
		},
		braces: {
			`1:7: name: must be text, is a mapping; put it in quotes: "{name}"`,
			`3:10: env.A: must be a single value, is a mapping; put it in quotes: "{port}"`,
			`4:7: wait: must be text, is a mapping`,
		},
	} {
		err := Strict("thing.yaml", []byte(text), &thing{}, nil)
		if err == nil {
			t.Fatalf("it was taken:\n%s", text)
		}
		if diff := cmp.Diff(want, strings.Split(strings.ReplaceAll(err.Error(), "thing.yaml:", ""), "\n")); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	}
}

// TestStrictPlaces: what is found later has its place too; a struct in a map has that of its key.
func TestStrictPlaces(t *testing.T) {
	const text = `name: box
size: 1
parts:
  lid:
    title: Lid
body:
  list: [a, b]
`
	places, err := StrictPlaces("thing.yaml", []byte(text), &thing{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = places.Check(func(at Report) {
		at(Entry(Key("body", "list"), 1), "is bad", "mend it")
		at(Key("parts", "lid"), "is bad", "")
		at(Key("parts", "lid")+".title", "is worse", "")
		at("nowhere", "is missing", "")
	})
	want := `thing.yaml:1:1: nowhere: is missing
thing.yaml:4:3: parts.lid: is bad
thing.yaml:5:12: parts.lid.title: is worse
thing.yaml:7:13: body.list[1]: is bad; mend it`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
	if err := places.Check(func(Report) {}); err != nil {
		t.Error(err)
	}
	var none *Places
	if err := none.Check(func(at Report) { at("name", "is bad", "") }); err == nil || err.Error() != "(no file):1:1: name: is bad" {
		t.Error(err)
	}
	if places, err := StrictPlaces("thing.yaml", []byte("name: box\n"), &thing{}, nil); places != nil || err == nil {
		t.Errorf("%v, %v", places, err)
	}
}
