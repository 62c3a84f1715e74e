package gateway

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestOAuthIsRoutedByClientID(t *testing.T) {
	const form = "application/x-www-form-urlencoded"
	g := startShop(t)
	r := serving(t, g, "tok_1", func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		_, _ = w.Write(body)
	})
	if err := r.Admit("app_1"); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		method, pathQuery, contentType, body string
		routed                               bool
		logged                               string
	}{
		"authorize": {"GET", "/oauth/authorize?client_id=app_1&state=s", "", "", true, ""},
		"token by JSON": {"POST", "/oauth/token", "application/json", `{"client_id":"app_1","client_secret":"hide_1","code":"hide_2","expiring":"1"}`, true,
			`{"client_id":"app_1","client_secret":"[redacted]","code":"[redacted]","expiring":"1"}`},
		"token by form": {"POST", "/oauth/token", form + "; charset=utf-8", "client_id=app_1&grant_type=refresh_token&refresh_token=hide_3", true,
			"client_id=app_1&grant_type=refresh_token&refresh_token=%5Bredacted%5D"},
		"token by query":      {"POST", "/oauth/token?client_id=app_1&client_secret=hide_4", "", "", true, ""},
		"another application": {"POST", "/oauth/token", "application/json", `{"client_id":"app_2","code":"hide_5"}`, false, `{"client_id":"app_2","code":"[redacted]"}`},
		"no application":      {"POST", "/oauth/token", "application/json", `{"code":"hide_6"`, false, "[redacted]"},
		"no object":           {"POST", "/oauth/token", "application/json", `["hide_7"]`, false, "[redacted]"},
		"another path":        {"POST", "/oauth/else?client_id=app_1", "", "", false, ""},
	} {
		t.Run(name, func(t *testing.T) {
			before, strangers := len(r.Log()), len(g.Unrouted())
			req := g.request(t, c.method, c.pathQuery, "", c.body)
			req.Header.Set("Content-Type", c.contentType)
			got := do(t, req)
			log := r.Log()
			if !c.routed {
				if log = g.Unrouted(); got.status != http.StatusUnauthorized || len(log) != strangers+1 {
					t.Fatalf("%+v, %d unrouted", got, len(log))
				}
			} else if got.status != http.StatusOK || got.body != c.body || len(log) != before+1 {
				t.Fatalf("%+v, %d routed", got, len(log))
			}
			last := log[len(log)-1]
			if last.RequestBody != c.logged {
				t.Errorf("the log keeps the body %s", last.RequestBody)
			}
			if kept, err := json.Marshal(last); err != nil || strings.Contains(string(kept), "hide_") {
				t.Errorf("the log keeps a secret: %s %v", kept, err)
			}
		})
	}
}

func TestATokenDecidesBeforeTheClientID(t *testing.T) {
	g := startShop(t)
	one := serving(t, g, "tok_1", func(http.ResponseWriter, *http.Request) {})
	two := serving(t, g, "tok_2", func(http.ResponseWriter, *http.Request) {})
	if err := two.Admit("app_2"); err != nil {
		t.Fatal(err)
	}
	do(t, g.request(t, http.MethodPost, "/oauth/token?client_id=app_2", "tok_1", ""))
	if len(one.Log()) != 1 || len(two.Log()) != 0 {
		t.Errorf("logs of %d and %d", len(one.Log()), len(two.Log()))
	}
}
