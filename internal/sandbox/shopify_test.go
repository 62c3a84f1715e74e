package sandbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
)

const (
	shopURL   = "https://syncspec-example.myshopify.com"
	shopBase  = "/admin/api/2026-07"
	shopToken = "token_of_the_tests"
)

// shopSandbox is a sandbox of the fixtures, made once: accounts copy what they change.
var shopSandbox = sync.OnceValues(func() (*Sandbox, error) {
	m, err := manifest.Load("../../specs/shopify.yaml")
	if err != nil {
		return nil, err
	}
	seed, err := SeedFromFixtures(m, os.DirFS("../../fixtures/shopify"))
	if err != nil {
		return nil, err
	}
	return New(Config{Manifest: m, Seed: seed})
})

// shopAccount opens an account; change may alter what it is.
func shopAccount(t testing.TB, change func(*AccountConfig)) *Account {
	t.Helper()
	s, err := shopSandbox()
	if err != nil {
		t.Fatal(err)
	}
	c := AccountConfig{Name: "syncspec-example", URL: shopURL, Secret: "whsec", Credentials: map[string]string{
		"access_token": shopToken, "client_id": "client", "client_secret": "client secret",
	}}
	if change != nil {
		change(&c)
	}
	a, err := s.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// shopCall asks an account; a path that does not begin with /admin is below the base path.
func shopCall(a *Account, method, path, body string) *http.Response {
	if !strings.HasPrefix(path, "/admin") {
		path = shopBase + path
	}
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("X-Shopify-Access-Token", shopToken)
	r.Header.Set("Content-Type", "application/json")
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w.Result()
}

// shopGet wants an answer of 200 and returns it.
func shopGet(t testing.TB, a *Account, path string) (string, http.Header) {
	t.Helper()
	res := shopCall(a, "GET", path, "")
	body := read(t, res)
	if res.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %d %s", path, res.StatusCode, body)
	}
	return body, res.Header
}

func read(t testing.TB, res *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// shopIDs are the ids on a list's page.
func shopIDs(t testing.TB, a *Account, path, at string) []string {
	t.Helper()
	body, _ := shopGet(t, a, path)
	return texts([]byte(body), at+".id")
}

// shopWalk follows the Link headers and returns the ids of all pages, and how many pages there were.
func shopWalk(t testing.TB, a *Account, path, at string) (ids []string, pages int) {
	t.Helper()
	for path != "" {
		body, header := shopGet(t, a, path)
		ids = append(ids, texts([]byte(body), at+".id")...)
		pages++
		path = nextLink(t, header)
	}
	return ids, pages
}

// nextLink is the path and query of the next page, empty for none.
func nextLink(t testing.TB, header http.Header) string {
	t.Helper()
	for part := range strings.SplitSeq(header.Get("Link"), ", ") {
		address, rel, _ := strings.Cut(part, "; ")
		if rel != `rel="next"` {
			continue
		}
		u, err := url.Parse(strings.Trim(address, "<>"))
		if err != nil || u.Scheme+"://"+u.Host != shopURL {
			t.Fatalf("the link %q does not lead to the account: %v", part, err)
		}
		return u.RequestURI()
	}
	return ""
}

// shopHook registers a webhook for each topic.
func shopHook(t testing.TB, a *Account, topics ...string) {
	t.Helper()
	for _, topic := range topics {
		res := shopCall(a, "POST", "/webhooks.json", fmt.Sprintf(`{"webhook":{"topic":%q,"address":"https://receiver.example.test/hooks","format":"json"}}`, topic))
		if body := read(t, res); res.StatusCode != http.StatusCreated {
			t.Fatalf("registering %s: %d %s", topic, res.StatusCode, body)
		}
	}
}

// topicsOf are the topics of deliveries, in order.
func topicsOf(deliveries []Delivery) string {
	var names []string
	for _, d := range deliveries {
		names = append(names, d.Topic)
	}
	return strings.Join(names, " ")
}

func decode(t testing.TB, body []byte) map[string]any {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	return v
}
