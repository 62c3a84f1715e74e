package reach

import (
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	for _, c := range []struct {
		address, shown, port string
		match, others        []string
	}{
		{"https://{shop}.myshopify.com/admin/api/2026-07", "*.myshopify.com", "443",
			[]string{"north.myshopify.com", "NORTH.myshopify.com:443", "north.myshopify.com."},
			[]string{"myshopify.com", ".myshopify.com", "a.b.myshopify.com", "north.myshopify.com.evil.example", "northmyshopify.com", "127.0.0.1", ""}},
		{"https://api-{region}.example.com:8443/v1", "api-*.example.com", "8443",
			[]string{"api-eu.example.com:8443"}, []string{"api-.example.com", "eu.example.com", "api-a.b.example.com"}},
		{"https://api.example.com/v1", "api.example.com", "443", []string{"API.example.com"}, []string{"x.api.example.com", "example.com"}},
		{"http://api.example.com", "api.example.com", "80", []string{"api.example.com"}, nil},
		{"https://{store}/wp-json", "*", "443", nil, []string{"north", "shop.example.com"}},
	} {
		h := ParseHosts(c.address)
		if h.String() != c.shown || h.Port() != c.port || h.Whole() != (c.shown == "*") || h.One() == strings.Contains(c.shown, "*") {
			t.Errorf("%s: %s, port %s, whole %v, one %v", c.address, h, h.Port(), h.Whole(), h.One())
		}
		for _, host := range c.match {
			if !h.Match(host) {
				t.Errorf("%s does not take %s", c.address, host)
			}
		}
		for _, host := range c.others {
			if h.Match(host) {
				t.Errorf("%s takes %s", c.address, host)
			}
		}
	}
}
