package scenario

import (
	"net/url"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/target"
)

// TestAccountsOwnAddresses: by the proxy each account has a host of its own at the provider.
func TestAccountsOwnAddresses(t *testing.T) {
	for base, want := range map[string]string{
		"https://{shop}.myshopify.com/admin/api/2026-07": "https://backfilled.myshopify.com",
		"https://{store}/wp-json/wc/v3":                  "https://backfilled.example",
		"https://api.stripe.com/v1":                      "https://api.stripe.com",
	} {
		env := Environment{Manifest: &manifest.Manifest{API: manifest.API{BaseURL: base}}, Profile: profile.Profile{Target: profile.Target{Reach: "proxy"}}}
		got, err := env.address(t.Context(), Backfilled, nil)
		if err != nil || got.String() != want {
			t.Errorf("%s: %v, %v, want %s", base, got, err, want)
		}
	}
}

// TestParties: an account has an app of its own, unless the target has one for all.
func TestParties(t *testing.T) {
	m := &manifest.Manifest{OAuth: &manifest.OAuth{}, API: manifest.API{BaseURL: "https://{shop}.example", Auth: manifest.Auth{Credentials: []string{"access_token"}}}}
	u := &url.URL{Scheme: "http", Host: "127.0.0.1:1"}
	account := func(app *App) target.Account {
		p := newParty(m, Probed, app)
		p.address = u
		return p.account()
	}
	own, shared := account(nil), account(&App{ClientID: "acme", Secret: "hush"})
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
