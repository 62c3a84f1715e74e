package canonical_test

import (
	"encoding/json"
	"math/rand"
	"testing"

	"github.com/syncspec/syncspec/internal/canonical"
)

func TestVectors(t *testing.T) {
	for _, v := range []struct{ in, canonical string }{
		{`{"b":1,"a":2}`, `{"a":2,"b":1}`},
		{`{"n":9007199254740993}`, `{"n":9007199254740993}`},
		{`{"n":[1.10,1.0,1e2]}`, `{"n":[1.10,1.0,1e2]}`},
		{`{"s":"<&>\u00fc\ud83d\ude00"}`, `{"s":"<&>ü😀"}`},
		{`{"\ufb33":1,"\ud83d\ude00":2}`, "{\"\ufb33\":1,\"\U0001f600\":2}"},
		{`{"a":1,"a":2}`, `{"a":2}`},
		{`{"s":"a\/b\u0001\n"}`, `{"s":"a/b\u0001\n"}`},
		{` [ ] `, `[]`},
	} {
		got, err := canonical.Decode([]byte(v.in))
		if err != nil {
			t.Fatalf("%s: %v", v.in, err)
		}
		if s := string(canonical.Append(nil, got)); s != v.canonical {
			t.Errorf("%s: got %s, want %s", v.in, s, v.canonical)
		}
	}
}

func TestHashVectors(t *testing.T) {
	for _, v := range []struct{ in, hash string }{
		// printf '{"a":2,"b":1}' | sha256sum
		{`{"b":1, "a":2}`, "d3626ac30a87e6f7a6428233b3c68299976865fa5508e4267c5415c76af7a772"},
		// printf '{}' | sha256sum
		{`{"gone": [1,2]}`, "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"},
	} {
		got, err := canonical.Hash(canonical.SortedJSON1, []byte(v.in), "gone")
		if err != nil || got != v.hash {
			t.Errorf("%s: got %s, %v, want %s", v.in, got, err, v.hash)
		}
	}
	if _, err := canonical.Hash("md5", []byte(`{}`)); err == nil {
		t.Error("an unknown recipe was accepted")
	}
	if _, err := canonical.Hash(canonical.SortedJSON1, []byte(`{} {}`)); err == nil {
		t.Error("two values were accepted as one")
	}
}

// FuzzCanonical holds that the canonical form is valid JSON, a fixed point, and blind to key order.
func FuzzCanonical(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":"\u2028"}]}`, `"\ud800"`, `-0.0e-5`, `{"":{}}`, "\"\x80\""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := canonical.Decode([]byte(s))
		if err != nil {
			return
		}
		out := canonical.Append(nil, v)
		if !json.Valid(out) {
			t.Fatalf("%q became %q, which is no JSON", s, out)
		}
		again, err := canonical.Decode(out)
		if err != nil {
			t.Fatal(err)
		}
		if string(canonical.Append(nil, again)) != string(out) {
			t.Fatalf("%q is no fixed point", out)
		}
	})
}

func BenchmarkHash(b *testing.B) {
	r := rand.New(rand.NewSource(1))
	doc := map[string]any{}
	for i := range 60 {
		doc[string(rune('a'+i%26))+string(rune('a'+r.Intn(26)))] = map[string]any{"total": "12.34", "id": i, "name": "Grüße"}
	}
	data, err := json.Marshal(doc)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := canonical.Hash(canonical.SortedJSON1, data); err != nil {
			b.Fatal(err)
		}
	}
}
