package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

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

// wooHooks registers webhooks and takes their pings.
func wooHooks(t *testing.T, a *Account, topics ...string) {
	t.Helper()
	for _, topic := range topics {
		w := ask(a, http.MethodPost, "/webhooks", `{"topic":"`+topic+`","delivery_url":"https://copy.example.test/in"}`)
		if w.Code != http.StatusCreated {
			t.Fatalf("registering %s: %d %s", topic, w.Code, w.Body)
		}
	}
	a.Outbox()
}

// short writes deliveries as topic and id, or code where the body is an error.
func short(deliveries []Delivery) string {
	var all []string
	for _, d := range deliveries {
		id, ok := text(d.Body, "id")
		if !ok {
			id, _ = text(d.Body, "code")
		}
		all = append(all, d.Topic+" "+id)
	}
	return strings.Join(all, ", ")
}

func TestWooDeliveriesTellOfTheStateWhenTheyAreMade(t *testing.T) {
	a := wooAccount(t, wooSandbox(t))
	wooHooks(t, a, "order.updated", "order.deleted")
	for _, note := range []string{"first", "second"} {
		if _, err := a.Update("orders", "355", map[string]any{"customer_note": note}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Update("orders", "356", map[string]any{"customer_note": "x"}); err == nil {
		if err := a.Purge("orders", "356"); err != nil {
			t.Fatal(err)
		}
	} else {
		t.Fatal(err)
	}
	got := a.Outbox()
	if s := short(got); s != "order.updated 355, order.updated woocommerce_rest_shop_order_invalid_id" {
		t.Errorf("delivered is %s", s)
	}
	if note, _ := text(got[0].Body, "customer_note"); note != "second" {
		t.Errorf("the one delivery of two changes has the note %q", note)
	}
	if got[0].ID != got[1].ID {
		t.Error("two deliveries of one webhook in one second should share their id")
	}
	if a.Failed(got[0]) || len(a.Outbox()) != 0 {
		t.Error("a failed delivery is made again: the shop never does")
	}
}

func TestWooTrash(t *testing.T) {
	a := wooAccount(t, wooSandbox(t))
	wooHooks(t, a, "product.updated", "product.deleted", "product.restored", "coupon.deleted", "coupon.restored")
	status := func() string {
		o, ok := a.Object("products", "20")
		if !ok {
			return "gone"
		}
		s, _ := text(o.Body, "status")
		slug, _ := text(o.Body, "slug")
		return s + " " + slug
	}
	if err := a.Delete("products", "20"); err != nil {
		t.Fatal(err)
	}
	if s := short(a.Outbox()); s != "coupon.deleted 20, product.deleted 20" || status() != "trash old-speaker-011__trashed" {
		t.Errorf("the trash: %s, then %s", s, status())
	}
	if _, err := a.Update("products", "20", map[string]any{"status": "publish"}); err != nil {
		t.Fatal(err)
	}
	if s := short(a.Outbox()); s != "product.updated 20, coupon.restored woocommerce_rest_shop_coupon_invalid_id, product.restored 20" ||
		status() != "publish old-speaker-011" {
		t.Errorf("back: %s, then %s", s, status())
	}
	for range 2 {
		if err := a.Delete("products", "20"); err != nil {
			t.Fatal(err)
		}
	}
	if s := short(a.Outbox()); s != "coupon.deleted 20, product.deleted 20" || status() != "gone" {
		t.Errorf("out of the trash: %s, then %s", s, status())
	}
}

func TestWooGivesUpWebhooks(t *testing.T) {
	a := wooAccount(t, wooSandbox(t))
	wooHooks(t, a, "coupon.updated")
	update := func() []Delivery {
		if _, err := a.Update("coupons", "330", map[string]any{"description": "x"}); err != nil {
			t.Fatal(err)
		}
		return a.Outbox()
	}
	fail := func(n int) {
		for range n {
			d := update()
			if len(d) != 1 {
				t.Fatalf("%d deliveries", len(d))
			}
			a.Failed(d[0])
		}
	}
	fail(6)
	a.Arrived(update()[0]) // a success between failures forgives them
	fail(7)
	if got := ask(a, http.MethodGet, "/webhooks/1", "").Body.String(); !strings.Contains(got, `"status":"disabled"`) {
		t.Errorf("after 7 failures in a row the webhook is %s", got)
	}
	if d := update(); len(d) != 0 {
		t.Errorf("a disabled webhook gets %s", short(d))
	}
	ask(a, http.MethodPut, "/webhooks/1", `{"status":"active"}`)
	if d := update(); len(d) != 1 {
		t.Errorf("a webhook made active again gets %d deliveries", len(d))
	}
}

func TestWooLinksAndLimit(t *testing.T) {
	s := wooSandbox(t)
	now := time.Unix(0, 0)
	a, err := s.Open(AccountConfig{Name: "far", URL: "http://127.0.0.1:4711", Limit: &Limit{Bucket: 1, Leak: 1, Clock: func() time.Time { return now }},
		Credentials: map[string]string{"consumer_key": wooKey, "consumer_secret": wooSecret}})
	if err != nil {
		t.Fatal(err)
	}
	want := `<http://127.0.0.1:4711/wp-json/wc/v3/coupons?per_page=20&page=2>; rel="next"`
	if got := ask(a, http.MethodGet, "/coupons?per_page=20", "").Header().Get("Link"); got != want {
		t.Errorf("the link is %s, want %s", got, want)
	}
	if w := ask(a, http.MethodGet, "/coupons", ""); w.Code != 429 || w.Header().Get("Retry-After") != "1" {
		t.Errorf("over the limit: %d after %q", w.Code, w.Header().Get("Retry-After"))
	}
}

func TestSeedFromRecordingRefuses(t *testing.T) {
	m, _ := wooRecording(t)
	page := func(path, body string) recording.Interaction {
		u, err := url.Parse("https://store.example.test/wp-json/wc/v3" + path)
		if err != nil {
			t.Fatal(err)
		}
		return recording.Interaction{Cassette: "c", Method: "GET", URL: u, Status: 200, Body: []byte(body),
			Header: http.Header{"Date": {"Mon, 23 Nov 2026 00:50:00 GMT"}}}
	}
	for says, in := range map[string]recording.Interaction{
		"coupons from c#0: its body is no JSON": page("/coupons", "<html>"), "there is no array": page("/coupons", `{"id":1}`),
		"element 1 lacks its key id": page("/orders/7/notes", `[{"id":1},{"x":2}]`), "element 0 is no object": page("/coupons", "[1]"),
		"no answer has a Date": {Method: "GET", URL: page("/coupons", "").URL, Status: 200, Body: []byte("[]")},
	} {
		if _, err := SeedFromRecording(m, []recording.Interaction{in}); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, want it to say %q", err, says)
		}
	}
	seed, err := SeedFromRecording(m, []recording.Interaction{
		page("/coupons?_fields=id", `[{"id":9}]`), page("/coupons?status=trash", `[{"id":4,"a":1}]`), page("/coupons?status=any&page=2", `[{"id":3},{"id":4,"a":2}]`),
		page("/orders/7/notes", `[{"id":1}]`), page("/orders", `[{"id":7}]`), page("/coupons/5", `{"id":5}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, o := range seed.Objects["coupons"] {
		keys = append(keys, o.Key+string(o.Body)+" "+o.Ref)
	}
	if got := strings.Join(keys, ", "); got != `3{"id":3} c#0[0], 4{"id":4,"a":1} c#0[0]` {
		t.Errorf("the coupons are %s", got)
	}
	if n := seed.Objects["order_notes"]; len(n) != 1 || n[0].Context["order_id"] != "7" || seed.At.Year() != 2026 {
		t.Errorf("the notes are %v at %v", n, seed.At)
	}
}
