package manifest

import "testing"

func TestMatchPath(t *testing.T) {
	for _, c := range []struct {
		template, path string
		match          bool
	}{
		{"/orders/{order_id}/notes", "/orders/7/notes", true},
		{"/orders/{order_id}/notes", "/orders/7/8/notes", false},
		{"/orders/{order_id}/notes", "/orders//notes", false},
		{"/orders/{id}.json", "/orders/7.json", true},
		{"/orders/{id}.json", "/orders/7xjson", false},
		{"/a.b", "/axb", false},
		{"/{odd-name}/{x}/{x}", "/1/2/3", true},
		{"/open{brace", "/open{brace", true},
		{"/open{brace", "/open7", false},
	} {
		if got := MatchPath(c.template).MatchString(c.path); got != c.match {
			t.Errorf("%s and %s: %v, want %v", c.template, c.path, got, c.match)
		}
	}
	re := MatchPath("/{version}/orders/{order_id}")
	if got := re.FindStringSubmatch("/v1/orders/7")[re.SubexpIndex("order_id")]; got != "7" {
		t.Errorf("the order is %q", got)
	}
}
