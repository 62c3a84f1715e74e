package oracle_test

import (
	"net/url"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

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
		"status=any&ids=1":                             false,
	} {
		if got := oracle.SameList(m, list, params(t, query)); got != want {
			t.Errorf("%q: %v, want %v", query, got, want)
		}
	}
	list.Batch = &manifest.Batch{Object: "parts", Field: "id", Param: "ids", Max: 2}
	if !oracle.SameList(m, list, params(t, "status=any&ids=1,2")) {
		t.Error("the values that a list is asked about make it another list")
	}
	m.API.Pagination.Next = manifest.Next{From: "header_link", As: "url", Param: "page_info"}
	if !oracle.SameList(m, list, params(t, "status=any&per_page=2")) || oracle.SameList(m, list, params(t, "status=any&page_info=x")) {
		t.Error("of a list that is walked by links only first pages can be told")
	}
}

func params(t *testing.T, raw string) url.Values {
	t.Helper()
	q, err := url.ParseQuery(raw)
	if err != nil {
		t.Fatal(err)
	}
	return q
}
