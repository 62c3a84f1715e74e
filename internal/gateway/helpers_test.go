package gateway

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/recording"
)

const wooDir = "../../cassettes/woocommerce"

// woo loads the recording once for all tests of the package.
var woo = sync.OnceValues(func() (*recording.Recording, error) { return recording.Load(wooDir) })

func wooRecording(t testing.TB) *recording.Recording {
	t.Helper()
	rec, err := woo()
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func wooManifest() *manifest.Manifest {
	m := &manifest.Manifest{Source: "woocommerce"}
	m.API.BaseURL = "https://{store}/wp-json/wc/v3"
	m.API.Auth = manifest.Auth{
		Kind: "basic", Credentials: []string{"consumer_key", "consumer_secret"}, Route: "consumer_key",
	}
	m.API.Query = manifest.Query{
		Defaults: map[string]string{"page": "1", "per_page": "10", "dp": "2", "context": "view"},
		Booleans: []string{"dates_are_gmt"},
	}
	m.Webhooks.Registration = &manifest.Registration{Path: "/webhooks", Topic: "topic", Match: []string{"topic"}}
	return m
}

func startWoo(t testing.TB) *Gateway {
	t.Helper()
	g, err := Start(t.Context(), Config{Manifest: wooManifest(), Recording: wooRecording(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// account is a client with a route of its own.
type account struct {
	t     testing.TB
	g     *Gateway
	route *Route
	user  string
}

func newAccount(t testing.TB, g *Gateway, user, phase string) *account {
	t.Helper()
	r, err := g.Route(user)
	if err != nil {
		t.Fatal(err)
	}
	if phase != "" {
		if err := r.Enter(phase); err != nil {
			t.Fatal(err)
		}
	}
	return &account{t: t, g: g, route: r, user: user}
}

type reply struct {
	status int
	header http.Header
	body   string
}

const base = "/wp-json/wc/v3"

// ask sends a request for a path below the host and returns the whole answer.
func (a *account) ask(method, pathQuery, body string) reply {
	a.t.Helper()
	req, err := http.NewRequest(method, a.g.URL()+pathQuery, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.SetBasicAuth(a.user, "a secret")
	return do(a.t, req)
}

func (a *account) get(pathQuery string) reply {
	a.t.Helper()
	return a.ask(http.MethodGet, base+pathQuery, "")
}

func do(t testing.TB, req *http.Request) reply {
	t.Helper()
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{status: res.StatusCode, header: res.Header, body: string(body)}
}
