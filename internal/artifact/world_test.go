package artifact

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/supervise"
	"github.com/syncspec/syncspec/internal/target"
)

func TestMain(m *testing.M) {
	supervise.Main() // this binary is the guardian of its own Postgres
	os.Exit(m.Run())
}

// The secrets of the tests' world: the database's password, which the run knows, and others that only their place tells.
const (
	password = `p4ss"w<rd` + "\u00e4"
	apiKey   = "k3y-of-the-account"
	hookKey  = "h00k-s3cret"
	token    = "t0ken-t0ken"
)

// redact is what an engine knows of secrets.
func redact(t string) string {
	return strings.NewReplacer(password, "xxxxx", `p4ss\"w<rdä`, "xxxxx", `p4ss\"w\u003crdä`, "xxxxx").Replace(t)
}

// shop is a source with orders, their lines, and parts.
func shop() *manifest.Manifest {
	id := []string{"id"}
	m := &manifest.Manifest{
		Source: "shop",
		Scopes: []manifest.Scope{{Name: "read_parts", Enables: []string{"parts"}}, {Name: "write_hooks", Enables: []string{"webhooks"}}},
		Objects: []manifest.Object{{
			Name: "orders", Sync: "fetch_and_ingest_orders", Key: id, Table: "shop_order", One: "/orders/{id}",
			Lists: []manifest.List{{Path: "/orders"}}, Count: &manifest.Count{Path: "/orders/count", At: "count"},
			DeletedWhen: &manifest.Condition{Field: "status", Equals: "trash"},
			Fields:      manifest.Fields{{Path: "status", Column: "status", Type: manifest.Text}, {Path: "total", Column: "total", Type: manifest.Decimal}},
			Children: []manifest.Child{{At: "lines", Table: "shop_line", Key: []string{manifest.Index}, KeyScope: "parent", ParentColumn: "order_id",
				Fields: manifest.Fields{{Path: "sum", Column: "sum", Type: manifest.Decimal}}}},
			Webhooks: []manifest.Topic{{Topic: "order.updated", Event: manifest.Update}},
		}, {
			Name: "parts", Sync: "fetch_and_ingest_parts", Key: id, Table: "shop_part", Lists: []manifest.List{{Path: "/parts"}},
			Fields:   manifest.Fields{{Path: "name", Column: "name", Type: manifest.Text}},
			Webhooks: []manifest.Topic{{Topic: "part.updated", Event: manifest.Update}},
		}},
		Webhooks: manifest.Webhooks{Registration: &manifest.Registration{Path: "/webhooks", Topic: "topic", URL: "delivery_url"}},
	}
	m.API.BaseURL = "https://{shop}/v1"
	m.API.Auth = manifest.Auth{Kind: "header", Header: "X-Api-Key", Credentials: []string{"api_secret"}, Route: "api_secret"}
	return m
}

const tables = `
CREATE TABLE shop_order (shop_object_id bigint, integration_id text DEFAULT 'i1', deleted_at timestamptz, status text, total numeric);
CREATE TABLE shop_line (shop_object_id bigint, integration_id text DEFAULT 'i1', order_id bigint, sum numeric);
CREATE TABLE shop_part (shop_object_id bigint, integration_id text DEFAULT 'i1', deleted_at timestamptz, name text);
INSERT INTO shop_order (shop_object_id, status, total) VALUES (1, 'open', 19.99), (2, 'paid', 5), (3, '', NULL), (10, 'open', 1);
INSERT INTO shop_order (shop_object_id, status, total, deleted_at) VALUES (4, 'trash', 9, now());
INSERT INTO shop_line (shop_object_id, order_id, sum) VALUES (0, 1, 1.50), (1, 1, -2);
INSERT INTO shop_part (shop_object_id, name) VALUES (5, 'nut');`

// world is what a scenario leaves, with traffic that went through a real gateway.
type world struct {
	*scenario.Snapshot
	t  *testing.T
	db *checktest.Database
	g  *gateway.Gateway
	// route answers the requests of ask with answer.
	route  *gateway.Route
	answer http.HandlerFunc
}

// newWorld makes a world in which all is well. Without a database there are no rows.
func newWorld(t *testing.T, db *checktest.Database) *world {
	t.Helper()
	m := shop()
	w := &world{t: t, db: db, Snapshot: &scenario.Snapshot{Scenario: scenario.Backfilled, Manifest: m, Names: profile.Reference(m).Names,
		Account:     scenario.Account{Name: "backfilled", URL: "https://backfilled.shop.test"},
		Integration: target.Integration{ID: "i1", WebhookURL: "http://127.0.0.1:1/hooks/i1"}}}
	g, err := gateway.Start(t.Context(), gateway.Config{Manifest: m})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	w.g = g
	if w.route, err = g.Route(apiKey); err != nil {
		t.Fatal(err)
	}
	w.answer = func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(rw, `{"asked":%q}`, r.URL.RequestURI())
	}
	w.route.Serve("made up", http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.answer(rw, r) }))
	if db == nil {
		return w
	}
	w.Names.Schema = db.Schema(t, tables)
	w.Reader = scenario.NewReader(db.Reading, w.Names, w.Integration.ID)
	w.offer(map[string][]string{"orders": {
		`{"id":1,"status":"open","total":"19.99","lines":[{"sum":"1.50"},{"sum":"-2"}]}`, `{"id":2,"status":"paid","total":"5"}`,
		`{"id":3,"status":"","total":null}`, `{"id":4,"status":"trash","total":"9"}`, `{"id":10,"status":"open"}`,
	}, "parts": {`{"id":5,"name":"nut"}`}})
	return w
}

// offer makes the source one that has these objects.
func (w *world) offer(objects map[string][]string) {
	w.t.Helper()
	stored := map[string][]oracle.Stored{}
	for name, bodies := range objects {
		for _, b := range bodies {
			stored[name] = append(stored[name], oracle.Stored{Body: []byte(b), Ref: "seed"})
		}
	}
	offer, err := oracle.FromStore(w.Manifest, stored)
	if err != nil {
		w.t.Fatal(err)
	}
	if w.Expected, err = offer.State(); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) sql(sql string) {
	w.t.Helper()
	w.db.Exec(w.t, w.Names.Schema, sql)
}

// ask sends requests of the target, each a method, an address and perhaps a body, as a step.
func (w *world) ask(step string, requests ...string) {
	w.t.Helper()
	had := len(w.route.Log())
	for _, line := range requests {
		parts := append(strings.SplitN(line, " ", 3), "")
		req, err := http.NewRequest(parts[0], w.g.URL()+"/v1"+parts[1], strings.NewReader(parts[2]))
		if err != nil {
			w.t.Fatal(err)
		}
		req.Header.Set("X-Api-Key", apiKey)
		req.Header.Set("Cookie", "session="+token)
		if parts[2] != "" {
			req.Header.Set("Content-Type", "application/json")
		}
		res, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			w.t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
	w.Steps = append(w.Steps, &scenario.Step{Name: step, Traffic: w.route.Log()[had:]})
}

// deliver notes a delivery as a scenario does.
func delivery(ref, topic, object, key, body string) *scenario.Delivery {
	return &scenario.Delivery{Ref: ref, Topic: topic, Body: []byte(body),
		Header: http.Header{"Content-Type": {"application/json"}, "X-Shop-Signature": {"abc="}, "Authorization": {"Bearer " + token}},
		Answer: target.Answer{Status: 200, Body: "thank you", Elapsed: 3 * time.Millisecond},
		Effect: oracle.Effect{Object: object, Key: key, Type: object, ID: key, Applied: true}}
}

// failed is a failed spec of this world.
func (w *world) failed(id, kind, subject string, evidence ...string) Failed {
	f := Failed{Subject: check.Subject{Kind: kind, Name: subject}, Snapshot: w.Snapshot, Redact: redact,
		Log: "starting\nsyncing\n", Rerun: "syncspec run shop --filter " + id,
		Result: result.Result{Check: id, Subject: subject, Status: result.Fail, Cause: "made-up", Summary: "it failed"}}
	for _, e := range evidence {
		f.Result.Evidence = append(f.Result.Evidence, result.Evidence{Kind: "difference", Text: e})
	}
	return f
}
