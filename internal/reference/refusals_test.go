package reference_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

const nobody = "00000000-0000-4000-8000-000000000000"

// refusal is a call and how it is to be answered; what it is answered besides, the contract judges.
type refusal struct {
	call   string
	in     any
	status int
	says   string
}

func (w *world) refuses(all ...refusal) {
	w.t.Helper()
	for _, r := range all {
		method, path, _ := strings.Cut(r.call, " ")
		status, body := w.send(method, path, r.in)
		var e struct{ Error string }
		if err := json.Unmarshal(body, &e); err != nil || status != r.status || !strings.Contains(e.Error, r.says) {
			w.t.Errorf("%s: HTTP %d %s, want %d with %q", r.call, status, oneLine(body), r.status, r.says)
		}
	}
}

// TestEveryCallRefuses what it cannot do, each by the status that the protocol names.
func TestEveryCallRefuses(t *testing.T) {
	w := newWorld(t, "")
	id := func(id string) any { return map[string]string{"integration_id": id} }
	large := id(strings.Repeat("x", 1<<20))
	for _, verb := range []string{"register_webhooks", "sync", "retry", "disconnect"} {
		call := "POST /conformance/v1/" + verb
		w.refuses(
			refusal{call, map[string]string{"integration": nobody}, 400, "integration"},
			refusal{call, nil, 400, "no JSON"},
			refusal{call, id(nobody), 404, "connect first"},
			refusal{call, id("x"), 404, "connect first"},
			refusal{call, large, 413, "too large"},
		)
	}
	w.refuses(refusal{"POST /conformance/v1/connect", large, 413, "too large"})
	if status, body := w.deliver("order.created", bytes.Repeat([]byte("x"), 16<<20+1)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("a delivery that is too large: HTTP %d %s", status, body)
	}

	var silent struct {
		IntegrationID string `json:"integration_id"`
		WebhookURL    string `json:"webhook_url"`
	}
	w.call("POST", "/conformance/v1/connect", map[string]any{
		"source": "woocommerce", "account": map[string]any{"url": w.gateway.URL()},
		"credentials": map[string]string{"consumer_key": "ck_test", "consumer_secret": "cs_test"},
	}, &silent)
	if silent.WebhookURL != "" {
		t.Errorf("without an address for webhooks there is %s", silent.WebhookURL)
	}
	w.refuses(refusal{"POST /conformance/v1/register_webhooks", id(silent.IntegrationID), 409, "webhook.base_url"})
	w.call("POST", "/conformance/v1/disconnect", id(silent.IntegrationID), nil)
	w.call("POST", "/conformance/v1/disconnect", id(silent.IntegrationID), nil)
}

// TestADatabaseThatIsGone fails every call that needs it, and no other.
func TestADatabaseThatIsGone(t *testing.T) {
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer gone.Close() // nobody answers there, and nobody else can come to
	go func() {
		for {
			conn, err := gone.Accept()
			if err != nil {
				return
			}
			conn.Close()
		}
	}()
	w := &world{t: t}
	w.serve(reference.Config{
		Manifests:   []*manifest.Manifest{woocommerce(t), shopify(t)},
		DatabaseURL: fmt.Sprintf("postgres://target:hidden_password@%s/copy?sslmode=disable", gone.Addr()),
	})
	w.call("GET", "/conformance/v1/describe", nil, nil)
	w.refuses(
		refusal{"GET /healthz", nil, 503, "does not answer"},
		refusal{"POST /conformance/v1/connect", map[string]any{
			"source": "woocommerce", "account": map[string]string{"url": "http://127.0.0.1:1"},
			"credentials": map[string]string{"consumer_key": "ck_test", "consumer_secret": "cs_test"},
		}, 500, "connecting to the database"},
		refusal{"GET /conformance/v1/stats?integration_id=" + nobody, nil, 500, "connecting to the database"},
		refusal{"GET /oauth/shopify/callback?state=x", nil, 500, "connecting to the database"},
		refusal{"POST /webhooks/shopify/" + nobody, map[string]int{"id": 1}, 500, "connecting to the database"},
	)
	for _, verb := range []string{"register_webhooks", "sync", "retry", "disconnect"} {
		w.refuses(refusal{"POST /conformance/v1/" + verb, map[string]string{"integration_id": nobody}, 500, "connecting to the database"})
	}
	if _, body := w.send("GET", "/conformance/v1/stats?integration_id="+nobody, nil); bytes.Contains(body, []byte("hidden_password")) {
		t.Errorf("the answer has the password: %s", body)
	}
}
