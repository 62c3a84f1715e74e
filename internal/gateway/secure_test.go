package gateway

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/gateway/faults"
	"github.com/syncspec/syncspec/internal/manifest"
)

// startSecure starts a gateway with TLS and proxy for the hosts of a base URL.
func startSecure(t testing.TB, m *manifest.Manifest, baseURL string) *Gateway {
	t.Helper()
	m.API.BaseURL = baseURL
	cfg := Config{Manifest: m, Secure: true, Dir: t.TempDir()}
	if m.Source == "woocommerce" {
		cfg.Recording = wooRecording(t)
	}
	g, err := Start(t.Context(), cfg)
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

// through is a client that trusts the run's authority and goes through the proxy.
func through(t testing.TB, g *Gateway, proxied bool) *http.Client {
	t.Helper()
	ca, err := os.ReadFile(g.CAFile())
	if err != nil {
		t.Fatal(err)
	}
	trusted := x509.NewCertPool()
	trusted.AppendCertsFromPEM(ca)
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted}, ForceAttemptHTTP2: true}
	if proxied {
		proxy, err := url.Parse(g.ProxyURL())
		if err != nil {
			t.Fatal(err)
		}
		transport.Proxy = http.ProxyURL(proxy)
	}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// want asks with a token and returns the answer; where the request failed its error is the body.
func want(t testing.TB, c *http.Client, method, address, token, body string) reply {
	t.Helper()
	req, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("X-Token", token)
	}
	res, err := c.Do(req)
	if err != nil {
		return reply{body: err.Error()}
	}
	defer func() { _ = res.Body.Close() }()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		return reply{status: res.StatusCode, body: err.Error()}
	}
	return reply{status: res.StatusCode, header: res.Header, body: string(got)}
}

// says answers with a text and the host that was asked.
func says(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) { _, _ = io.WriteString(w, text+" at "+req.Host) }
}

func TestThreeWaysIn(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.example/api")
	r := serving(t, g, "tok_1", says("one"))
	if err := r.Host("north.shop.example"); err != nil {
		t.Fatal(err)
	}
	proxied, direct := through(t, g, true), through(t, g, false)
	for address, c := range map[string]*http.Client{
		"https://north.shop.example/api/orders?page=2": proxied, "http://north.shop.example/api/orders?page=2": proxied,
		g.SecureURL() + "/api/orders?page=2":                                               direct,
		strings.Replace(g.SecureURL(), "127.0.0.1", "localhost", 1) + "/api/orders?page=2": direct,
		g.URL() + "/api/orders?page=2":                                                     direct,
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		before := len(r.Log())
		if got := want(t, c, http.MethodGet, address, "tok_1", ""); got.status != http.StatusOK || got.body != "one at "+u.Host {
			t.Errorf("%s: %d %s", address, got.status, got.body)
		}
		log := r.Log()
		if len(log) != before+1 || log[before].URL() != "/api/orders?page=2" {
			t.Errorf("%s: the log has %d more, the last %+v", address, len(log)-before, log[len(log)-1])
		}
	}
	if len(g.Refused()) != 0 || len(g.Unrouted()) != 0 {
		t.Errorf("refused %+v, unrouted %+v", g.Refused(), g.Unrouted())
	}
}

// TestLinksOfTheProvider: a recorded link leads to where the client came from.
func TestLinksOfTheProvider(t *testing.T) {
	g := startSecure(t, wooManifest(), "https://{store}/wp-json/wc/v3")
	a := newAccount(t, g, "ck_1", "backfill")
	if err := a.route.Host("north.store.example"); err != nil {
		t.Fatal(err)
	}
	proxied, direct := through(t, g, true), through(t, g, false)
	const path = "/customers?orderby=id&order=asc&per_page=100&consumer_key=ck_1"
	for origin, c := range map[string]*http.Client{
		"https://north.store.example": proxied, "http://north.store.example": proxied, g.SecureURL(): direct, g.URL(): direct,
	} {
		link := want(t, c, http.MethodGet, origin+base+path, "", "").header.Get("Link")
		if origin == "http://north.store.example" {
			origin = "https://north.store.example"
		}
		if !strings.HasPrefix(link, "<"+origin+base+"/customers?") {
			t.Errorf("asked at %s the link leads to %s", origin, link)
		}
	}
}

// TestRefused: what the target tries besides the provider comes to nothing and is told, its secrets not.
func TestRefused(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.example/api")
	c := through(t, g, true)
	for _, address := range []string{"https://pay.example/charge?key=hide_1", "http://pay.example/charge?key=hide_2", "https://a.b.shop.example/"} {
		want(t, c, http.MethodPost, address, "hide_3", "hide_4")
		want(t, c, http.MethodPost, address, "hide_3", "hide_4")
	}
	untrusting := through(t, g, true)
	untrusting.Transport.(*http.Transport).TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	if got := want(t, untrusting, http.MethodGet, "https://north.shop.example/api", "hide_5", ""); got.status != 0 {
		t.Errorf("who does not trust the authority gets %d", got.status)
	}
	eventually(t, "four refusals", func() bool { return len(g.Refused()) == 4 })
	all := g.Refused()
	for i, want := range []Refusal{
		{Method: "CONNECT", Host: "pay.example:443", Times: 2, Why: "is not the provider's"},
		{Method: "POST", Host: "pay.example", Times: 2, Why: "is not the provider's"},
		{Method: "CONNECT", Host: "a.b.shop.example:443", Times: 2, Why: "stands for *.shop.example alone"},
		{Method: "TLS", Host: "north.shop.example", Times: 1, Why: "if it does not trust the run's certificate authority, give it {source.ca_file}"},
	} {
		if got := all[i]; got.Method != want.Method || got.Host != want.Host || got.Times != want.Times || !strings.Contains(got.Why, want.Why) || got.At.IsZero() {
			t.Errorf("refused is %+v, want %+v", got, want)
		}
	}
	if kept, err := json.Marshal([]any{all, g.Unrouted()}); err != nil || strings.Contains(string(kept), "hide_") {
		t.Errorf("a secret is kept: %s %v", kept, err)
	}
	if len(g.Unrouted()) != 0 {
		t.Errorf("unrouted are %+v", g.Unrouted())
	}
}

// TestAProbeIsNoRefusal: who looks whether a port is open says nothing of the target.
func TestAProbeIsNoRefusal(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.example/api")
	conn, err := net.Dial("tcp", hostPort(t, g.SecureURL()))
	if err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(conn); err != nil { // the server has noticed
		t.Fatal(err)
	}
	_ = conn.Close()
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if len(g.Refused()) != 0 {
		t.Errorf("refused: %+v", g.Refused())
	}
}

func hostPort(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u.Host
}

// TestProxiedSecretsAreRedacted: what comes by the proxy is logged as all else is.
func TestProxiedSecretsAreRedacted(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.example/api")
	r := serving(t, g, "hide_token", says("one"))
	if err := errors.Join(r.Host("north.shop.example"), r.AdmitGrant("hide_code"), r.AdmitGrant("hide_refresh")); err != nil {
		t.Fatal(err)
	}
	c := through(t, g, true)
	proxy, err := url.Parse(g.ProxyURL())
	if err != nil {
		t.Fatal(err)
	}
	proxy.User = url.UserPassword("hide_user", "hide_password")
	c.Transport.(*http.Transport).Proxy = http.ProxyURL(proxy)
	for _, address := range []string{"https://north.shop.example", "http://north.shop.example", "http://hide_a:hide_b@north.shop.example"} {
		want(t, c, http.MethodGet, address+"/api/orders?access_token=hide_token", "hide_token", "")
		want(t, c, http.MethodPost, address+"/oauth/token", "", `{"client_id":"app","client_secret":"hide_secret","code":"hide_code"}`)
		want(t, c, http.MethodPost, address+"/oauth/token", "", `{"client_id":"app","refresh_token":"hide_refresh","grant_type":"refresh_token"}`)
	}
	if len(r.Log()) != 9 {
		t.Fatalf("the log has %d, and %+v came to nobody", len(r.Log()), g.Unrouted())
	}
	if kept, err := json.Marshal(r.Log()); err != nil || strings.Contains(string(kept), "hide_") {
		t.Errorf("the log keeps a secret: %s %v", kept, err)
	}
}

// TestHostsDecide: a credential of one account at the host of another is no good, as with the provider.
func TestHostsDecide(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.example/api")
	north, south := serving(t, g, "tok_north", says("north")), serving(t, g, "tok_south", says("south"))
	if err := errors.Join(north.Host("north.shop.example"), south.Host("South.Shop.Example")); err != nil {
		t.Fatal(err)
	}
	c := through(t, g, true)
	for address, said := range map[string]string{
		"https://north.shop.example/api": "the credential in the header X-Token is not of the account at north.shop.example, which was asked",
		"https://third.shop.example/api": "is not of the account at third.shop.example",
	} {
		if got := want(t, c, http.MethodGet, address, "tok_south", ""); got.status != http.StatusUnauthorized || !strings.Contains(got.body, said) {
			t.Errorf("%s: %d %s", address, got.status, got.body)
		}
	}
	if got := want(t, c, http.MethodGet, "https://third.shop.example/api", "tok_none", ""); !strings.Contains(got.body, "third.shop.example is no account's host") {
		t.Errorf("a host of nobody: %d %s", got.status, got.body)
	}
	if len(north.Log())+len(south.Log()) != 0 || len(g.Unrouted()) != 3 {
		t.Errorf("%d and %d were routed, %d not", len(north.Log()), len(south.Log()), len(g.Unrouted()))
	}
	if got := want(t, c, http.MethodGet, "https://south.shop.example/api", "tok_south", ""); got.body != "south at south.shop.example" {
		t.Errorf("%d %s", got.status, got.body)
	}
	for host, why := range map[string]string{"north.shop.example": "has a route already", "other.example": "the provider's hosts are *.shop.example", "": "no host"} {
		if err := south.Host(host); err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("giving it %q: %v", host, err)
		}
	}
	if err := errors.Join(south.Host("south.shop.example"), south.Host("south2.shop.example")); err != nil {
		t.Errorf("giving an account its own host again, or a second: %v", err)
	}
}

// TestWholeHosts: where each account's host is all its own, those of the routes are the provider's, and no others.
func TestWholeHosts(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{store}/api")
	c := through(t, g, true)
	if got := want(t, c, http.MethodGet, "https://north/api", "tok_1", ""); !strings.Contains(got.body, "stands for the accounts' own hosts (none yet) alone") {
		t.Errorf("%d %s", got.status, got.body)
	}
	r := serving(t, g, "tok_1", says("one"))
	if err := errors.Join(r.Host("north"), r.Host("store.example")); err != nil {
		t.Fatal(err)
	}
	for _, host := range []string{"north", "store.example"} {
		if got := want(t, c, http.MethodGet, "https://"+host+"/api", "tok_1", ""); got.body != "one at "+host {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	if got := want(t, c, http.MethodGet, "https://other.example/api", "tok_1", ""); !strings.Contains(got.body, "stands for north, store.example alone") {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// TestOneClientIDForAllAccounts: requests without a credential are told apart by host, by code or refresh token, and by
// the name that the harness gives.
func TestOneClientIDForAllAccounts(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.example/api")
	north, south := serving(t, g, "tok_north", says("north")), serving(t, g, "tok_south", says("south"))
	if err := errors.Join(north.Host("north.shop.example"), south.Host("south.shop.example"), north.Account("n"), south.Account("s"),
		north.AdmitGrant("code_n"), south.AdmitGrant("code_s"), south.AdmitGrant("refresh_s")); err != nil {
		t.Fatal(err)
	}
	proxied, direct := through(t, g, true), through(t, g, false)
	named := func(name string) *http.Client {
		c := *direct
		c.Transport = naming{direct.Transport, name}
		return &c
	}
	for _, c := range []struct {
		client               *http.Client
		method, at, body, by string
	}{
		{proxied, "GET", "https://south.shop.example/oauth/authorize?client_id=app", "", "south"},
		{proxied, "POST", "https://south.shop.example/oauth/token", `{"client_id":"app","code":"unknown"}`, "south"}, // the provider refuses it
		{direct, "POST", g.URL() + "/oauth/token", `{"client_id":"app","code":"code_n"}`, "north"},
		{direct, "POST", g.SecureURL() + "/oauth/token", `{"client_id":"app","code":"code_s"}`, "south"},
		{direct, "POST", g.URL() + "/oauth/token", `{"client_id":"app","grant_type":"refresh_token","refresh_token":"refresh_s"}`, "south"},
		{direct, "POST", g.URL() + "/oauth/token", `{"client_id":"app","code":"unknown"}`, ""},
		{direct, "GET", g.URL() + "/oauth/authorize?client_id=app", "", ""},
		{named("n"), "GET", g.URL() + "/oauth/authorize?client_id=app", "", "north"},
		{named("s"), "GET", g.URL() + "/oauth/authorize?client_id=app", "", "south"},
		{named("s"), "GET", g.URL() + "/api/orders", "", ""}, // it is for consent alone
	} {
		got := want(t, c.client, c.method, c.at, "", c.body)
		if by, _, _ := strings.Cut(got.body, " at "); c.by != "" && (got.status != http.StatusOK || by != c.by) || c.by == "" && got.status != http.StatusUnauthorized {
			t.Errorf("%s %s %s is answered by %q: %d %s, want %q", c.method, c.at, c.body, by, got.status, got.body, c.by)
		}
	}
	for _, err := range []error{north.Account("s"), north.Account(""), north.AdmitGrant("code_s"), north.AdmitGrant("")} {
		if err == nil || strings.Contains(err.Error(), "code_s") {
			t.Errorf("another's, or nothing, was taken: %v", err)
		}
	}
}

// naming names the account as the harness does.
type naming struct {
	http.RoundTripper
	account string
}

func (n naming) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set(AccountHeader, n.account)
	return n.RoundTripper.RoundTrip(req)
}

// TestFaultsInTunnels: an answer that is cut off is cut off in a tunnel too.
func TestFaultsInTunnels(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.example/api")
	r := serving(t, g, "tok_1", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "half")
	})
	r.Break(taker{})
	got := want(t, through(t, g, true), http.MethodPost, "https://north.shop.example/api", "tok_1", "x")
	if got.status != http.StatusOK || got.body != io.ErrUnexpectedEOF.Error() {
		t.Errorf("%d %s", got.status, got.body)
	}
}

// taker takes the connection and breaks it off in the middle of an answer.
type taker struct{ faults.Fault }

func (taker) Wrap(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, rw, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		_, _ = rw.WriteString("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
		_ = rw.Flush()
		_ = conn.Close()
	})
}

func TestSecureEndsWhole(t *testing.T) {
	g := startSecure(t, shopManifest(), "https://{shop}.shop.example/api")
	serving(t, g, "tok_1", says("one"))
	ca, addresses := g.CAFile(), []string{g.URL(), g.SecureURL(), g.ProxyURL()}
	c := through(t, g, true)
	want(t, c, http.MethodGet, "https://north.shop.example/api", "tok_1", "") // the tunnel stays
	conn, err := net.Dial("tcp", hostPort(t, g.ProxyURL()))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if _, err := io.WriteString(conn, "CONNECT north.shop.example:443 HTTP/1.1\r\nHost: north.shop.example\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || !strings.Contains(line, "200") { // and says nothing more
		t.Fatalf("%q %v", line, err)
	}
	if err := g.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(ca); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the certificate stays: %v", err)
	}
	for _, address := range addresses {
		if conn, err := net.Dial("tcp", hostPort(t, address)); err == nil {
			_ = conn.Close()
			t.Errorf("%s still listens", address)
		}
	}
	if got := want(t, c, http.MethodGet, "https://north.shop.example/api", "tok_1", ""); got.status != 0 {
		t.Errorf("the tunnel still answers %d", got.status)
	}
}

func TestSecureNeedsAFolder(t *testing.T) {
	for dir, why := range map[string]string{"": "a folder for the certificate is needed", "/nowhere/at/all": "writing the certificate of the run's authority"} {
		g, err := Start(t.Context(), Config{Manifest: shopManifest(), Secure: true, Dir: dir})
		if err == nil {
			_ = g.Close()
		}
		if err == nil || !strings.Contains(err.Error(), why) {
			t.Errorf("in %q: %v", dir, err)
		}
	}
	g := startShop(t)
	if g.SecureURL() != "" || g.ProxyURL() != "" || g.CAFile() != "" || g.Bridge() != (Addresses{}) || g.Refused() != nil {
		t.Error("a gateway without TLS names ways in that it has not")
	}
}

// TestBridgeAddresses: what is no bridge's of this machine is refused before anything listens there.
func TestBridgeAddresses(t *testing.T) {
	for address, why := range map[string]string{
		"0.0.0.0": "not a private one", "::": "not a private one", "127.0.0.1": "not a private one", "10.255.255.254": "this machine does not have it",
	} {
		g, err := Start(t.Context(), Config{Manifest: shopManifest(), Bridge: address})
		if err == nil {
			_ = g.Close()
		}
		if err == nil || !strings.Contains(err.Error(), why) || !strings.Contains(err.Error(), address) {
			t.Errorf("%s: %v", address, err)
		}
	}
}
