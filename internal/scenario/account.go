package scenario

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"strings"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/target"
)

// party is one account at the source and the app that is connected to it. Each scenario has its own, by which the
// gateway tells it from the others.
type party struct {
	name Name
	// address is where the target reaches the account.
	address *url.URL
	// credentials are those with which the API is called; clientID is the app's own where there is OAuth.
	credentials map[string]string
	clientID    string
	// secret signs deliveries. Where there is OAuth it is the app's client secret.
	secret string
	// shared says that the app is that of all accounts.
	shared bool
}

func newParty(m *manifest.Manifest, name Name, app *App) party {
	p := party{name: name, credentials: map[string]string{}, secret: string(name) + "-secret"}
	for _, c := range m.API.Auth.Credentials {
		p.credentials[c] = string(name) + "-" + c
	}
	if m.OAuth != nil {
		p.clientID = string(name) + "-client"
	}
	if app != nil {
		p.shared, p.secret = true, app.Secret
		if m.OAuth != nil {
			p.clientID = app.ClientID
		}
	}
	return p
}

// account is the party as the target is told of it.
func (p party) account() target.Account {
	return target.Account{Name: string(p.name), URL: p.address.String(), Host: p.address.Host, Credentials: maps.Clone(p.credentials),
		ClientID: p.clientID, Secret: p.secret}
}

// reachProxy is how a target reaches the source by the provider's own host.
const reachProxy = "proxy"

// proxied tells whether accounts are reached by the provider's own hosts.
func (e *Environment) proxied() bool { return e.Profile.Target.Reach == reachProxy }

// address is where an account is reached: at a host of the provider's, or at an address of the gateway that is its own.
func (e *Environment) address(ctx context.Context, name Name, route *gateway.Route) (*url.URL, error) {
	text := providersOwn(e.Manifest, name)
	if !e.proxied() {
		var err error
		if text, err = route.Address(ctx, cmp.Or(e.SourceURL, e.Gateway.URL())); err != nil {
			return nil, err
		}
	}
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return nil, fmt.Errorf("%q, where the account of the scenario %q is to be reached, is no address: %v", text, name, err)
	}
	return u, nil
}

var placeholder = regexp.MustCompile(`\{[^}]*\}`)

// providersOwn is the scheme and host at the provider that an account has: that of api.base_url, its placeholder filled with
// the account's name. A provider whose accounts have hosts of their own is given one that nobody can have.
func providersOwn(m *manifest.Manifest, name Name) string {
	scheme, rest, found := strings.Cut(m.API.BaseURL, "://")
	if !found {
		scheme, rest = "https", m.API.BaseURL
	}
	host, _, _ := strings.Cut(rest, "/")
	host = placeholder.ReplaceAllString(host, string(name))
	if !strings.Contains(host, ".") {
		host += ".example"
	}
	return scheme + "://" + host
}
