package reference

import (
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
)

// The vectors of the recipe sorted-json/1: payload and canonical form.
func TestCanonicalVectors(t *testing.T) {
	for _, v := range []struct{ in, want string }{
		{`{"b":1,"a":2}`, `{"a":2,"b":1}`},
		{`{"n":9007199254740993}`, `{"n":9007199254740993}`},
		{`{"n":[1.10,1.0,1e2,-0.0]}`, `{"n":[1.10,1.0,1e2,-0.0]}`},
		{`{"s":"<&>\u00fc\ud83d\ude00\u2028"}`, "{\"s\":\"<&>ü😀\u2028\"}"},
		// By bytes U+FB33 stands before the emoji; by UTF-16 units it would stand after.
		{`{"\ud83d\ude00":2,"\ufb33":1}`, "{\"\ufb33\":1,\"\U0001f600\":2}"},
		{`{"a":1,"a":2}`, `{"a":2}`},
		{`{"s":"a\/b\u0001\n\"\\"}`, `{"s":"a/b\u0001\n\"\\"}`},
		{` [ null , true,false ] `, `[null,true,false]`},
	} {
		got, err := decodeExact([]byte(v.in))
		if err != nil {
			t.Fatalf("%s: %v", v.in, err)
		}
		if s := string(appendCanonical(nil, got)); s != v.want {
			t.Errorf("%s: got %s, want %s", v.in, s, v.want)
		}
	}
}

func TestHash(t *testing.T) {
	o := &manifest.Object{
		Volatile: []manifest.Volatile{{Field: "gone"}, {Field: "deep.gone"}},
		Children: []manifest.Child{{At: "lines", Volatile: []string{"seen"}, Children: []manifest.Child{{At: "taxes", Volatile: []string{"seen"}}}}},
	}
	hash := func(payload string) string {
		h, err := hasher{}.Hash(Document{Object: o, Payload: []byte(payload)})
		if err != nil {
			t.Fatalf("%s: %v", payload, err)
		}
		return h
	}
	// printf '{"a":2,"b":1}' | sha256sum
	if got := hash(`{"b":1, "a":2,"gone":[1]}`); got != "d3626ac30a87e6f7a6428233b3c68299976865fa5508e4267c5415c76af7a772" {
		t.Error(got)
	}
	same := hash(`{"deep":{"x":1},"lines":[{"id":1,"taxes":[{"id":1}]}]}`)
	if got := hash(`{"lines":[{"taxes":[{"seen":7,"id":1}],"id":1,"seen":5}],"deep":{"gone":2,"x":1},"gone":3}`); got != same {
		t.Error("volatile fields took part in the hash")
	}
	for _, different := range []string{`{"a":1.1}`, `{"a":1.10}`, `{"a":"1.1"}`, `{"a":9007199254740993}`, `{"a":9007199254740992}`, `{"a":null}`, `{}`} {
		for _, other := range []string{`{"a":1}`, same} {
			if hash(different) == hash(`{"a":1}`) || hash(different) == other {
				t.Errorf("%s has the hash of another payload", different)
			}
		}
	}
	for _, bad := range []string{``, `{} {}`, `{`, `{}x`} {
		if _, err := (hasher{}).Hash(Document{Object: o, Payload: []byte(bad)}); err == nil {
			t.Errorf("%q was hashed", bad)
		}
	}
}
