package gateway

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestPortTaken(t *testing.T) {
	first := startWoo(t)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(first.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, addr := range []string{port, ":" + port, "127.0.0.1:" + port} {
		_, err = Start(t.Context(), Config{Manifest: wooManifest(), Recording: wooRecording(t), Addr: addr})
		if err == nil || !strings.Contains(err.Error(), "port "+port+" is taken") || !strings.Contains(err.Error(), "name none") {
			t.Errorf("%q: %v", addr, err)
		}
	}
	if _, err := Start(t.Context(), Config{Manifest: wooManifest(), Recording: wooRecording(t), Addr: "no port at all"}); err == nil {
		t.Error("an address that is none was accepted")
	}
}

// TestOnlyLoopback: no address that other machines reach is listened on.
func TestOnlyLoopback(t *testing.T) {
	for _, addr := range []string{"0.0.0.0:0", "[::]:0", "10.0.0.1:0", "example.test:0", "localhost.example.test:0", "[::ffff:10.0.0.1]:0"} {
		g, err := Start(t.Context(), Config{Manifest: wooManifest(), Recording: wooRecording(t), Addr: addr})
		if err == nil {
			_ = g.Close()
		}
		if err == nil || !strings.Contains(err.Error(), "other machines would reach it; name 127.0.0.1") {
			t.Errorf("%s: %v", addr, err)
		}
	}
	for _, addr := range []string{"", "0", ":0", "127.0.0.1:0", "localhost:0", "127.1.2.3:0"} {
		g, err := Start(t.Context(), Config{Manifest: wooManifest(), Recording: wooRecording(t), Addr: addr})
		if err != nil {
			t.Errorf("%s: %v", addr, err)
			continue
		}
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestTheLogIsBounded: what is too much for the log is counted.
func TestTheLogIsBounded(t *testing.T) {
	r := newRoute(nil)
	for range maxLoggedExchanges + 3 {
		r.log.add(&Exchange{})
	}
	if kept, dropped := len(r.Log()), r.Dropped(); kept != maxLoggedExchanges || dropped != 3 {
		t.Errorf("%d kept, %d dropped", kept, dropped)
	}
}

func TestTwoGatewaysAreIndependent(t *testing.T) {
	one, two := startWoo(t), startWoo(t)
	a, b := newAccount(t, one, "ck_same", "errors"), newAccount(t, two, "ck_same", "errors")
	for range 3 {
		a.get("/orders?per_page=1")
	}
	fresh := b.get("/orders?per_page=1")
	if len(b.route.Log()) != 1 || len(a.route.Log()) != 3 {
		t.Errorf("logs: %d and %d", len(a.route.Log()), len(b.route.Log()))
	}
	interactions, err := wooRecording(t).Cassette("errors")
	if err != nil {
		t.Fatal(err)
	}
	if fresh.body != string(interactions[0].Body) {
		t.Error("the other gateway's sequence had moved")
	}
}

func TestOneRoutePerCredential(t *testing.T) {
	g := startWoo(t)
	newAccount(t, g, "ck_one", "")
	if _, err := g.Route("ck_one"); err == nil || strings.Contains(err.Error(), "ck_one") {
		t.Errorf("a second route for one credential: %v", err)
	}
	if _, err := g.Route(""); err == nil {
		t.Error("an empty credential was accepted")
	}
}

func TestBodyTooLarge(t *testing.T) {
	a := newAccount(t, startWoo(t), "ck_large", "errors")
	got := a.ask(http.MethodPost, base+"/orders", strings.Repeat("x", maxRequestBody+1))
	if got.status != http.StatusRequestEntityTooLarge || got.header.Get(MissHeader) != MissBody {
		t.Errorf("%d %s", got.status, got.body)
	}
	log := a.route.Log()
	if len(log) != 1 || len(log[0].RequestBody) != maxLoggedBody || log[0].RequestBytes != maxRequestBody {
		t.Errorf("log: %d entries", len(log))
	}
}

func TestClientThatGoesAwayIsLogged(t *testing.T) {
	g := startWoo(t)
	a := newAccount(t, g, "ck_away", "backfill")
	conn, err := net.Dial("tcp", strings.TrimPrefix(g.URL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, g.URL()+base+"/orders", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("ck_away", "x")
	if _, err := fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nAuthorization: %s\r\nContent-Length: 100\r\n\r\nhalf",
		base+"/orders", req.Header.Get("Authorization")); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the broken request in the log", func() bool {
		log := a.route.Log()
		return len(log) == 1 && log[0].Aborted && log[0].RequestBody == "half"
	})
}

func TestLinksFollowTheAddressTheClientUsed(t *testing.T) {
	g := startWoo(t)
	newAccount(t, g, "ck_link", "backfill")
	req, err := http.NewRequest(http.MethodGet, g.URL()+base+"/customers?orderby=id&order=asc&per_page=100", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.SetBasicAuth("ck_link", "x")
	req.Host = "host.docker.internal:8080"
	got := do(t, req).header.Get("Link")
	if want := "<http://host.docker.internal:8080/wp-json/wc/v3/customers?"; !strings.HasPrefix(got, want) {
		t.Errorf("Link: %s", got)
	}
}

func TestRewriteLeavesOthersAlone(t *testing.T) {
	w := newRewriter("https://store.example.test", []string{"consumer_key"})
	c := client{origin: "http://127.0.0.1:1", query: "consumer_key=mine&x=1"}
	for in, want := range map[string]string{
		"https://store.example.test/a?b=<c>":                   "http://127.0.0.1:1/a?b=<c>",
		"http://store.example.test":                            "http://127.0.0.1:1",
		"https://store.example.test.evil.example/a":            "https://store.example.test.evil.example/a",
		"https://store.example.test:8443/a":                    "https://store.example.test:8443/a",
		"/relative":                                            "/relative",
		"https://other.example/?u=https://store.example.test/": "https://other.example/?u=https://store.example.test/",
	} {
		if got := w.location(in, c); got != want {
			t.Errorf("location %q became %q", in, got)
		}
	}
	got := w.link(`<https://store.example.test/o?consumer_key=ck_scrubbed&page=2>; rel="next", <https://x.example/>; title="https://store.example.test/"`, c)
	want := `<http://127.0.0.1:1/o?consumer_key=mine&page=2>; rel="next", <https://x.example/>; title="https://store.example.test/"`
	if got != want {
		t.Errorf("link became %s", got)
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	g := startWoo(t)
	interactions, err := wooRecording(t).Phase("backfill")
	if err != nil {
		t.Fatal(err)
	}
	const clients = 8
	var wg sync.WaitGroup
	accounts := make([]*account, clients)
	for c := range clients {
		accounts[c] = newAccount(t, g, fmt.Sprintf("ck_%d", c), "backfill")
	}
	transport := &http.Transport{MaxIdleConnsPerHost: clients}
	defer transport.CloseIdleConnections()
	httpClient := &http.Client{Transport: transport}
	errs := make(chan error, clients)
	for c, a := range accounts {
		wg.Go(func() {
			for i := range interactions {
				in := interactions[(i+c*17)%len(interactions)]
				req, err := http.NewRequest(in.Method, g.URL()+in.URL.RequestURI(), nil)
				if err != nil {
					errs <- err
					return
				}
				req.SetBasicAuth(a.user, "x")
				res, err := httpClient.Do(req)
				if err != nil {
					errs <- err
					return
				}
				body, err := io.ReadAll(res.Body)
				_ = res.Body.Close()
				if err != nil || !bytes.Equal(body, in.Body) {
					errs <- fmt.Errorf("%s: another body (%w)", in.Ref(), err)
					return
				}
				if i%50 == 0 {
					_, _ = a.route.Log(), a.route.Unused("backfill")
				}
			}
		})
	}
	wg.Wait()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	seen := map[int64]bool{}
	for _, a := range accounts {
		log := a.route.Log()
		if len(log) != len(interactions) || len(a.route.Unused("backfill")) != 0 {
			t.Errorf("%s: %d exchanges for %d requests", a.user, len(log), len(interactions))
		}
		for _, e := range log {
			if seen[e.Seq] {
				t.Errorf("sequence number %d twice", e.Seq)
			}
			seen[e.Seq] = true
		}
	}
}

func TestNothingRunsAfterClose(t *testing.T) {
	rec := wooRecording(t)
	before := runtime.NumGoroutine()
	for _, end := range []string{"close", "context"} {
		ctx, cancel := context.WithCancel(context.Background())
		g, err := Start(ctx, Config{Manifest: wooManifest(), Recording: rec})
		if err != nil {
			t.Fatal(err)
		}
		newAccount(t, g, "ck_end", "backfill").get("/orders/355")
		// A connection that says nothing and one that stops in the middle of a body must not hold the end up.
		addr := strings.TrimPrefix(g.URL(), "http://")
		for _, begin := range []string{"", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n1"} {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close() }()
			if _, err := io.WriteString(conn, begin); err != nil {
				t.Fatal(err)
			}
		}
		if end == "context" {
			cancel()
		}
		if err := g.Close(); err != nil {
			t.Errorf("%s: %v", end, err)
		}
		cancel()
		if _, err := net.Dial("tcp", addr); err == nil {
			t.Errorf("%s: it still listens", end)
		}
		if err := g.Close(); err != nil {
			t.Errorf("closing again: %v", err)
		}
	}
	http.DefaultClient.CloseIdleConnections()
	eventually(t, "no goroutine left", func() bool { return runtime.NumGoroutine() <= before })
}

// eventually waits for something that another goroutine is about to do.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(5 * time.Second)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatalf("not within 5 s: %s", what)
		case <-tick.C:
		}
	}
}
