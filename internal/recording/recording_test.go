package recording

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dnaeon/go-vcr/v2/cassette"
)

const wooDir = "../../cassettes/woocommerce"

var woo = sync.OnceValues(func() (*Recording, error) { return Load(wooDir) })

func wooRecording(t *testing.T) *Recording {
	t.Helper()
	r, err := woo()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestWooCommerceLoads(t *testing.T) {
	r := wooRecording(t)
	total := 0
	for _, name := range r.CassetteNames() {
		all, err := r.Cassette(name)
		if err != nil {
			t.Fatal(err)
		}
		total += len(all)
	}
	if len(r.CassetteNames()) != 29 || total != 550 {
		t.Errorf("%d cassettes with %d interactions, recorded were 29 with 550", len(r.CassetteNames()), total)
	}
	want := "recorded: WooCommerce 10.7.0 (wc/v3), recorded 2026-11-23 00:49 UTC with go-vcr v2.1.0: " +
		"550 interactions in 29 cassettes, 77 deliveries"
	if got := r.Provenance(); got != want {
		t.Errorf("provenance:\n%s\nwant\n%s", got, want)
	}
	if p := r.Partial(); len(p) != 1 || p[0].Object != "order_notes" {
		t.Errorf("partial: %+v", p)
	}
	backfill, err := r.Phase("backfill")
	if err != nil || len(backfill) != 245 {
		t.Errorf("backfill has %d interactions, want 245: %v", len(backfill), err)
	}
	if _, err := r.Phase("nowhere"); err == nil || !strings.Contains(err.Error(), "backfill-small") {
		t.Errorf("an unknown phase must name those there are: %v", err)
	}
}

// TestSameAsGoVCR holds this loader and the library's own together.
func TestSameAsGoVCR(t *testing.T) {
	r := wooRecording(t)
	for _, name := range r.CassetteNames() {
		theirs, err := cassette.Load(wooDir + "/" + name)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := r.Cassette(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, in := range ours {
			v := theirs.Interactions[i]
			if in.Method != v.Method || in.URL.String() != v.URL || in.RequestBody != v.Request.Body ||
				in.Status != v.Code || string(in.Body) != v.Response.Body || len(in.Header) != len(v.Response.Headers) {
				t.Errorf("%s is not what go-vcr reads", in.Ref())
			}
		}
	}
}

func TestNoSecretsAreCommitted(t *testing.T) {
	findings, err := wooRecording(t).Secrets()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range findings {
		t.Error(f)
	}
	entries, err := os.ReadDir("../../cassettes")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != "woocommerce" {
			r, err := Load("../../cassettes/" + e.Name())
			if err != nil {
				t.Error(err)
				continue
			}
			if found, err := r.Secrets(); err != nil || len(found) > 0 {
				t.Error(found, err)
			}
		}
	}
}

// TestDeliveries checks the recorded deliveries against their own signatures, and against the recorder's index.
func TestDeliveries(t *testing.T) {
	r := wooRecording(t)
	deliveries, err := r.Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	data, err := r.Truth("deliveries-index.json")
	if err != nil {
		t.Fatal(err)
	}
	var index struct {
		Deliveries []struct {
			File, Topic, Phase string
			Signed             bool
			Bytes              int
		}
	}
	if err := json.Unmarshal(data, &index); err != nil {
		t.Fatal(err)
	}
	if len(deliveries) != 77 || len(index.Deliveries) != 77 {
		t.Fatalf("%d deliveries, %d in the index", len(deliveries), len(index.Deliveries))
	}
	for i, d := range deliveries {
		want := index.Deliveries[i]
		if d.File != want.File || d.Topic != want.Topic || d.Phase != want.Phase || len(d.Body) != want.Bytes {
			t.Errorf("%s is not as the index has it", d.File)
		}
		signature := ""
		for _, h := range d.Header {
			if h[0] == "X-WC-Webhook-Signature" {
				signature = h[1]
			}
		}
		mac := hmac.New(sha256.New, []byte(d.Secret))
		mac.Write(d.Body)
		if ok := signature == base64.StdEncoding.EncodeToString(mac.Sum(nil)); ok != want.Signed {
			t.Errorf("%s: signature holds %v, signed %v", d.File, ok, want.Signed)
		}
	}
	if !slices.IsSortedFunc(deliveries, func(a, b Delivery) int { return a.ReceivedAt.Compare(b.ReceivedAt) }) {
		t.Error("the deliveries are not in the order of arrival")
	}
	if deliveries[0].Topic != "" || string(deliveries[0].Body) != "webhook_id=1" {
		t.Errorf("the first delivery should be the ping: %+v", deliveries[0])
	}
	if _, err := r.Truth("rumours.json"); err == nil || !strings.Contains(err.Error(), "expected.json") {
		t.Errorf("an unknown truth must name those there are: %v", err)
	}
}
