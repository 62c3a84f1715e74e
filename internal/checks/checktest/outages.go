package checktest

import (
	"fmt"
	"net/http"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/scenario"
)

// sinceParam is how the shop is asked for what changed since a time, bound included.
const sinceParam = "updated_since"

// timed are the shop's rules for a client that comes too often or comes back: they matter where the source breaks or
// changes without a word.
func timed(m *manifest.Manifest) {
	m.API.RateLimits = []manifest.RateLimit{{Status: http.StatusTooManyRequests, Header: "Retry-After", Decimal: true}}
	orders, notes := &m.Objects[0], &m.Objects[1]
	orders.Incremental = &manifest.Incremental{Param: sinceParam, Format: manifest.NaiveUTC, Boundary: "inclusive"}
	notes.Lists[0].Each.Changed = true
}

// faulted is one sync during which the second page of orders was limited, the notes of order 1 failed three times, and the
// parts broke off.
func (w *World) faulted() {
	timed(w.Manifest)
	w.backfilled()
	step := w.Step(scenario.FirstSync)
	w.Steps = append(w.Steps[:1], step)
	step.Name = scenario.FaultySync
	bad := map[string][]scenario.Exchange{
		"orders#2": {{Status: http.StatusTooManyRequests, Fault: "rate-limit", ResponseHeader: http.Header{"Retry-After": {"1.5"}}}},
		"notes#1": {{Status: http.StatusInternalServerError, Fault: "server-error"}, {Status: http.StatusInternalServerError, Fault: "server-error"},
			{Status: http.StatusInternalServerError, Fault: "server-error"}},
		"parts#1": {{Status: http.StatusOK, Fault: "cut-body"}},
	}
	pauses := map[string][]time.Duration{
		"orders#2": {1600 * time.Millisecond},
		"notes#1":  {400 * time.Millisecond, 900 * time.Millisecond, 1500 * time.Millisecond},
		"parts#1":  {300 * time.Millisecond},
	}
	const took = 5 * time.Millisecond
	at := time.Date(2026, 1, 3, 0, 0, 0, 0, time.UTC)
	var traffic []scenario.Exchange
	for _, x := range step.Traffic {
		for n, b := range bad[x.Interaction] {
			b.Method, b.Path, b.Query, b.At, b.Took, b.Interaction = x.Method, x.Path, x.Query, at, took, fmt.Sprintf("%s, try %d", x.Interaction, n+1)
			traffic = append(traffic, b)
			at = at.Add(took + pauses[x.Interaction][n])
		}
		x.At, x.Took = at, took
		traffic = append(traffic, x)
		at = at.Add(2 * took)
	}
	step.Traffic = traffic
	w.Faults = []scenario.Fault{
		{Name: "rate-limit", Object: "orders", Struck: 1, Wait: 1500 * time.Millisecond},
		{Name: "server-error", Object: "notes", Struck: 3},
		{Name: "cut-body", Object: "parts", Struck: 1},
	}
}

// resumed is a sync from the second in which order 3 was edited; later order 1 was paid and got another note.
func (w *World) resumed() {
	timed(w.Manifest)
	w.backfilled()
	const note13 = `{"id":13,"text":"paid at last"}`
	w.Offer = w.collect([]page{
		{"orders#1", "/v1/orders", "status=any&page=1", "3", "[" + order1Paid + "," + order2 + "]"},
		{"orders#2", "/v1/orders", "status=any&page=2", "3", "[" + order3Edited + "]"},
		{"trash#1", "/v1/orders", "status=trash", "1", "[" + order4 + "]"},
		{"notes#1", "/v1/orders/1/notes", "", "", "[" + note11 + "," + note13 + "]"},
		{"notes#2", "/v1/orders/2/notes", "", "", "[" + note12 + "]"},
		{"notes#3", "/v1/orders/3/notes", "", "", "[]"},
		{"notes#4", "/v1/orders/4/notes", "", "", "[]"},
	})
	w.Expected = w.state(w.Offer)
	w.Boundary = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)
	w.Quiet = []scenario.Change{
		{Object: "orders", Key: "3", Event: manifest.Update, At: w.Boundary},
		{Object: "orders", Key: "1", Event: manifest.Update, At: w.Boundary.Add(3 * time.Hour)},
		{Object: "notes", Key: "13", Event: manifest.Create, At: w.Boundary.Add(3 * time.Hour)},
	}
	since := "&" + sinceParam + "=2026-01-05T00%3A00%3A00"
	step := &scenario.Step{Name: scenario.ResumedSync}
	for _, x := range []scenario.Exchange{
		{Path: "/v1/orders", Query: "status=any" + since, Interaction: "since#1"},
		{Path: "/v1/orders", Query: "status=trash" + since, Interaction: "since#2"},
		{Path: "/v1/orders/1/notes", Interaction: "since#3"},
		{Path: "/v1/orders/3/notes", Interaction: "since#4"},
	} {
		x.Method, x.Status = http.MethodGet, http.StatusOK
		step.Traffic = append(step.Traffic, x)
	}
	w.Steps = append(w.Steps[:2], step)
	if w.db == nil {
		return
	}
	w.SQL(`
UPDATE shop_order SET status = 'paid', changed = '2026-01-05T03:04:05.5Z' WHERE shop_object_id = 1 AND integration_id = 'i1';
UPDATE shop_order SET status = 'edited', changed = '2026-01-05T00:00:00Z' WHERE shop_object_id = 3;
DELETE FROM shop_code WHERE order_id = 1 AND shop_object_id = 1;
UPDATE shop_code SET code = 'FREE' WHERE order_id = 1;
INSERT INTO shop_note (shop_object_id, order_id, text) VALUES (13, 1, 'paid at last')`)
}
