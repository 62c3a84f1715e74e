package reach

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

// world is a proxy for *.shop.example, what answers behind it, and what it refused.
type world struct {
	proxy   *httptest.Server
	trusted *x509.CertPool

	mu      sync.Mutex
	refused []Refusal
}

func newWorld(t *testing.T) *world {
	t.Helper()
	a := authority(t)
	w := &world{trusted: x509.NewCertPool()}
	w.trusted.AppendCertsFromPEM(a.PEM())
	answer := http.HandlerFunc(func(rw http.ResponseWriter, req *http.Request) {
		_, _ = fmt.Fprintf(rw, "%s %s over TLS: %v", req.Host, req.URL.Path, req.TLS != nil)
	})
	hosts := ParseHosts("https://{shop}.shop.example/api")
	p := NewProxy(Proxied{Takes: hosts.Match, Port: hosts.Port(), Hosts: hosts.String, Authority: a, Plain: answer, Refused: func(r Refusal) {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.refused = append(w.refused, r)
	}})
	inner := &http.Server{Handler: answer, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = inner.Serve(p.Tunnels()) }()
	w.proxy = httptest.NewServer(p)
	t.Cleanup(func() {
		w.proxy.Close()
		_ = inner.Close()
	})
	return w
}

func (w *world) client(t *testing.T) *http.Client {
	t.Helper()
	through, err := url.Parse(w.proxy.URL)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{Proxy: http.ProxyURL(through), TLSClientConfig: &tls.Config{RootCAs: w.trusted}}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

func get(t *testing.T, c *http.Client, address string) (int, string) {
	t.Helper()
	res, err := c.Get(address)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestTheProvidersHosts(t *testing.T) {
	w := newWorld(t)
	c := w.client(t)
	for address, want := range map[string]string{
		"https://north.shop.example/api/a":     "north.shop.example /api/a over TLS: true",
		"https://south.shop.example:443/api/b": "south.shop.example:443 /api/b over TLS: true",
		"http://north.shop.example/api/c":      "north.shop.example /api/c over TLS: false",
		"http://north.shop.example:443/api/d":  "north.shop.example:443 /api/d over TLS: false",
	} {
		if status, body := get(t, c, address); status != http.StatusOK || body != want {
			t.Errorf("%s: %d %s", address, status, body)
		}
	}
	if len(w.refused) != 0 {
		t.Errorf("refused: %+v", w.refused)
	}
}

// TestEverythingElse: what the proxy refuses is answered 403 with the reason, noted, and never dialled.
func TestEverythingElse(t *testing.T) {
	w := newWorld(t)
	reached := false
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	t.Cleanup(elsewhere.Close)
	c := w.client(t)
	for address, why := range map[string]string{
		"https://other.example/":             "other.example:443 is not the provider's",
		"https://shop.example/":              "shop.example:443 is not the provider's",
		"https://a.b.shop.example/":          "a.b.shop.example:443 is not the provider's",
		"https://north.shop.example:8443/":   "on another port than its own, which is 443",
		elsewhere.URL + "/path?token=secret": "is not the provider's: syncspec's proxy stands for *.shop.example alone",
	} {
		w.refused = nil
		status, said := get(t, c, address)
		if strings.HasPrefix(address, "https") {
			if status != 0 || !strings.Contains(said, "refused by syncspec's proxy, which stands for *.shop.example alone") {
				t.Errorf("%s: %d %s", address, status, said)
			}
		} else if status != http.StatusForbidden || !strings.Contains(said, why) || !strings.Contains(said, "NO_PROXY") {
			t.Errorf("%s: %d %s", address, status, said)
		}
		if len(w.refused) != 1 || !strings.Contains(w.refused[0].Why, why) || w.refused[0].Agent == "" && w.refused[0].Method != http.MethodConnect ||
			strings.Contains(fmt.Sprintf("%+v", w.refused[0]), "secret") {
			t.Errorf("%s: noted are %+v", address, w.refused)
		}
	}
	if reached {
		t.Error("the proxy went elsewhere")
	}
	w.refused = nil
	if status, said := get(t, http.DefaultClient, w.proxy.URL+"/api"); status != http.StatusBadRequest || !strings.Contains(said, "put this address into HTTPS_PROXY") || len(w.refused) != 1 {
		t.Errorf("as a base URL: %d %s %+v", status, said, w.refused)
	}
}

// TestRefusedTunnelHasItsReason: the whole answer to CONNECT, for clients that show it.
func TestRefusedTunnelHasItsReason(t *testing.T) {
	w := newWorld(t)
	said := raw(t, w, "CONNECT pay.example:443 HTTP/1.1\r\nHost: pay.example:443\r\nProxy-Authorization: Basic c2VjcmV0\r\nUser-Agent: tool/1\r\n\r\n")
	if !strings.HasPrefix(said, "HTTP/1.1 403 refused by syncspec's proxy") || !strings.Contains(said, "docs/reaching.md") ||
		!strings.Contains(said, "pay.example:443 is not the provider's") {
		t.Errorf("it said %q", said)
	}
	if len(w.refused) != 1 || w.refused[0].Agent != "tool/1" || w.refused[0].Host != "pay.example:443" || strings.Contains(fmt.Sprint(w.refused), "c2VjcmV0") {
		t.Errorf("noted are %+v", w.refused)
	}
}

// raw sends text to the proxy and returns all that it answers.
func raw(t *testing.T, w *world, text string) string {
	t.Helper()
	conn, err := net.Dial("tcp", w.proxy.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	said, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	return string(said)
}

// TestAClientThatDoesNotWait: what it sends together with CONNECT belongs to the tunnel.
func TestAClientThatDoesNotWait(t *testing.T) {
	w := newWorld(t)
	conn, err := net.Dial("tcp", w.proxy.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	c := tls.Client(&hasty{Conn: conn, head: "CONNECT north.shop.example:443 HTTP/1.1\r\nHost: north.shop.example:443\r\n\r\n"},
		&tls.Config{RootCAs: w.trusted, ServerName: "north.shop.example"})
	if err := c.Handshake(); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(c, "GET /api HTTP/1.1\r\nHost: north.shop.example\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if said, err := io.ReadAll(c); err != nil || !strings.Contains(string(said), "north.shop.example /api over TLS: true") {
		t.Errorf("it said %q, %v", said, err)
	}
}

// hasty sends the head in one packet with its first bytes, and reads over the answer to it.
type hasty struct {
	net.Conn
	head string
	in   *bufio.Reader
}

func (h *hasty) Write(p []byte) (int, error) {
	if h.head == "" {
		return h.Conn.Write(p)
	}
	_, err := h.Conn.Write(append([]byte(h.head), p...))
	h.head = ""
	return len(p), err
}

func (h *hasty) Read(p []byte) (int, error) {
	if h.in == nil {
		h.in = bufio.NewReader(h.Conn)
		for {
			line, err := h.in.ReadString('\n')
			if err != nil {
				return 0, err
			}
			if line == "\r\n" {
				break
			}
		}
	}
	return h.in.Read(p)
}

func TestTunnelsEnd(t *testing.T) {
	l := newTunnels()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	near, far := net.Pipe()
	l.hand(far)
	if _, err := near.Read(make([]byte, 1)); err != io.EOF {
		t.Errorf("a connection that comes after the end stays open: %v", err)
	}
	if _, err := l.Accept(); err != net.ErrClosed {
		t.Errorf("after the end: %v", err)
	}
}
