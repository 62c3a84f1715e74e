package gateway

import (
	"context"
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/reach"
)

// AccountHeader names the account that a request is for, by Route.Account. The harness sends it when it visits the page of
// the owner's consent for a target that has one client id for all accounts; targets know nothing of it.
const AccountHeader = "X-Syncspec-Account"

// Host says that the account is the one at a host of the provider's: what a client asks of that host, by the gateway's
// proxy, is the route's. Where the provider has one host for all accounts, credentials alone tell them apart.
func (r *Route) Host(host string) error {
	g, name := r.gateway, reach.Name(host)
	fail := func(why string) error {
		return fmt.Errorf("giving a route on the gateway the host %q: %s", host, why)
	}
	switch {
	case name == "" || strings.ContainsAny(name, "/{} "):
		return fail("it is no host")
	case !g.hosts.Whole() && !g.hosts.Match(name):
		return fail("the provider's hosts are " + g.hosts.String())
	case g.hosts.One(): // it tells no account from another
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if have := g.byHost[name]; have != nil && have != r {
		return fail("it has a route already; give each scenario its own")
	}
	g.byHost[name], r.host = r, name
	return nil
}

// Address opens an address for this account alone, beside the gateway's own that like is: a target may tell accounts apart by
// where they are. Another account's credential is no good there. It is open until the gateway is closed.
func (r *Route) Address(ctx context.Context, like string) (string, error) {
	url, err := r.gateway.front.another(ctx, like)
	if err != nil {
		return "", fmt.Errorf("opening an address for an account on the gateway: %w", err)
	}
	_, address, _ := strings.Cut(url, "://")
	g := r.gateway
	g.mu.Lock()
	defer g.mu.Unlock()
	g.byAddress[address] = r
	return url, nil
}

// Account gives the account a name, by which AccountHeader asks for it.
func (r *Route) Account(name string) error {
	g := r.gateway
	g.mu.Lock()
	defer g.mu.Unlock()
	if have := g.byName[name]; name == "" || have != nil && have != r {
		return fmt.Errorf("naming a route on the gateway %q: the name is empty or another route's", name)
	}
	g.byName[name] = r
	return nil
}

// AdmitGrant makes the token request with this code, or with this refresh token, the route's: by them a target that has
// one client id for all accounts is told whose token it asks for.
func (r *Route) AdmitGrant(grant string) error {
	g := r.gateway
	g.mu.Lock()
	defer g.mu.Unlock()
	if have := g.byGrant[grant]; grant == "" || have != nil && have != r {
		return fmt.Errorf("admitting a code or refresh token to a route on the gateway: it is empty or another route's")
	}
	g.byGrant[grant] = r
	return nil
}

// takes tells whether a host is the provider's. Where each account has a host of its own, it is those of the routes.
func (g *Gateway) takes(host string) bool {
	if !g.hosts.Whole() {
		return g.hosts.Match(host)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.byHost[reach.Name(host)] != nil
}

// hostsInWords names them.
func (g *Gateway) hostsInWords() string {
	if !g.hosts.Whole() {
		return g.hosts.String()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.byHost) == 0 {
		return "the accounts' own hosts (none yet)"
	}
	return strings.Join(slices.Sorted(maps.Keys(g.byHost)), ", ")
}

// reached is the address that a request came to, by whatever name the client knows it.
func reached(req *http.Request) string {
	if a, ok := req.Context().Value(http.LocalAddrContextKey).(net.Addr); ok {
		return a.String()
	}
	return ""
}

// find finds the route of a request, or says why there is none. On the way to a token where it was asked comes first, as with
// the provider, then what it is asked with.
func (g *Gateway) find(req *http.Request, body []byte) (*Route, string) {
	credential := credentialOf(g.auth, req)
	host := reach.Name(req.Host)
	foreign := g.takes(host)
	g.mu.Lock()
	defer g.mu.Unlock()
	byCredential, byHost, byAddress := g.routes[credential], g.byHost[host], g.byAddress[reached(req)]
	if g.oauth.is(req.URL.Path) {
		grant, name := g.byGrant[grantOf(req, body)], g.byName[req.Header.Get(AccountHeader)]
		if r := firstRoute(byHost, byAddress, grant, name, byCredential, g.routes[clientID(req, body)]); r != nil {
			return r, ""
		}
	}
	where := whereCredential(g.auth)
	at := ""
	if foreign && byHost == nil && len(g.byHost) > 0 {
		at = fmt.Sprintf(", and %s is no account's host", host)
	}
	switch {
	case byCredential == nil && credential == "":
		return nil, "the request has no credential: none in " + where + at
	case byCredential == nil:
		return nil, "no route has the credential in " + where + at
	case foreign && byHost != byCredential && (byHost != nil || byCredential.host != ""):
		return nil, fmt.Sprintf("the credential in %s is not of the account at %s, which was asked", where, host)
	case byAddress != nil && byAddress != byCredential:
		return nil, fmt.Sprintf("the credential in %s is not of the account at %s, which was asked", where, req.Host)
	}
	return byCredential, ""
}

func firstRoute(all ...*Route) *Route {
	for _, r := range all {
		if r != nil {
			return r
		}
	}
	return nil
}
