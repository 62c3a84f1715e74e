package sandbox

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestSet(t *testing.T) {
	const doc = `{ "id":9007199254740993, "a":{"b":[1.10,{"c":"x\"}"}]},"é\n":null,"e":[] ,"o":{}}`
	for _, c := range []struct{ path, value, want string }{
		{"id", "1", `{ "id":1, "a":{"b":[1.10,{"c":"x\"}"}]},"é\n":null,"e":[] ,"o":{}}`},
		{"a.b.1.c", `"y"`, `{ "id":9007199254740993, "a":{"b":[1.10,{"c":"y"}]},"é\n":null,"e":[] ,"o":{}}`},
		{"a.b.2", "true", `{ "id":9007199254740993, "a":{"b":[1.10,{"c":"x\"}"},true]},"é\n":null,"e":[] ,"o":{}}`},
		{"e.0", "7", `{ "id":9007199254740993, "a":{"b":[1.10,{"c":"x\"}"}]},"é\n":null,"e":[7] ,"o":{}}`},
		{"o.p.q", "7", `{ "id":9007199254740993, "a":{"b":[1.10,{"c":"x\"}"}]},"é\n":null,"e":[] ,"o":{"p":{"q":7}}}`},
		{"é\n", "7", `{ "id":9007199254740993, "a":{"b":[1.10,{"c":"x\"}"}]},"é\n":7,"e":[] ,"o":{}}`},
		{"new", "7", `{ "id":9007199254740993, "a":{"b":[1.10,{"c":"x\"}"}]},"é\n":null,"e":[] ,"o":{},"new":7}`},
	} {
		if got, err := set([]byte(doc), c.path, []byte(c.value)); err != nil || string(got) != c.want {
			t.Errorf("%s = %s: %s, %v\nwant %s", c.path, c.value, got, err, c.want)
		}
	}
	for path, says := range map[string]string{"id.x": "neither object nor array", "a.b.5": "has 2 elements", "a.b.x": "has 2 elements"} {
		if _, err := set([]byte(doc), path, []byte("1")); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want it to say %q", path, err, says)
		}
	}
	for path, want := range map[string]string{"a": `{"b":2,"c":3}`, "b": `{"a":1,"c":3}`, "c": `{"a":1,"b":2}`, "d": `{"a":1,"b":2,"c":3}`} {
		if got := unset([]byte(`{"a":1,"b":2,"c":3}`), path); string(got) != want {
			t.Errorf("without %s: %s, want %s", path, got, want)
		}
	}
	if got := unset([]byte(`{"a":{"b":1}}`), "a.b"); string(got) != `{"a":{}}` {
		t.Errorf("without a.b: %s", got)
	}
	for doc, want := range map[string]string{`{"a":[1]}`: `{"a":[1,2]}`, `{"a":[]}`: `{"a":[2]}`, `{}`: `{"a":[2]}`, `{"a":null}`: `{"a":[2]}`} {
		if got, err := added([]byte(doc), "a", []byte("2")); err != nil || string(got) != want {
			t.Errorf("%s with 2: %s, %v, want %s", doc, got, err, want)
		}
	}
	if got := only([]byte(`{"a":{"b":1,"c":2},"d":3,"e":[{"f":1}]}`), []string{"e", "a.c"}); string(got) != `{"a":{"c":2},"e":[{"f":1}]}` {
		t.Errorf("only a.c and e: %s", got)
	}
}

func TestTexts(t *testing.T) {
	doc := []byte(`{"v":[{"i":1,"k":{"n":"x"}},{"i":22},{"i":null}],"s":"a"}`)
	for path, want := range map[string][]string{"v.i": {"1", "22"}, "v.k.n": {"x"}, "s": {"a"}, "v": nil, "w": nil, "s.t": nil} {
		if got := texts(doc, path); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

// FuzzDocument holds what is read and written in place against encoding/json.
func FuzzDocument(f *testing.F) {
	for _, doc := range []string{
		`{"a":{"b":[1,{"c":"\\\""}]},"k":"\\"}`, ` { "k" : "}" , "a" : [ ] } `, `{"k":1,"k":{"a":2}}`, `{"\u006b":"ü😀","a":-1.5e3}`, `[{"k":1}]`, `"k"`,
	} {
		f.Add([]byte(doc), "k", "a")
	}
	f.Fuzz(func(t *testing.T, doc []byte, key, inner string) {
		if !json.Valid(doc) || !utf8.Valid(doc) || !utf8.ValidString(key) || !utf8.ValidString(inner) || strings.ContainsAny(key+inner, ".") || key == "" || inner == "" {
			return
		}
		var want map[string]any
		dec := json.NewDecoder(bytes.NewReader(doc))
		dec.UseNumber()
		if dec.Decode(&want) != nil || want == nil {
			if _, ok := raw(doc, key); ok && doc[skipSpace(doc, 0)] != '[' {
				t.Errorf("%q is no object and has %q", doc, key)
			}
			return
		}
		value, has := want[key]
		got, ok := raw(doc, key)
		if ok != has {
			t.Fatalf("%q has %q: %v, encoding/json says %v", doc, key, ok, has)
		}
		if ok && !reflect.DeepEqual(decoded(got), value) {
			t.Fatalf("%q at %q: %s, encoding/json says %v", doc, key, got, value)
		}
		out, err := set(doc, key+"."+inner, []byte(`"new"`))
		if err != nil {
			return // the way leads through what has no members
		}
		if s, _ := text(out, key+"."+inner); !json.Valid(out) || s != "new" {
			t.Fatalf("%q with %q.%q set: %q", doc, key, inner, out)
		}
		if cut := unset(doc, key); !json.Valid(cut) {
			t.Fatalf("%q without %q: %q", doc, key, cut)
		}
	})
}
