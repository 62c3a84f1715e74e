package gateway

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/gateway/faults"
	"github.com/syncspec/syncspec/internal/manifest"
)

// shopManifest is a source with tokens in a header and OAuth.
func shopManifest() *manifest.Manifest {
	m := &manifest.Manifest{Source: "shop"}
	m.API.BaseURL = "https://{shop}/api"
	m.API.Auth = manifest.Auth{Kind: "header", Header: "X-Token", Credentials: []string{"access_token"}, Route: "access_token"}
	m.API.Version.Header = "X-Version"
	m.API.Pagination.Next = manifest.Next{From: "header_link", As: "url", Param: "page_info"}
	m.API.RateLimits = []manifest.RateLimit{{Status: 429, Header: "X-Wait"}, {Status: 503, Header: "Retry-After"}}
	m.OAuth = &manifest.OAuth{AuthorizePath: "/oauth/authorize", TokenPath: "/oauth/token"}
	return m
}

// startShop starts a gateway without a recording.
func startShop(t testing.TB) *Gateway {
	t.Helper()
	g, err := Start(t.Context(), Config{Manifest: shopManifest()})
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

// serving opens a route that is answered by a handler.
func serving(t testing.TB, g *Gateway, token string, h http.HandlerFunc) *Route {
	t.Helper()
	r, err := g.Route(token)
	if err != nil {
		t.Fatal(err)
	}
	r.Serve("sandbox", h)
	return r
}

func (g *Gateway) request(t testing.TB, method, pathQuery, token, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequest(method, g.URL()+pathQuery, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("X-Token", token)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

func TestHandlerAnswersAndIsLogged(t *testing.T) {
	g := startShop(t)
	r := serving(t, g, "tok_1", func(w http.ResponseWriter, req *http.Request) {
		body, err := io.ReadAll(req.Body)
		if err != nil || string(body) != `{"a":1}` {
			t.Errorf("the handler got %q, %v", body, err)
		}
		h := w.Header()
		h.Set("X-Version", "2030-01")
		h.Set("X-Wait", "3")
		h.Set("Retry-After", "4.0")
		h.Set("X-Other", "x")
		h.Set("Link", `<http://x.example/api/orders?access_token=tok_1&page_info=2>; rel="next"`)
		w.WriteHeader(http.StatusCreated)
		_, _ = io.WriteString(w, "made")
		_, _ = io.WriteString(w, " it")
	})
	got := do(t, g.request(t, http.MethodPost, "/api/orders?x=1", "tok_1", `{"a":1}`))
	if got.status != http.StatusCreated || got.body != "made it" || got.header.Get("X-Other") != "x" {
		t.Errorf("%+v", got)
	}
	log := r.Log()
	if len(log) != 1 {
		t.Fatalf("%d exchanges", len(log))
	}
	e := log[0]
	if e.Phase != "sandbox" || e.Status != http.StatusCreated || e.ResponseBytes != 7 || e.Method != http.MethodPost ||
		e.URL() != "/api/orders?x=1" || e.RequestBody != `{"a":1}` || e.Interaction != "" || e.Miss || e.Fault != "" || e.Took <= 0 {
		t.Errorf("%+v", e)
	}
	kept := e.ResponseHeader
	if len(kept) != 4 || kept.Get("Link") != `<http://x.example/api/orders?page_info=2>; rel="next"` || kept.Get("X-Version") != "2030-01" || kept.Get("X-Wait") != "3" || len(kept.Values("Retry-After")) != 1 || kept.Get("Retry-After") != "4.0" {
		t.Errorf("headers kept: %v", kept)
	}
	if e.RequestHeader.Get("X-Token") != "" {
		t.Error("the log keeps the token")
	}
}

func TestHandlerThatSaysNothing(t *testing.T) {
	g := startShop(t)
	r := serving(t, g, "tok_1", func(http.ResponseWriter, *http.Request) {})
	if got := do(t, g.request(t, http.MethodGet, "/", "tok_1", "")); got.status != http.StatusOK || r.Log()[0].Status != http.StatusOK {
		t.Errorf("%+v, %+v", got, r.Log())
	}
}

// TestHandlerStreams holds that a part of an answer arrives before the next is written.
func TestHandlerStreams(t *testing.T) {
	g := startShop(t)
	more := make(chan struct{})
	r := serving(t, g, "tok_1", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "first\n")
		w.(http.Flusher).Flush()
		<-more
		_, _ = io.WriteString(w, "second\n")
	})
	res, err := http.DefaultClient.Do(g.request(t, http.MethodGet, "/", "tok_1", ""))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body := bufio.NewReader(res.Body)
	if line, err := body.ReadString('\n'); line != "first\n" || err != nil {
		t.Fatalf("%q %v", line, err)
	}
	if e := r.Log()[0]; e.ResponseBytes != 6 || e.Status != http.StatusOK {
		t.Errorf("the log is behind the client: %+v", e)
	}
	close(more)
	if line, err := body.ReadString('\n'); line != "second\n" || err != nil {
		t.Fatalf("%q %v", line, err)
	}
	if e := r.Log()[0]; e.ResponseBytes != 13 {
		t.Errorf("the log is behind the client: %+v", e)
	}
}

func TestHandlerThatPanics(t *testing.T) {
	g := startShop(t)
	r := serving(t, g, "tok_1", func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Content-Length", "1000")
		if req.URL.Path == "/late" {
			_, _ = io.WriteString(w, "half")
		}
		panic("a page was nil")
	})
	got := do(t, g.request(t, http.MethodGet, "/early", "tok_1", ""))
	if got.status != http.StatusInternalServerError || got.header.Get(MissHeader) != MissPanic || strings.Contains(got.body, "goroutine") {
		t.Errorf("%+v", got)
	}
	res, err := http.DefaultClient.Do(g.request(t, http.MethodPost, "/late", "tok_1", "")) // a GET would be sent again
	if err == nil {
		_, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
	}
	if err == nil {
		t.Error("an answer of which the handler broke down came whole")
	}
	panics := r.Panics()
	if len(panics) != 2 || panics[0].Status != 500 || !strings.HasPrefix(panics[0].Panic, "a page was nil\n") ||
		!strings.Contains(panics[0].Panic, "handler_test.go") || !strings.Contains(panics[0].Why, "a page was nil") {
		t.Errorf("%+v", panics)
	}
	r.Serve("sandbox", http.NotFoundHandler())
	if got := do(t, g.request(t, http.MethodGet, "/", "tok_1", "")); got.status != http.StatusNotFound || len(r.Panics()) != 2 {
		t.Errorf("after the panics: %+v", got)
	}
}

func TestWithoutARecordingNothingIsReplayed(t *testing.T) {
	g := startShop(t)
	r, err := g.Route("tok_1")
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Enter("backfill"); !errors.Is(err, errNoRecording) {
		t.Errorf("entering a phase: %v", err)
	}
	if err := r.EnterCassette("orders"); !errors.Is(err, errNoRecording) {
		t.Errorf("entering a cassette: %v", err)
	}
	if got := do(t, g.request(t, http.MethodGet, "/api/orders", "tok_1", "")); got.status != http.StatusNotFound ||
		!strings.Contains(got.body, "no phase has been entered") {
		t.Errorf("%+v", got)
	}
}

func TestRecordingAndHandlerTakeTurns(t *testing.T) {
	a := newAccount(t, startWoo(t), "ck_turns", "backfill")
	if got := a.get("/orders/355"); got.status != http.StatusOK {
		t.Fatalf("%+v", got)
	}
	a.route.Serve("quiet", http.NotFoundHandler())
	if got := a.get("/orders/355"); got.status != http.StatusNotFound || got.header.Get(MissHeader) != "" || a.route.Phase() != "quiet" {
		t.Errorf("the handler did not answer: %+v", got)
	}
	if err := a.route.Enter("backfill"); err != nil {
		t.Fatal(err)
	}
	if got := a.get("/orders/355"); got.status != http.StatusOK {
		t.Errorf("the recording did not answer: %+v", got)
	}
	if log := a.route.Log(); log[1].Phase != "quiet" || log[2].Phase != "backfill" || log[1].Miss {
		t.Errorf("%+v", log)
	}
}

func TestFaultsInFrontOfBoth(t *testing.T) {
	g := startWoo(t)
	a := newAccount(t, g, "ck_faults", "backfill")
	limit := &faults.RateLimit{Aim: faults.Aim{Times: 1}, Wait: "1.5"}
	cut := &faults.CutBody{Aim: faults.Aim{Times: 1, At: faults.Path(base + "/orders/{id}")}}
	reset := &faults.Reset{Aim: faults.Aim{At: faults.Method(http.MethodPut)}}
	a.route.Break(limit, cut, reset)
	get := func(method string) (int, error) {
		req, err := http.NewRequest(method, g.URL()+base+"/orders/355", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.SetBasicAuth("ck_faults", "x")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return 0, err
		}
		_, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
		return res.StatusCode, err
	}
	want := []struct {
		method, fault string
		status        int
		whole         bool
	}{{"GET", "rate-limit", 429, true}, {"GET", "cut-body", 200, false}, {"GET", "", 200, true}, {"PUT", "reset", 0, false}}
	for i, w := range want {
		status, err := get(w.method)
		if status != w.status || (err == nil) != w.whole {
			t.Errorf("request %d: %d %v", i, status, err)
		}
	}
	log := a.route.Log()
	if len(log) != len(want) {
		t.Fatalf("%d exchanges: %+v", len(log), log)
	}
	for i, w := range want {
		if e := log[i]; e.Fault != w.fault || e.Status != w.status || e.Aborted || e.Panic != "" {
			t.Errorf("exchange %d: %+v", i, e)
		}
	}
	if log[0].ResponseHeader.Get("Retry-After") != "1.5" || log[0].Interaction != "" {
		t.Errorf("%+v", log[0])
	}
	if whole := log[2].ResponseBytes; log[1].ResponseBytes != whole/2 || log[1].Interaction != log[2].Interaction {
		t.Errorf("%d of %d bytes, %s and %s", log[1].ResponseBytes, whole, log[1].Interaction, log[2].Interaction)
	}

	a.route.Serve("sandbox", http.NotFoundHandler())
	if _, err := get(http.MethodPut); err == nil {
		t.Error("the fault did not stay when a handler was served")
	}
	a.route.Break()
	if status, err := get(http.MethodPut); status != http.StatusNotFound || err != nil {
		t.Errorf("lifted: %d %v", status, err)
	}
}

func TestAClientThatLeavesAHandler(t *testing.T) {
	g := startShop(t)
	r := serving(t, g, "tok_1", func(w http.ResponseWriter, req *http.Request) {
		_, _ = io.WriteString(w, "begun")
		w.(http.Flusher).Flush()
		<-req.Context().Done()
	})
	res, err := http.DefaultClient.Do(g.request(t, http.MethodGet, "/", "tok_1", ""))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	eventually(t, "the aborted request in the log", func() bool { return r.Log()[0].Aborted })
	if took := r.Log()[0].Took; took > time.Minute {
		t.Errorf("it took %v", took)
	}
}

func TestAdmit(t *testing.T) {
	g := startShop(t)
	who := func(name string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, name) }
	}
	one, two := serving(t, g, "tok_1", who("one")), serving(t, g, "tok_2", who("two"))
	for _, token := range []string{"tok_1b", "tok_1b", "tok_1"} {
		if err := one.Admit(token); err != nil {
			t.Errorf("%s: %v", token, err)
		}
	}
	for _, bad := range []string{"", "tok_1b"} {
		if err := two.Admit(bad); err == nil || strings.Contains(err.Error(), "tok_") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for token, want := range map[string]string{"tok_1": "one", "tok_1b": "one", "tok_2": "two"} {
		if got := do(t, g.request(t, http.MethodGet, "/", token, "")); got.body != want {
			t.Errorf("%s was answered by %q", token, got.body)
		}
	}
	if len(one.Log()) != 2 || len(two.Log()) != 1 {
		t.Errorf("logs of %d and %d", len(one.Log()), len(two.Log()))
	}
}
