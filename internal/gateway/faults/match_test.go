package faults_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/syncspec/syncspec/internal/gateway/faults"
)

func TestMatchers(t *testing.T) {
	later := httptest.NewRequest(http.MethodGet, "/admin/orders/7/refunds.json?page_info=x", nil)
	later.Header.Set("X-Token", "old")
	for name, c := range map[string]struct {
		match faults.Matcher
		want  bool
	}{
		"the method":          {faults.Method("PUT", "GET"), true},
		"another method":      {faults.Method("PUT"), false},
		"the path":            {faults.Path("/admin/orders/{order_id}/refunds.json"), true},
		"another path":        {faults.Path("/admin/orders/{order_id}.json"), false},
		"the parameter":       {faults.Param("page_info"), true},
		"another parameter":   {faults.Param("limit"), false},
		"the header":          {faults.Header("X-Token", "old"), true},
		"another value":       {faults.Header("X-Token", "new"), false},
		"all of them":         {faults.All(faults.Method("GET"), faults.Param("page_info")), true},
		"all but one of them": {faults.All(faults.Method("GET"), faults.Param("limit")), false},
		"none to hold":        {faults.All(), true},
	} {
		if got := c.match(later); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestCountingMatchersCountWhatTheyAreAskedAbout(t *testing.T) {
	get, put := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRequest(http.MethodPut, "/", nil)
	second := faults.All(faults.Method(http.MethodGet), faults.Nth(2))
	fromSecond := faults.All(faults.Method(http.MethodGet), faults.From(2))
	for i, c := range []struct {
		r        *http.Request
		nth, all bool
	}{{get, false, false}, {put, false, false}, {get, true, true}, {put, false, false}, {get, false, true}} {
		if nth, all := second(c.r), fromSecond(c.r); nth != c.nth || all != c.all {
			t.Errorf("request %d: nth %v, from %v", i, nth, all)
		}
	}
}

func TestTheSameRequestAgain(t *testing.T) {
	same := faults.All(faults.Method(http.MethodGet), faults.Same())
	for i, c := range []struct {
		method, target string
		want           bool
	}{
		{"PUT", "/a", false}, {"GET", "/b?page=2&status=any", true}, {"GET", "/b?page=3&status=any", false}, {"GET", "/a", false},
		{"GET", "/b?status=any&page=2", true}, {"PUT", "/b?page=2&status=any", false},
	} {
		if got := same(httptest.NewRequest(c.method, c.target, nil)); got != c.want {
			t.Errorf("request %d: %v, want %v", i, got, c.want)
		}
	}
}
