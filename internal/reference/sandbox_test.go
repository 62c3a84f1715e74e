package reference_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/sandbox"
)

// newSandboxShop is a shop whose provider is the sandbox: what it says was written by somebody else. Its owner grants the
// scopes given, or all.
func newSandboxShop(t *testing.T, grants ...string) (*shop, *sandbox.Account) {
	t.Helper()
	s := openShop(t)
	seed, err := sandbox.SeedFromFixtures(shopify(t), os.DirFS("../../fixtures/shopify"))
	if err != nil {
		t.Fatal(err)
	}
	box, err := sandbox.New(sandbox.Config{Manifest: shopify(t), Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	var account *sandbox.Account
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { account.ServeHTTP(w, r) }))
	t.Cleanup(server.Close)
	s.Server = server
	account, err = box.Open(sandbox.AccountConfig{
		Name: "reference", URL: server.URL, Secret: webhookSecret, Scopes: grants,
		Credentials: map[string]string{"client_id": appID, "client_secret": appSecret},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.clock.now = account.Now()
	return s, account
}

// follow takes the owner from the page where scopes are granted to the callback.
func (s *shop) follow(page string) (int, []byte) {
	s.t.Helper()
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := stay.Get(page)
	if err != nil {
		s.t.Fatal(err)
	}
	res.Body.Close()
	back := res.Header.Get("Location")
	if res.StatusCode != http.StatusFound || !strings.HasPrefix(back, s.target+"/oauth/shopify/callback?") {
		s.t.Fatalf("the page answered %d and leads to %q", res.StatusCode, back)
	}
	return s.send("GET", strings.TrimPrefix(back, s.target), nil)
}

func TestAWholeShopIsCopied(t *testing.T) {
	s, account := newSandboxShop(t)
	status, body := s.follow(s.URL + "/admin/oauth/authorize?" + s.begin().Encode())
	var out struct {
		IntegrationID string `json:"integration_id"`
		WebhookURL    string `json:"webhook_url"`
	}
	if err := json.Unmarshal(body, &out); err != nil || status != http.StatusOK {
		t.Fatalf("HTTP %d %s", status, body)
	}
	s.integration, s.webhookURL = out.IntegrationID, out.WebhookURL
	for _, r := range s.register() {
		if r.Status != "registered" {
			t.Errorf("%+v", r)
		}
	}
	if n := len(account.Registrations()); n != 24 {
		t.Errorf("the sandbox has %d registrations", n)
	}

	all := func(start string) results {
		t.Helper()
		got := s.sync(start)
		for name, r := range got {
			if r.Errors > 0 || r.Note != "" {
				t.Errorf("%s: %+v", name, r)
			}
		}
		return got
	}
	same := func() {
		t.Helper()
		stats := s.stats()
		if stats.Raw.Error > 0 || stats.Raw.Pending > 0 {
			t.Errorf("raw rows: %+v", stats.Raw)
		}
		for _, o := range shopify(t).Objects {
			if o.NotApplicable != "" {
				continue
			}
			rows := stats.Objects[o.Name]
			if want := len(account.Objects(o.Name)); rows.Rows-rows.Deleted != want || want == 0 {
				t.Errorf("%s: %+v, the shop has %d", o.Name, rows, want)
			}
		}
	}
	began := time.Now()
	all("")
	t.Logf("backfill took %s", time.Since(began))
	same()
	for name, r := range all("") {
		if r.Ingested > 0 {
			t.Errorf("reading an unchanged shop again made raw rows: %s %+v", name, r)
		}
	}

	// Told of by webhooks.
	first := func(object string) string { return account.Objects(object)[0].Key }
	change := func(object, key string, fields map[string]any) {
		t.Helper()
		if _, err := account.Update(object, key, fields); err != nil {
			t.Fatal(err)
		}
	}
	order, customer, product := first("orders"), first("customers"), first("products")
	change("orders", order, map[string]any{"note": "changed 👋"})
	change("customers", customer, map[string]any{"first_name": "Zoë"})
	change("products", product, map[string]any{"title": "Renamed"})
	change("inventory_levels", first("inventory_levels"), map[string]any{"available": -5})
	gone := account.Objects("customers")[1].Key
	if err := account.Delete("customers", gone); err != nil {
		t.Fatal(err)
	}
	sent := account.Outbox()
	for _, d := range sent {
		req, err := http.NewRequest("POST", d.URL, bytes.NewReader(d.Body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = d.Header
		if status, body := s.do(req); status != http.StatusOK || !bytes.Contains(body, []byte(`"ok"`)) {
			t.Errorf("%s: HTTP %d %s", d.Topic, status, body)
		}
	}
	if len(sent) < 5 {
		t.Errorf("the sandbox sent %d deliveries for 5 changes", len(sent))
	}
	s.want("changed 👋", `SELECT note FROM shopify_order WHERE shopify_object_id = $1::text::bigint`, order)
	s.want("Zoë", `SELECT first_name FROM shopify_customer WHERE shopify_object_id = $1::text::bigint`, customer)
	s.want("Renamed", `SELECT title FROM shopify_product WHERE shopify_object_id = $1::text::bigint`, product)
	s.want("true", `SELECT (deleted_at IS NOT NULL)::text FROM shopify_customer WHERE shopify_object_id = $1::text::bigint`, gone)
	s.want("1", `SELECT count(*)::text FROM shopify_inventory_level WHERE available = -5`)
	same()

	// Told of by nothing, while the token came to its end at the provider alone.
	since := account.Now()
	if err := account.Quietly(func() error {
		change("orders", order, map[string]any{"note": "changed in silence"})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	account.Advance(2 * time.Hour)
	got := all(since.Format(time.RFC3339))
	s.want("changed in silence", `SELECT note FROM shopify_order WHERE shopify_object_id = $1::text::bigint`, order)
	if r := got["fetch_and_ingest_orders"]; r.Fetched > 5 {
		t.Errorf("orders changed since then: %+v", r)
	}
	same()
}

func TestAnOwnerWhoGrantsLess(t *testing.T) {
	s, _ := newSandboxShop(t, "write_products", "read_orders", "read_customers", "read_inventory", "read_locations")
	status, body := s.follow(s.URL + "/admin/oauth/authorize?" + s.begin().Encode())
	var out struct{ Error string }
	if err := json.Unmarshal(body, &out); err != nil || status != http.StatusForbidden ||
		!strings.Contains(out.Error, "did not grant read_fulfillments, read_marketing_events, ") || strings.Contains(out.Error, "read_products") {
		t.Errorf("HTTP %d %s", status, body)
	}
	s.want("0", `SELECT count(*)::text FROM integration`)
}
