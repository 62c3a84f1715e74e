package gateway

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
)

func TestMissNamesTheNearest(t *testing.T) {
	a := newAccount(t, startWoo(t), "ck_miss", "backfill")
	got := a.get("/orders?status=any&per_page=50&page=2&orderby=id&order=asc&consumer_secret=cs_deadbeef")
	if got.status != http.StatusNotFound || got.header.Get(MissHeader) != MissRequest {
		t.Fatalf("status %d, %s %q", got.status, MissHeader, got.header.Get(MissHeader))
	}
	var body ownAnswer
	if err := json.Unmarshal([]byte(got.body), &body); err != nil {
		t.Fatal(err)
	}
	if len(body.Nearest) == 0 || !strings.Contains(body.Nearest[0], "backfill-orders#1; per_page is 100 there, not 50") {
		t.Errorf("the nearest should be page 2 with the other size: %q", body.Nearest)
	}
	if strings.Contains(got.body, "deadbeef") {
		t.Error("the answer repeats a credential")
	}
	misses := a.route.Misses()
	if len(misses) != 1 || misses[0].Interaction != "" || misses[0].Status != http.StatusNotFound || len(misses[0].Nearest) != maxNearest {
		t.Errorf("misses: %+v", misses)
	}
	if got := a.get("/orderz"); !strings.Contains(got.body, "/orders") {
		t.Errorf("no similar path is shown: %s", got.body)
	}
	if got := a.ask(http.MethodPut, base+"/orders/355", `{"status":"completed"}`); !strings.Contains(got.body, "recorded with GET") {
		t.Errorf("the same path with another method is not shown: %s", got.body)
	}
}

func TestMissThatWasToBeExpected(t *testing.T) {
	a := newAccount(t, startWoo(t), "ck_partial", "backfill")
	if got := a.get("/orders/361/notes"); got.status != http.StatusOK {
		t.Fatalf("recorded notes: %d", got.status)
	}
	got := a.get("/orders/400001/notes?type=any")
	if got.status != http.StatusNotFound || got.header.Get(MissHeader) != MissPartial {
		t.Errorf("notes that were not recorded: %d %q", got.status, got.header.Get(MissHeader))
	}
	if misses := a.route.Misses(); len(misses) != 0 {
		t.Errorf("counted as misses: %+v", misses)
	}
	if log := a.route.Log(); len(log) != 2 || !log[1].Miss || !log[1].PartialMiss {
		t.Errorf("log: %+v", log)
	}
	for _, other := range []string{"/orders/1/notes/2", "/orders//notes", "/orders/1/refunds"} {
		if got := a.get(other); got.header.Get(MissHeader) != MissRequest {
			t.Errorf("%s is none of the paths recorded in part: %q", other, got.header.Get(MissHeader))
		}
	}
}

func TestBeforeAnyPhase(t *testing.T) {
	a := newAccount(t, startWoo(t), "ck_early", "")
	got := a.get("/orders")
	if got.status != http.StatusNotFound || !strings.Contains(got.body, "no phase has been entered") {
		t.Errorf("%d %s", got.status, got.body)
	}
	if a.route.Unused("backfill") != nil {
		t.Error("a phase that was never entered has nothing unused")
	}
}

func TestUnusedShrinks(t *testing.T) {
	a := newAccount(t, startWoo(t), "ck_unused", "after")
	before := len(a.route.Unused("after"))
	a.get("/coupons/335")
	a.get("/coupons/335")
	left := a.route.Unused("after")
	if len(left) != before-1 || strings.Contains(strings.Join(left, "\n"), "/coupons/335") {
		t.Errorf("%d unused, then %d", before, len(left))
	}
	if err := a.route.Enter("after"); err != nil {
		t.Fatal(err)
	}
	if again := a.route.Unused("after"); len(again) != before-1 {
		t.Errorf("entering anew forgot what was used: %d", len(again))
	}
}

func TestUnroutedRequests(t *testing.T) {
	g := startWoo(t)
	newAccount(t, g, "ck_known", "backfill")
	for name, prepare := range map[string]func(*http.Request){
		"none":    func(*http.Request) {},
		"unknown": func(r *http.Request) { r.SetBasicAuth("ck_unknown_1", "cs_hidden_2") },
		"garbage": func(r *http.Request) { r.Header.Set("Authorization", "Basic !!!") },
		"query":   func(r *http.Request) { r.URL.RawQuery = "consumer_key=ck_unknown_1&consumer_secret=cs_hidden_2" },
	} {
		req, err := http.NewRequest(http.MethodGet, g.URL()+base+"/orders", nil)
		if err != nil {
			t.Fatal(err)
		}
		prepare(req)
		if got := do(t, req); got.status != http.StatusUnauthorized || got.header.Get(MissHeader) != MissCredential {
			t.Errorf("%s: %d %v", name, got.status, got.header)
		}
	}
	unrouted := g.Unrouted()
	if len(unrouted) != 4 {
		t.Fatalf("%d unrouted, want 4", len(unrouted))
	}
	kept, err := json.Marshal(unrouted)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"ck_unknown_1", "cs_hidden_2", "!!!", "Authorization"} {
		if strings.Contains(string(kept), secret) {
			t.Errorf("the log keeps %q: %s", secret, kept)
		}
	}
}

func TestKindsOfCredential(t *testing.T) {
	tests := []struct {
		name string
		auth manifest.Auth
		with func(*http.Request)
	}{
		{"basic user", manifest.Auth{Kind: "basic", Credentials: []string{"key", "secret"}, Route: "key"},
			func(r *http.Request) { r.SetBasicAuth("me", "x") }},
		{"basic password", manifest.Auth{Kind: "basic", Credentials: []string{"key", "secret"}, Route: "secret"},
			func(r *http.Request) { r.SetBasicAuth("x", "me") }},
		{"bearer", manifest.Auth{Kind: "bearer", Credentials: []string{"token"}, Route: "token"},
			func(r *http.Request) { r.Header.Set("Authorization", "bearer me") }},
		{"header", manifest.Auth{Kind: "header", Header: "X-Shop-Token", Credentials: []string{"token"}, Route: "token"},
			func(r *http.Request) { r.Header.Set("X-Shop-Token", "me") }},
		{"query before header", manifest.Auth{Kind: "basic", Credentials: []string{"key", "secret"}, Route: "key"},
			func(r *http.Request) { r.SetBasicAuth("other", "x"); r.URL.RawQuery = "key=me" }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := wooManifest()
			m.API.Auth = test.auth
			g, err := Start(t.Context(), Config{Manifest: m, Recording: wooRecording(t)})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = g.Close() }()
			a := newAccount(t, g, "me", "backfill")
			req, err := http.NewRequest(http.MethodGet, g.URL()+base+"/orders/355", nil)
			if err != nil {
				t.Fatal(err)
			}
			test.with(req)
			if got := do(t, req); got.status != http.StatusOK {
				t.Errorf("%d %s", got.status, got.body)
			}
			kept, err := json.Marshal(a.route.Log())
			if err != nil || strings.Contains(string(kept), `"me"`) || strings.Contains(string(kept), "bearer") {
				t.Errorf("the log keeps the credential: %s %v", kept, err)
			}
		})
	}
}

func TestManifestThatRoutesNothingIsRefused(t *testing.T) {
	for _, auth := range []manifest.Auth{
		{Kind: "basic", Credentials: []string{"a", "b"}, Route: "c"},
		{Kind: "header", Credentials: []string{"a"}, Route: "a"},
		{Kind: "magic", Credentials: []string{"a"}, Route: "a"},
	} {
		m := wooManifest()
		m.API.Auth = auth
		if g, err := Start(t.Context(), Config{Manifest: m, Recording: wooRecording(t)}); err == nil {
			_ = g.Close()
			t.Errorf("%+v was accepted", auth)
		}
	}
}
