package sandbox

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/recording"
)

const (
	wooURL    = "https://store.example.test"
	wooKey    = "ck_test"
	wooSecret = "cs_test"
)

// wooRecording loads the recording and the manifest that it is of.
func wooRecording(t testing.TB) (*manifest.Manifest, *recording.Recording) {
	t.Helper()
	m, err := manifest.Load("../../specs/woocommerce.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rec, err := recording.Load("../../cassettes/woocommerce")
	if err != nil {
		t.Fatal(err)
	}
	return m, rec
}

// wooSandbox is a sandbox with all that was recorded before the changes.
func wooSandbox(t testing.TB) *Sandbox {
	t.Helper()
	m, rec := wooRecording(t)
	interactions, err := rec.Phase("backfill")
	if err != nil {
		t.Fatal(err)
	}
	seed, err := SeedFromRecording(m, interactions)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Config{Manifest: m, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func wooAccount(t testing.TB, s *Sandbox) *Account {
	t.Helper()
	a, err := s.Open(AccountConfig{
		Name: "store", URL: wooURL, Secret: "whsec_test",
		Credentials: map[string]string{"consumer_key": wooKey, "consumer_secret": wooSecret},
	})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// ask makes a request of an account, below its API's base path.
func ask(a *Account, method, path, body string) *httptest.ResponseRecorder {
	var r *http.Request
	if body == "" {
		r = httptest.NewRequest(method, wooURL+"/wp-json/wc/v3"+path, nil)
	} else {
		r = httptest.NewRequest(method, wooURL+"/wp-json/wc/v3"+path, strings.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
	}
	r.SetBasicAuth(wooKey, wooSecret)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

func TestThin(t *testing.T) {
	a := wooAccount(t, wooSandbox(t))
	for _, p := range []string{"/orders?status=any", "/orders?status=trash", "/products?per_page=5&status=any", "/customers", "/variations", "/refunds", "/orders/355/notes", "/orders/355", "/nope"} {
		w := ask(a, "GET", p, "")
		var list []map[string]any
		_ = json.Unmarshal(w.Body.Bytes(), &list)
		t.Log(p, w.Code, w.Header(), len(list), w.Body.Len())
	}
	w := ask(a, "POST", "/webhooks", `{"topic":"order.updated","delivery_url":"https://x.example.test/h","secret":"s"}`)
	t.Log(w.Code, w.Body.String())
	o, err := a.Update("orders", "355", map[string]any{"customer_note": "hé <b>", "billing.city": "X"})
	t.Log(err, len(o.Body))
	for _, d := range a.Outbox() {
		t.Log(d.Topic, d.URL, d.Key, d.Header, len(d.Body))
	}
	for _, k := range []string{"orders", "products", "customers", "order_notes", "refunds", "attribute_terms", "coupons", "reviews"} {
		t.Log(k, len(a.Objects(k)))
	}
}
