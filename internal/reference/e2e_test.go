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
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/recording"
	"github.com/syncspec/syncspec/internal/reference"
)

const webhookSecret = "whsec_of_this_test"

var (
	loadManifest  = sync.OnceValues(func() (*manifest.Manifest, error) { return manifest.Load("../../specs/woocommerce.yaml") })
	loadRecording = sync.OnceValues(func() (*recording.Recording, error) { return recording.Load("../../cassettes/woocommerce") })
)

func woocommerce(t testing.TB) *manifest.Manifest {
	t.Helper()
	m, err := loadManifest()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func recorded(t testing.TB) *recording.Recording {
	t.Helper()
	r, err := loadRecording()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// world is a target with a database of its own, and the recorded provider in front of it.
type world struct {
	t       testing.TB
	target  string
	db      *pgx.Conn
	gateway *gateway.Gateway
	route   *gateway.Route
	// integration is the connected one.
	integration, webhookURL string
}

type option func(*reference.Config)

func newWorld(t testing.TB, phase string, options ...option) *world {
	t.Helper()
	w := &world{t: t}
	g, err := gateway.Start(context.Background(), gateway.Config{Manifest: woocommerce(t), Recording: recorded(t)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	w.gateway = g
	if w.route, err = g.Route("ck_test"); err != nil {
		t.Fatal(err)
	}
	if phase != "" {
		w.enter(phase)
	}
	w.start(options...)
	w.connect(g.URL(), nil)
	return w
}

func (w *world) enter(phase string) {
	w.t.Helper()
	if err := w.route.Enter(phase); err != nil {
		w.t.Fatal(err)
	}
}

// start runs a target on a fresh database until the test ends.
func (w *world) start(options ...option) {
	w.t.Helper()
	cfg := reference.Config{Manifests: []*manifest.Manifest{woocommerce(w.t)}, DatabaseURL: freshDatabase(w.t)}
	if testing.Verbose() && os.Getenv("REFERENCE_LOG") != "" {
		cfg.Logger = slog.New(slog.NewTextHandler(os.Stderr, nil))
	}
	for _, o := range options {
		o(&cfg)
	}
	if err := reference.Migrate(context.Background(), cfg); err != nil {
		w.t.Fatal(err)
	}
	w.serve(cfg)
	db, err := pgx.Connect(context.Background(), cfg.DatabaseURL)
	if err != nil {
		w.t.Fatal(err)
	}
	w.db = db
	w.t.Cleanup(func() { _ = db.Close(context.Background()) })
}

// serve runs a target until the test ends.
func (w *world) serve(cfg reference.Config) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	addr := make(chan string, 1)
	cfg.Ready = func(a string) { addr <- a }
	done := make(chan error, 1)
	go func() { done <- reference.Serve(ctx, cfg) }()
	select {
	case a := <-addr:
		w.target = "http://" + a
	case err := <-done:
		cancel()
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
}

func (w *world) connect(url string, pageSize map[string]int) {
	w.t.Helper()
	account := map[string]any{"url": url}
	if pageSize != nil {
		account["page_size"] = pageSize
	}
	var out struct {
		IntegrationID string `json:"integration_id"`
		WebhookURL    string `json:"webhook_url"`
	}
	w.call("POST", "/conformance/v1/connect", map[string]any{
		"source": "woocommerce", "account": account,
		"credentials": map[string]string{"consumer_key": "ck_test", "consumer_secret": "cs_test"},
		"webhook":     map[string]string{"base_url": w.target, "secret": webhookSecret},
	}, &out)
	w.integration, w.webhookURL = out.IntegrationID, out.WebhookURL
}

// call speaks the protocol and wants 200.
func (w *world) call(method, path string, in, out any) {
	w.t.Helper()
	status, body := w.send(method, path, in)
	if status != http.StatusOK {
		w.t.Fatalf("%s %s: HTTP %d %s", method, path, status, body)
	}
	if out != nil {
		if err := json.Unmarshal(body, out); err != nil {
			w.t.Fatalf("%s %s: %v in %s", method, path, err, body)
		}
	}
}

func (w *world) send(method, path string, in any) (int, []byte) {
	w.t.Helper()
	var reader io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			w.t.Fatal(err)
		}
		reader = bytes.NewReader(b)
	}
	req, err := http.NewRequest(method, w.target+path, reader)
	if err != nil {
		w.t.Fatal(err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return w.do(req)
}

func (w *world) do(req *http.Request) (int, []byte) {
	w.t.Helper()
	resp, err := speaking(w.t).Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return resp.StatusCode, body
}

type results map[string]reference.FunctionResult

func (w *world) sync(extra map[string]any) results {
	w.t.Helper()
	in := map[string]any{"integration_id": w.integration}
	for k, v := range extra {
		in[k] = v
	}
	var out struct {
		Functions results `json:"functions"`
	}
	w.call("POST", "/conformance/v1/sync", in, &out)
	return out.Functions
}

// deliver sends a body as the provider would, signed with the integration's secret.
func (w *world) deliver(topic string, body []byte) (int, []byte) {
	w.t.Helper()
	mac := hmac.New(sha256.New, []byte(webhookSecret))
	mac.Write(body)
	return w.post(body, map[string]string{
		"Content-Type": "application/json", "X-WC-Webhook-Topic": topic,
		"X-WC-Webhook-Signature": base64.StdEncoding.EncodeToString(mac.Sum(nil)),
	})
}

func (w *world) post(body []byte, header map[string]string) (int, []byte) {
	w.t.Helper()
	req, err := http.NewRequest("POST", w.webhookURL, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	return w.do(req)
}

// replay delivers one recorded delivery, re-signed; pings stay unsigned.
func (w *world) replay(d recording.Delivery) {
	w.t.Helper()
	var status int
	var body []byte
	if d.Topic == "" {
		status, body = w.post(d.Body, map[string]string{"Content-Type": "application/x-www-form-urlencoded"})
	} else {
		status, body = w.deliver(d.Topic, d.Body)
	}
	if status != http.StatusOK {
		w.t.Errorf("delivery %s: HTTP %d %s", d.File, status, body)
	}
}

// value is one value of the database as text, "<null>" for NULL.
func (w *world) value(sql string, args ...any) string {
	w.t.Helper()
	var v *string
	if err := w.db.QueryRow(context.Background(), sql, args...).Scan(&v); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
	if v == nil {
		return "<null>"
	}
	return *v
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	if _, err := w.db.Exec(context.Background(), sql, args...); err != nil {
		w.t.Fatalf("%s: %v", sql, err)
	}
}

// want compares a value of the database.
func (w *world) want(want, sql string, args ...any) {
	w.t.Helper()
	if got := w.value(sql, args...); got != want {
		w.t.Errorf("%s %v: got %s, want %s", sql, args, got, want)
	}
}

// dump is the whole refined state, one line per row, without the row's own stamps and numbers.
func (w *world) dump() []string {
	w.t.Helper()
	var lines []string
	for _, table := range refinedTables(woocommerce(w.t)) {
		rows, err := w.db.Query(context.Background(), fmt.Sprintf(`SELECT (to_jsonb(t) - 'id' - 'created_at' - 'updated_at' - 'deleted_at' - 'integration_id' - 'company_id'
			|| CASE WHEN to_jsonb(t) ? 'deleted_at' THEN jsonb_build_object('deleted', to_jsonb(t)->'deleted_at' <> 'null') ELSE '{}' END)::text FROM %s t`, table))
		if err != nil {
			w.t.Fatal(err)
		}
		got, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			w.t.Fatal(err)
		}
		for _, line := range got {
			lines = append(lines, table+" "+line)
		}
	}
	return lines
}

func refinedTables(m *manifest.Manifest) []string {
	var tables []string
	var below func([]manifest.Child)
	below = func(children []manifest.Child) {
		for _, c := range children {
			tables = append(tables, c.Table)
			below(c.Children)
		}
	}
	for _, o := range m.Objects {
		tables = append(tables, o.Table)
		below(o.Children)
	}
	return tables
}

func (w *world) stats() (s struct {
	Objects map[string]struct{ Rows, Deleted int }
	Raw     struct{ Pending, Processed, Error int }
}) {
	w.t.Helper()
	w.call("GET", "/conformance/v1/stats?integration_id="+w.integration, nil, &s)
	return s
}

func oneLine(s []byte) string { return strings.TrimSpace(string(s)) }
