package scenario

import (
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
)

// TestAccountsOwnAddresses: by the proxy each account has a host of its own at the provider.
func TestAccountsOwnAddresses(t *testing.T) {
	for base, want := range map[string]string{
		"https://{shop}.myshopify.com/admin/api/2026-07": "https://backfilled.myshopify.com",
		"https://{store}/wp-json/wc/v3":                  "https://backfilled.example",
		"https://api.stripe.com/v1":                      "https://api.stripe.com",
	} {
		env := Environment{Manifest: &manifest.Manifest{API: manifest.API{BaseURL: base}}, Profile: profile.Profile{Target: profile.Target{Reach: "proxy"}}}
		got, err := env.address(Backfilled)
		if err != nil || got.String() != want {
			t.Errorf("%s: %v, %v, want %s", base, got, err, want)
		}
	}
	env := Environment{SourceURL: "https://127.0.0.1:8443"}
	if got, err := env.address(Backfilled); err != nil || got.String() != "https://127.0.0.1:8443" {
		t.Errorf("by TLS: %v, %v", got, err)
	}
	if _, err := (&Environment{SourceURL: "nowhere"}).address(Backfilled); err == nil {
		t.Error("an address without a host was taken")
	}
}

// TestParties: an account has an app of its own, unless the target has one for all.
func TestParties(t *testing.T) {
	m := &manifest.Manifest{OAuth: &manifest.OAuth{}, API: manifest.API{BaseURL: "https://{shop}.example", Auth: manifest.Auth{Credentials: []string{"access_token"}}}}
	env := Environment{SourceURL: "http://127.0.0.1:1"}
	u, err := env.address(Probed)
	if err != nil {
		t.Fatal(err)
	}
	own, shared := newParty(m, Probed, u, nil).account(), newParty(m, Probed, u, &App{ClientID: "acme", Secret: "hush"}).account()
	if own.ClientID != "probed-client" || own.Secret != "probed-secret" || own.Credentials["access_token"] != "probed-access_token" || own.Host != "127.0.0.1:1" {
		t.Errorf("of its own: %+v", own)
	}
	if shared.ClientID != "acme" || shared.Secret != "hush" || shared.Credentials["access_token"] != "probed-access_token" || shared.Name != "probed" {
		t.Errorf("shared: %+v", shared)
	}
}

// TestNeeds: what a scenario cannot do without is what it is made of.
func TestNeeds(t *testing.T) {
	for _, name := range Names() {
		for _, what := range Needs(name) {
			switch what {
			case profile.Sync, profile.StartDate, profile.Webhook:
			default:
				t.Errorf("%s needs %s, and could go without", name, what)
			}
		}
	}
	if len(Needs(Connected)) > 0 || len(Needs(Authorized)) > 0 {
		t.Error("who connects can be looked at")
	}
}
