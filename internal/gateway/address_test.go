package gateway

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
)

// addressed gives a route an address of its own.
func addressed(t *testing.T, r *Route, like string) string {
	t.Helper()
	address, err := r.Address(t.Context(), like)
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// TestAddressesDecide: an account is at its own address and at the gateway's, and nobody else is at its own.
func TestAddressesDecide(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.example/api")
	north, south := serving(t, g, "tok_north", says("north")), serving(t, g, "tok_south", says("south"))
	c := through(t, g, false)
	for _, like := range []string{g.URL(), g.SecureURL()} {
		at, second := addressed(t, north, like), addressed(t, south, like)
		scheme, _, _ := strings.Cut(like, "://")
		if at == second || at == like || !strings.HasPrefix(at, scheme+"://127.0.0.1:") {
			t.Fatalf("beside %s are %s and %s", like, at, second)
		}
		byName := strings.Replace(at, "127.0.0.1", "localhost", 1)
		for _, ask := range []struct{ address, token, said string }{
			{at, "tok_north", "north at " + hostPort(t, at)},
			{byName, "tok_north", "north at " + hostPort(t, byName)},
			{second, "tok_south", "south at "},
			{like, "tok_north", "north at "},
			{like, "tok_south", "south at "},
			{at, "tok_south", "the credential in the header X-Token is not of the account at " + hostPort(t, at) + ", which was asked"},
			{byName, "tok_south", "is not of the account at localhost:"},
			{at, "tok_none", "no route has the credential"},
			{at, "", "the request has no credential"},
		} {
			before, status := len(g.Unrouted()), http.StatusOK
			if !strings.Contains(ask.said, " at ") || strings.Contains(ask.said, "account") {
				status = http.StatusUnauthorized
			}
			got := want(t, c, http.MethodGet, ask.address+"/api/orders", ask.token, "")
			if got.status != status || !strings.Contains(got.body, ask.said) {
				t.Errorf("%s with %q: %d %s, want %s", ask.address, ask.token, got.status, got.body, ask.said)
			}
			if strangers := len(g.Unrouted()) - before; (strangers == 1) != (status == http.StatusUnauthorized) {
				t.Errorf("%s with %q: %d requests came to nobody", ask.address, ask.token, strangers)
			}
		}
	}
	if len(north.Log()) != 6 || len(south.Log()) != 4 {
		t.Errorf("the logs have %d and %d", len(north.Log()), len(south.Log()))
	}
}

// TestAddressesTellWhoseConsent: with one client id for all accounts, and nothing else that tells them apart, where they are
// asked does; also against what the request names besides.
func TestAddressesTellWhoseConsent(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.example/api")
	north, south := serving(t, g, "tok_north", says("north")), serving(t, g, "tok_south", says("south"))
	if err := errors.Join(south.AdmitGrant("code_s"), south.Account("s"), south.Admit("app_s")); err != nil {
		t.Fatal(err)
	}
	c := through(t, g, false)
	named := *c
	named.Transport = naming{c.Transport, "s"}
	for _, like := range []string{g.URL(), g.SecureURL()} {
		at := addressed(t, north, like)
		for _, ask := range []struct {
			client              *http.Client
			method, path, token string
			body                string
		}{
			{c, "GET", "/oauth/authorize?client_id=app", "", ""},
			{c, "POST", "/oauth/token", "", `{"client_id":"app","code":"unknown"}`},
			{c, "POST", "/oauth/token", "", `{"client_id":"app","code":"code_s"}`}, // the provider refuses it
			{c, "POST", "/oauth/token", "tok_south", `{"client_id":"app_s","code":"code_s"}`},
			{&named, "GET", "/oauth/authorize?client_id=app", "", ""},
		} {
			if got := want(t, ask.client, ask.method, at+ask.path, ask.token, ask.body); got.body != "north at "+hostPort(t, at) {
				t.Errorf("%s %s %s: %d %s", ask.method, ask.path, ask.body, got.status, got.body)
			}
		}
	}
	// At the gateway's own address what a token is asked with says more than a credential that came along.
	if got := want(t, c, http.MethodPost, g.URL()+"/oauth/token", "tok_north", `{"client_id":"app","code":"code_s"}`); !strings.HasPrefix(got.body, "south at ") {
		t.Errorf("by its code: %d %s", got.status, got.body)
	}
}

// TestOneHostForAllAccounts: such a host belongs to nobody, and credentials tell accounts apart there.
func TestOneHostForAllAccounts(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://api.shop.example/v1")
	north, south := serving(t, g, "tok_north", says("north")), serving(t, g, "tok_south", says("south"))
	if err := errors.Join(north.Host("api.shop.example"), south.Host("api.shop.example"), south.AdmitGrant("code_s")); err != nil {
		t.Fatal(err)
	}
	if err := south.Host("south.shop.example"); err == nil || !strings.Contains(err.Error(), "the provider's hosts are api.shop.example") {
		t.Errorf("another host: %v", err)
	}
	c := through(t, g, true)
	for token, who := range map[string]string{"tok_north": "north", "tok_south": "south"} {
		if got := want(t, c, http.MethodGet, "https://api.shop.example/v1/orders", token, ""); got.body != who+" at api.shop.example" {
			t.Errorf("%s: %d %s", token, got.status, got.body)
		}
	}
	if got := want(t, c, http.MethodPost, "https://api.shop.example/oauth/token", "", `{"code":"code_s"}`); got.body != "south at api.shop.example" {
		t.Errorf("by its code: %d %s", got.status, got.body)
	}
}

// TestAddressesEndWithTheGateway: none is left, and none is opened any more.
func TestAddressesEndWithTheGateway(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.example/api")
	r := serving(t, g, "tok_1", says("one"))
	addresses := []string{addressed(t, r, g.URL()), addressed(t, r, g.SecureURL()), addressed(t, r, g.URL())}
	want(t, through(t, g, false), http.MethodGet, addresses[1]+"/api", "tok_1", "") // a connection stays
	plain := g.URL()
	var late sync.WaitGroup
	for range 8 { // whoever comes while it ends gets an address that ends too, or none
		late.Go(func() { _, _ = r.Address(context.Background(), plain) })
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	late.Wait()
	g.mu.Lock()
	for address := range g.byAddress {
		addresses = append(addresses, "http://"+address)
	}
	g.mu.Unlock()
	for _, address := range addresses {
		if conn, err := net.Dial("tcp", hostPort(t, address)); err == nil {
			_ = conn.Close()
			t.Errorf("%s still listens", address)
		}
	}
	if address, err := r.Address(t.Context(), plain); err == nil || !strings.Contains(err.Error(), "the gateway has ended") {
		t.Errorf("after the end: %s %v", address, err)
	}
}

// TestAddressesAreBesideTheGatewaysOwn: nothing listens where the gateway does not.
func TestAddressesAreBesideTheGatewaysOwn(t *testing.T) {
	g := startShop(t)
	r := serving(t, g, "tok_1", says("one"))
	for _, like := range []string{"", g.SecureURL(), "http://0.0.0.0:80", "https://" + hostPort(t, g.URL()), "127.0.0.1:80", g.URL() + "/"} {
		if address, err := r.Address(t.Context(), like); err == nil || !strings.Contains(err.Error(), "none of the gateway's own addresses") {
			t.Errorf("beside %q: %s %v", like, address, err)
		}
	}
	if len(g.byAddress) != 0 {
		t.Errorf("open are %v", g.byAddress)
	}
}
