package gateway

import (
	"net/url"
	"slices"
	"strings"
	"testing"
)

func TestCanonicalQuery(t *testing.T) {
	r := newRules(wooManifest())
	same := [][]string{
		{"a=1&b=2", "b=2&a=1", "&a=1&&b=2&", "b=2&a=%31"},
		{"status=any", "status[]=any", "status[0]=any", "status%5B0%5D=any", "status%5b%5d=any"},
		{"include[]=3&include[]=1", "include[0]=3&include[1]=1", "include[1]=1&include[0]=3", "include=3&include=1"},
		{"", "page=1", "per_page=10&page=1", "dp=2&context=view", "consumer_key=ck_1&consumer_secret=cs_1"},
		{"dates_are_gmt=true", "dates_are_gmt=1", "dates_are_gmt=True&page=1"},
		{"search=a+b", "search=a%20b"},
		{"flag", "flag="},
	}
	for _, group := range same {
		want := r.canonicalQuery(group[0])
		for _, q := range group[1:] {
			if got := r.canonicalQuery(q); got != want {
				t.Errorf("%q and %q mean the same: %q, %q", group[0], q, want, got)
			}
		}
	}
	different := [][2]string{
		{"page=1", "page=2"}, {"page=1", "page=01"}, {"per_page=10", "per_page=100"},
		{"force=1", "force=true"}, // not named as a boolean
		{"include[]=3&include[]=1", "include[]=1&include[]=3"},
		{"a[0][id]=1", "a[1][id]=1"}, {"a[b]=1", "a[]=1"}, {"a[]=1", "a[]=1&a[]=1"},
		{"page=1&page=2", "page=2"}, {"s=%zz", "s="}, {"s=a%26b=1", "s=a&b=1"},
		{"a[99999999999999999999]=1", "a=1"},
	}
	for _, pair := range different {
		if a, b := r.canonicalQuery(pair[0]), r.canonicalQuery(pair[1]); a == b {
			t.Errorf("%q and %q are different requests, both became %q", pair[0], pair[1], a)
		}
	}
}

func FuzzCanonicalQuery(f *testing.F) {
	for _, seed := range []string{
		"order=asc&orderby=id&page=1&per_page=100&status=any", "status%5B0%5D=any&status[]=x", "dates_are_gmt=1",
		"a[0][id]=1&a[][]=2", "%zz=%&=&[]=1&[0]=2", "a;b=1", "consumer_key=x", "a[1]=1&a[0]=0&a=2",
	} {
		f.Add(seed)
	}
	r := newRules(wooManifest())
	f.Fuzz(func(t *testing.T, raw string) {
		once := r.canonicalQuery(raw)
		if twice := r.canonicalQuery(once); twice != once {
			t.Fatalf("%q: canonical %q, again %q", raw, once, twice)
		}
		if _, err := url.ParseQuery(once); err != nil {
			t.Fatalf("%q: canonical %q is no query: %v", raw, once, err)
		}
		parts := strings.Split(raw, "&")
		names := map[string]int{}
		for _, p := range splitQuery(raw) {
			names[p.name]++
		}
		for _, n := range names {
			if n > 1 {
				return // the order among the values of one parameter does count
			}
		}
		slices.Reverse(parts)
		if turned := r.canonicalQuery(strings.Join(parts, "&")); turned != once {
			t.Fatalf("%q: %q, parameters the other way round %q", raw, once, turned)
		}
	})
}

func TestCanonicalBody(t *testing.T) {
	const jsonType, formType = "application/json; charset=utf-8", "application/x-www-form-urlencoded"
	same := [][3]string{
		{jsonType, `{"a":1,"b":[1,2]}`, "{ \"b\":[1, 2],\n\"a\":1 }"},
		{jsonType, `{"u":"https:\/\/x"}`, `{"u":"https://x"}`},
		{jsonType, `{"u":"\u00fc"}`, `{"u":"ü"}`},
		{formType, "a=1&b=2", "b=2&a=1"},
	}
	for _, s := range same {
		if a, b := canonicalBody(s[0], s[1]), canonicalBody(s[0], s[2]); a != b {
			t.Errorf("%s and %s say the same: %s, %s", s[1], s[2], a, b)
		}
	}
	different := [][2]string{
		{`{"a":9007199254740992}`, `{"a":9007199254740993}`}, {`{"a":1}`, `{"a":"1"}`}, {`[1,2]`, `[2,1]`},
		{`{"a":1}`, `{"a":1}{}`}, {`{"a":`, `{"b":`}, {``, `{}`}, {`{"a":null}`, `{}`},
	}
	for _, d := range different {
		if canonicalBody(jsonType, d[0]) == canonicalBody(jsonType, d[1]) {
			t.Errorf("%s and %s differ", d[0], d[1])
		}
	}
}
