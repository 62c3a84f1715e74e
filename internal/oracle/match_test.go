package oracle_test

import (
	"net/url"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

func TestMatchPath(t *testing.T) {
	for _, c := range []struct {
		pattern, path string
		match         bool
	}{
		{"/orders/{order_id}/notes", "/orders/7/notes", true},
		{"/orders/{order_id}/notes", "/orders/7/8/notes", false},
		{"/orders/{order_id}/notes", "/orders//notes", false},
		{"/a.b", "/axb", false},
		{"/{odd-name}/{x}/{x}", "/1/2/3", true},
		{"/open{brace", "/open7", true},
	} {
		if got := oracle.MatchPath(c.pattern).MatchString(c.path); got != c.match {
			t.Errorf("%s and %s: %v, want %v", c.pattern, c.path, got, c.match)
		}
	}
	re := oracle.MatchPath("/{version}/orders/{order_id}")
	if got := re.FindStringSubmatch("/v1/orders/7")[re.SubexpIndex("order_id")]; got != "7" {
		t.Errorf("the order is %q", got)
	}
}

func TestSameList(t *testing.T) {
	m := shop()
	m.API.Query = manifest.Query{Defaults: map[string]string{"context": "view"}, Partial: []string{"_fields"}}
	m.API.Pagination.Order = map[string]string{"orderby": "id"}
	m.API.Auth.Credentials = []string{"key"}
	list := m.Objects[0].Lists[0]
	for query, want := range map[string]bool{
		"status=any":                                   true,
		"status%5B0%5D=any&page=2&per_page=5":          true,
		"status[]=any&orderby=date&context=view&key=1": true,
		"status=trash":                                 false,
		"":                                             false,
		"status=any&_fields=id":                        false,
		"status=any&search=x":                          false,
	} {
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if got := oracle.SameList(m, list, q); got != want {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
}
