package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/manifest"
)

// stillClock stands still and writes down how long it was asked to sleep.
type stillClock struct {
	mu    sync.Mutex
	slept []time.Duration
}

func (c *stillClock) Now() time.Time { return time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC) }

func (c *stillClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.slept = append(c.slept, d)
	return ctx.Err()
}

func pagedManifest() *manifest.Manifest {
	m := &manifest.Manifest{Source: "shop"}
	m.API.BaseURL = "https://{store}/wp-json/wc/v3"
	m.API.Auth = manifest.Auth{Kind: "basic", Credentials: []string{"key", "secret"}}
	m.API.Pagination = manifest.Pagination{
		Next: manifest.Next{From: "number", As: "number", Param: "page", First: 1}, PagesHeader: "X-Pages",
		Size: manifest.PageSize{Param: "per_page", Max: 100}, Order: map[string]string{"orderby": "id", "order": "asc"},
	}
	m.API.RateLimits = []manifest.RateLimit{{Status: 429, Header: "X-Wait", Unit: "seconds"}}
	return m
}

type provider struct {
	*httptest.Server
	clock  *stillClock
	client *client
	m      *manifest.Manifest
}

func newProvider(t *testing.T, h http.HandlerFunc) *provider {
	t.Helper()
	p := &provider{Server: httptest.NewServer(h), clock: &stillClock{}, m: pagedManifest()}
	t.Cleanup(p.Close)
	p.client = &client{
		http: newHTTPClient(200 * time.Millisecond), clock: p.clock, log: slog.New(slog.DiscardHandler), tokens: &tokens{},
		pacer: pacer{tries: 4, first: 100 * time.Millisecond, longest: 30 * time.Second, random: func() float64 { return 1 }},
	}
	return p
}

func (p *provider) account() Account {
	return Account{URL: p.URL, Credentials: map[string]string{"key": "ck", "secret": "cs"}}
}

func (p *provider) get() (answer, error) {
	u, err := endpoint(p.m, p.account(), "/orders")
	if err != nil {
		return answer{}, err
	}
	return p.client.do(context.Background(), call{manifest: p.m, account: p.account(), method: "GET", url: u})
}

func TestRetries(t *testing.T) {
	ms := time.Millisecond
	cut := func(w http.ResponseWriter) {
		w.Header().Set("Content-Length", "100")
		fmt.Fprint(w, `[{"id":`)
	}
	status := func(code int, header ...string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(code)
		}
	}
	for name, c := range map[string]struct {
		faults []func(http.ResponseWriter)
		slept  []time.Duration
		fails  string
	}{
		"seconds":                {faults: []func(http.ResponseWriter){status(429, "Retry-After", "2")}, slept: []time.Duration{2100 * ms}},
		"decimal":                {faults: []func(http.ResponseWriter){status(429, "Retry-After", "1.5")}, slept: []time.Duration{1600 * ms}},
		"whole, with a fraction": {faults: []func(http.ResponseWriter){status(429, "Retry-After", "4.0")}, slept: []time.Duration{4100 * ms}},
		"date":                   {faults: []func(http.ResponseWriter){status(503, "Retry-After", "Mon, 23 Nov 2026 00:00:03 GMT")}, slept: []time.Duration{3100 * ms}},
		"own header":             {faults: []func(http.ResponseWriter){status(429, "X-Wait", "4", "Retry-After", "9")}, slept: []time.Duration{4100 * ms}},
		"too long":               {faults: []func(http.ResponseWriter){status(429, "Retry-After", "86400")}, slept: []time.Duration{30100 * ms}},
		"500 twice":              {faults: []func(http.ResponseWriter){status(500), status(502)}, slept: []time.Duration{100 * ms, 200 * ms}},
		"cut":                    {faults: []func(http.ResponseWriter){cut}, slept: []time.Duration{100 * ms}},
		"no JSON":                {faults: []func(http.ResponseWriter){func(w http.ResponseWriter) { fmt.Fprint(w, "<html>") }}, slept: []time.Duration{100 * ms}},
		"always":                 {faults: []func(http.ResponseWriter){status(500), status(500), status(500), status(500)}, slept: []time.Duration{100 * ms, 200 * ms, 400 * ms}, fails: "after 4 tries"},
		"refused":                {faults: []func(http.ResponseWriter){status(401)}, fails: "HTTP 401"},
		"forbidden":              {faults: []func(http.ResponseWriter){status(403)}, fails: "HTTP 403"},
		"frozen":                 {faults: []func(http.ResponseWriter){status(402)}, fails: "HTTP 402"},
		"locked":                 {faults: []func(http.ResponseWriter){status(423)}, fails: "HTTP 423"},
		"not found":              {faults: []func(http.ResponseWriter){status(404)}, fails: "HTTP 404"},
		"other host":             {faults: []func(http.ResponseWriter){status(302, "Location", "http://example.invalid/")}, fails: "refused"},
		"not offered":            {faults: []func(http.ResponseWriter){status(501)}, fails: "HTTP 501"},
		"same address":           {faults: []func(http.ResponseWriter){status(307, "Location", "/wp-json/wc/v3/orders")}},
	} {
		t.Run(name, func(t *testing.T) {
			var mu sync.Mutex
			n := 0
			p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				n++
				if user, password, _ := r.BasicAuth(); user != "ck" || password != "cs" || r.URL.Path != "/wp-json/wc/v3/orders" {
					t.Errorf("%s as %s", r.URL.Path, user)
				}
				if n <= len(c.faults) {
					c.faults[n-1](w)
					return
				}
				fmt.Fprint(w, `[]`)
			})
			_, err := p.get()
			if (err != nil) != (c.fails != "") || err != nil && !strings.Contains(err.Error(), c.fails) {
				t.Errorf("got %v, want %q", err, c.fails)
			}
			if errors.Is(err, ErrCredentials) != (name == "refused" || name == "forbidden") {
				t.Errorf("%v: is it about credentials?", err)
			}
			if diff := cmp.Diff(c.slept, p.clock.slept); diff != "" {
				t.Errorf("waits: %s", diff)
			}
		})
	}
}

func TestTimeoutIsRetried(t *testing.T) {
	var mu sync.Mutex
	n := 0
	p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		n++
		first := n == 1
		mu.Unlock()
		if first {
			<-r.Context().Done() // until the caller gives up
			return
		}
		fmt.Fprint(w, `[]`)
	})
	if _, err := p.get(); err != nil || len(p.clock.slept) != 1 {
		t.Errorf("%v after %v", err, p.clock.slept)
	}
}

func TestBackoffHasJitterAndABound(t *testing.T) {
	m := pagedManifest()
	p := pacer{tries: 40, first: time.Second, longest: 10 * time.Second, random: func() float64 { return 0 }}
	if got, _ := p.Pause(Failure{Manifest: m, Try: 3, Status: 500}); got != 2*time.Second {
		t.Error(got)
	}
	p.random = func() float64 { return 0.5 }
	if got, _ := p.Pause(Failure{Manifest: m, Try: 30, Status: 500}); got != 7500*time.Millisecond {
		t.Error(got)
	}
	if _, again := p.Pause(Failure{Manifest: m, Try: 40, Status: 500}); again {
		t.Error("a 41st try")
	}
}

// walkPages fetches until there is no next page and gives the queries and the number of objects.
func walkPages(p *provider, l manifest.List, since time.Time, account Account) (queries []string, objects int, err error) {
	src := &source{m: p.m}
	o := &object{src: src, Object: &manifest.Object{Name: "orders", Key: []string{"id"}, Incremental: &manifest.Incremental{
		Param: "modified_after", Format: manifest.NaiveUTC, Boundary: "exclusive",
		Params: map[string]string{"dates_are_gmt": "true"}, Order: map[string]string{"orderby": "modified"},
	}}}
	req, err := firstPage(o, &l, account, walk{fanout: map[string]string{"id": "a/b"}}, since)
	for err == nil && req != nil {
		var page Page
		queries = append(queries, req.URL.RequestURI())
		page, err = fetcher{p.client}.Fetch(context.Background(), *req)
		objects += len(page.Objects)
		req = page.Next
	}
	return queries, objects, err
}

func TestPagination(t *testing.T) {
	const pages = 3
	p := newProvider(t, func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		if page > pages {
			t.Errorf("page %d does not exist", page)
		}
		w.Header().Set("X-Pages", strconv.Itoa(pages))
		if page == pages {
			w.Header().Set("X-Pages", "0") // only the first page's word counts
		}
		// Page 2 is short, which ends nothing.
		_ = json.NewEncoder(w).Encode(map[int][]map[string]int{1: {{"id": 1}, {"id": 2}}, 2: {}, 3: {{"id": 3}}}[page])
	})
	queries, n, err := walkPages(p, manifest.List{Path: "/x/{id}", Params: map[string]string{"status": "any"}}, time.Time{}, p.account())
	want := []string{
		"/wp-json/wc/v3/x/a%2Fb?order=asc&orderby=id&page=1&per_page=100&status=any",
		"/wp-json/wc/v3/x/a%2Fb?order=asc&orderby=id&page=2&per_page=100&status=any",
		"/wp-json/wc/v3/x/a%2Fb?order=asc&orderby=id&page=3&per_page=100&status=any",
	}
	if diff := cmp.Diff(want, queries); diff != "" || n != 3 || err != nil {
		t.Errorf("%s %d %v", diff, n, err)
	}
	account := p.account()
	account.PageSize = map[string]int{"orders": 10}
	queries, _, _ = walkPages(p, manifest.List{Path: "/x"}, time.Date(2026, 11, 20, 19, 0, 0, 0, time.FixedZone("", 3600)), account)
	if want := "/wp-json/wc/v3/x?dates_are_gmt=true&modified_after=2026-11-20T17%3A59%3A59&orderby=modified&page=1&per_page=10"; queries[0] != want {
		t.Errorf("got  %s\nwant %s", queries[0], want)
	}
}

func TestOtherWaysOfPaging(t *testing.T) {
	var p *provider
	p = newProvider(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		from := 0
		for _, name := range []string{"since_id", "offset", "cursor"} {
			if v := q.Get(name); v != "" {
				from, _ = strconv.Atoi(v)
			}
		}
		ids := []map[string]int{}
		for id := from + 1; id <= min(from+2, 5); id++ {
			ids = append(ids, map[string]int{"id": id})
		}
		if from+2 < 5 {
			w.Header().Set("Link", fmt.Sprintf(`<%s/before>; rel="prev", <%s%s?cursor=%d>; rel="next"`, p.URL, p.URL, r.URL.Path, from+2))
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": map[string]any{"list": ids}})
	})
	list := manifest.List{Path: "/x", At: "data.list"}
	for from, param := range map[string]string{"offset": "offset", "last_id": "since_id", "header_link": ""} {
		p.m.API.Pagination.Next = manifest.Next{From: from, Param: param}
		if queries, n, err := walkPages(p, list, time.Time{}, p.account()); n != 5 || err != nil {
			t.Errorf("%s: %d objects by %v, %v", from, n, queries, err)
		}
	}
	if queries, n, err := walkPages(p, manifest.List{Path: "/x", At: "data.list", Unpaged: true}, time.Time{}, p.account()); n != 2 || len(queries) != 1 || strings.Contains(queries[0], "?") || err != nil {
		t.Errorf("unpaged: %d objects by %v, %v", n, queries, err)
	}
}

func TestSignature(t *testing.T) {
	m := &manifest.Manifest{}
	m.Webhooks.DeliveryIDHeader = "X-Id"
	// printf '{"a":"ü👋"}' | openssl dgst -sha256 -hmac secret
	const body, hexSum, base64Sum = `{"a":"ü👋"}`, "84dc84a81d4844350ead4a4f4fd34e3930b20f513418d41e4c556a09df981f4f", "hNyEqB1IRDUOrUpPT9NOOTCyD1E0GNQeTFVqCd+YH08="
	verify := func(encoding, value, body, secret string) error {
		m.Webhooks.Signature = manifest.Signature{Kind: "hmac_sha256", Header: "X-Sig", Encoding: encoding, Signs: []string{"body"}}
		return verifier{}.Verify(Delivery{Manifest: m, Secret: secret, Body: []byte(body), Header: http.Header{"X-Sig": {value}}})
	}
	for _, ok := range [][2]string{{"hex", hexSum}, {"base64", base64Sum}} {
		if err := verify(ok[0], ok[1], body, "secret"); err != nil {
			t.Error(err)
		}
	}
	for name, err := range map[string]error{
		"body":      verify("base64", base64Sum, `{"a":"\u00fc👋"}`, "secret"),
		"secret":    verify("base64", base64Sum, body, "other"),
		"no secret": verify("base64", base64Sum, body, ""),
		"encoding":  verify("base64", hexSum, body, "secret"),
		"missing":   verify("base64", "", body, "secret"),
	} {
		if !errors.Is(err, ErrSignature) {
			t.Errorf("%s: %v", name, err)
		}
	}
	m.Webhooks.Signature.Signs = []string{"delivery_id", "url", "body"}
	d := Delivery{Manifest: m, Secret: "secret", URL: `{"a":`, Body: []byte(`"ü👋"}`), Header: http.Header{"X-Sig": {base64Sum}, "X-Id": {""}}}
	if err := (verifier{}).Verify(d); err != nil {
		t.Error(err)
	}
}
