package reference_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

var loadShopify = sync.OnceValues(func() (*manifest.Manifest, error) { return manifest.Load("../../specs/shopify.yaml") })

func shopify(t testing.TB) *manifest.Manifest {
	t.Helper()
	m, err := loadShopify()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

const apiPath = "/admin/api/2026-07"

// shop is a provider that says what a test wants it to say, and a target that copies it.
type shop struct {
	*world
	*httptest.Server
	clock *movedClock

	mu     sync.Mutex
	routes map[string]http.HandlerFunc
	asked  []request
}

// request is what the provider was asked.
type request struct{ method, path, query, token, body string }

// movedClock is moved by hand, and writes down how long it was asked to sleep.
type movedClock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func newClock() *movedClock { return &movedClock{now: time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)} }

func (c *movedClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *movedClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept = append(c.slept, d)
	return ctx.Err()
}

func (c *movedClock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newShop(t testing.TB, options ...option) *shop {
	t.Helper()
	s := openShop(t, options...)
	s.connect()
	return s
}

// openShop is a shop that no integration is connected to yet.
func openShop(t testing.TB, options ...option) *shop {
	t.Helper()
	s := &shop{world: &world{t: t}, clock: newClock(), routes: map[string]http.HandlerFunc{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Server.Close)
	s.start(append([]option{func(cfg *reference.Config) {
		cfg.Manifests, cfg.Clock = []*manifest.Manifest{shopify(t)}, s.clock
	}}, options...)...)
	return s
}

func (s *shop) connect() {
	s.t.Helper()
	var out struct {
		IntegrationID string `json:"integration_id"`
		WebhookURL    string `json:"webhook_url"`
	}
	s.call("POST", "/conformance/v1/connect", map[string]any{
		"source": "shopify", "account": map[string]any{"url": s.URL},
		"credentials": map[string]string{"access_token": "token_given"},
		"webhook":     map[string]string{"base_url": s.target, "secret": webhookSecret},
	}, &out)
	s.integration, s.webhookURL = out.IntegrationID, out.WebhookURL
}

// ServeHTTP answers what on put there, and as Shopify does where that is nothing.
func (s *shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	path := strings.TrimPrefix(r.URL.Path, apiPath)
	s.mu.Lock()
	s.asked = append(s.asked, request{r.Method, path, r.URL.RawQuery, r.Header.Get("X-Shopify-Access-Token"), string(body)})
	h := s.routes[r.Method+" "+path]
	s.mu.Unlock()
	if h == nil {
		answer(w, http.StatusNotFound, `{"errors":"Not Found"}`)
		return
	}
	h(w, r)
}

func answer(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprint(w, body)
}

// on says how a route is answered from now on: "GET /orders.json".
func (s *shop) on(route string, h http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.routes[route] = h
}

// says answers a route with a body.
func (s *shop) says(route string, status int, body string) {
	s.on(route, func(w http.ResponseWriter, _ *http.Request) { answer(w, status, body) })
}

// lists answers a list with objects, which are JSON.
func (s *shop) lists(path, at string, objects ...string) {
	s.says("GET "+path, http.StatusOK, fmt.Sprintf(`{%q:[%s]}`, at, strings.Join(objects, ",")))
}

// requests are those for a path since the last call, as queries.
func (s *shop) requests(path string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	queries := []string{}
	var rest []request
	for _, r := range s.asked {
		if r.path == path {
			queries = append(queries, r.query)
		} else {
			rest = append(rest, r)
		}
	}
	s.asked = rest
	return queries
}

func (s *shop) sync(start string, functions ...string) results {
	s.t.Helper()
	in := map[string]any{}
	if start != "" {
		in["start_date"] = start
	}
	if len(functions) > 0 {
		in["functions"] = functions
	}
	return s.world.sync(in)
}

// deliver sends a body as Shopify does, signed.
func (s *shop) deliver(topic, body string) (int, []byte) {
	s.t.Helper()
	mac := hmac.New(sha256.New, []byte(webhookSecret))
	mac.Write([]byte(body))
	return s.post([]byte(body), map[string]string{
		"Content-Type": "application/json", "x-shopify-topic": topic,
		"x-shopify-hmac-sha256": base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	})
}

// delivered wants a delivery to be applied.
func (s *shop) delivered(topic, body string) {
	s.t.Helper()
	if status, got := s.deliver(topic, body); status != http.StatusOK || !bytes.Contains(got, []byte(`"status":"ok"`)) {
		s.t.Fatalf("%s: HTTP %d %s", topic, status, got)
	}
}

// stored wants a delivery to be kept, but not applied, for a reason.
func (s *shop) stored(topic, body, why string) {
	s.t.Helper()
	if status, got := s.deliver(topic, body); status != http.StatusOK || !bytes.Contains(got, []byte(`"status":"stored"`)) || !bytes.Contains(got, []byte(why)) {
		s.t.Fatalf("%s: HTTP %d %s, want it stored with %q", topic, status, got, why)
	}
}

func (s *shop) retry(retried, healed int) {
	s.t.Helper()
	var got struct{ Retried, Healed int }
	s.call("POST", "/conformance/v1/retry", map[string]string{"integration_id": s.integration}, &got)
	if got.Retried != retried || got.Healed != healed {
		s.t.Errorf("%+v, want %d retried and %d healed", got, retried, healed)
	}
}

// metadata is what the integration keeps of itself.
func (s *shop) metadata(into any) {
	s.t.Helper()
	if err := json.Unmarshal([]byte(s.value(`SELECT metadata_info::text FROM integration WHERE id = $1::text::uuid`, s.integration)), into); err != nil {
		s.t.Fatal(err)
	}
}

// wants compares a function's result.
func wants(t testing.TB, got results, function string, fetched, ingested, errors int) {
	t.Helper()
	if r := got[function]; r.Fetched != fetched || r.Ingested != ingested || r.Errors != errors {
		t.Errorf("%s: %+v, want %d fetched, %d ingested and %d errors", function, r, fetched, ingested, errors)
	}
}
