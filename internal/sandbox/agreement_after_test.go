package sandbox

import (
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/recording"
)

// at sets the account's clock so that the next change happens at a time.
func (a *Account) at(t time.Time) { a.Advance(t.Add(-time.Second).Sub(a.Now())) }

func dateOf(t *testing.T, in recording.Interaction) time.Time {
	t.Helper()
	at, err := http.ParseTime(in.Header.Get("Date"))
	if err != nil {
		t.Fatalf("%s: %v", in.Ref(), err)
	}
	return at
}

// editing are members that an answer to a write shows in another form than any other answer, and those that the sandbox
// must find by itself.
var editing = map[string]bool{
	"_links": true, "related_ids": true, "permalink_template": true, "generated_slug": true, "short_description": true,
	"average_rating": true, "tax_class": true, "date_modified": true, "date_modified_gmt": true, "refunds": true, "is_paying_customer": true,
}

// revived is the change that takes an order out of the trash by another status, of which the shop does not tell.
const revived = 51

// apply makes a recorded change at the sandbox: what the shop computed is taken from its answer, what goes along with a
// change is left to the sandbox.
func apply(t *testing.T, a *Account, in recording.Interaction) {
	t.Helper()
	parts := strings.Split(strings.TrimPrefix(in.URL.Path, "/wp-json/wc/v3/"), "/")
	object, key, parent := parts[0], "", ""
	switch {
	case len(parts) == 2 && parts[1] == "reviews":
		object = "reviews"
	case len(parts) > 2:
		object, parent = parts[2], parts[1]
		if object == "notes" {
			object = "order_notes"
		}
	}
	if in.Method != http.MethodPost {
		key = parts[len(parts)-1]
	}
	at := dateOf(t, in)
	if modified, ok := text(in.Body, "date_modified_gmt"); ok && in.Method != http.MethodDelete && object != "coupons" {
		at, _ = time.Parse(naiveUTC, modified) // an answer may leave in the second after the change
	}
	a.at(at)
	var err error
	switch in.Method {
	case http.MethodPut:
		before, ok := a.Object(object, key)
		if !ok {
			t.Fatalf("%s: there is no %s %s", in.Ref(), object, key)
		}
		fields := map[string]any{}
		was, _ := decoded(before.Body).(map[string]any)
		is, _ := decoded(in.Body).(map[string]any)
		var sent map[string]any
		if err := json.Unmarshal([]byte(in.RequestBody), &sent); err != nil {
			t.Fatal(err)
		}
		for name, v := range is {
			if _, asked := sent[name]; asked || !editing[name] && !reflect.DeepEqual(v, was[name]) {
				fields[name] = v
			}
		}
		if text, ok := fields["short_description"].(string); ok {
			fields["short_description"] = text + "\n"
		}
		update := func() error { _, err := a.Update(object, key, fields); return err }
		if in.Index == revived {
			err = a.Quietly(update)
		} else {
			err = update()
		}
	case http.MethodPost:
		body, _ := decoded(in.Body).(map[string]any)
		delete(body, "permalink_template")
		delete(body, "generated_slug")
		if object == "products" {
			body["average_rating"] = "0.00"
		}
		if review, ok := body["review"].(string); ok {
			body["review"] = "<p>" + review + "</p>\n"
		}
		context := map[string]string(nil)
		switch object {
		case "refunds":
			body["parent_id"] = json.Number(parent)
		case "order_notes":
			context = map[string]string{"order_id": parent}
		}
		_, err = a.Create(object, body, context)
	case http.MethodDelete:
		if in.URL.Query().Get("force") == "true" {
			err = a.Purge(object, key)
		} else {
			err = a.Delete(object, key)
		}
	}
	if err != nil {
		t.Fatalf("%s: %v", in.Ref(), err)
	}
}

// run is what was changed before the shop's queue ran, and made the deliveries of a phase.
type run struct {
	phase    string
	from, to int
	// besides are changes that no recorded request made: what the owner restored, and the stock that the shop keeps. Each
	// comes before the change of its number.
	besides []beside
}

type beside struct {
	before             int
	object, key, since string
	// status is set for what was restored; else the stock is as the delivery about it says.
	status string
}

// runs are the groups in which the recorded changes were made.
var runs = []run{
	{phase: "order-update-1", from: 0, to: 5},
	{phase: "order-update-2", from: 5, to: 10, besides: []beside{{7, "variations", "301", "2026-11-23T00:51:56Z", ""}}},
	{phase: "order-update-3", from: 10, to: 16, besides: []beside{
		{11, "products", "39", "2026-11-23T00:51:58Z", ""}, {16, "variations", "273", "2026-11-23T00:51:59Z", ""}}},
	{phase: "product-update", from: 16, to: 27}, {phase: "customer-update", from: 27, to: 32}, {phase: "create-1", from: 32, to: 37},
	{phase: "create-2", from: 37, to: 38, besides: []beside{{38, "products", "715", "2026-11-23T00:52:08Z", ""}}},
	{phase: "create-3", from: 38, to: 40}, {phase: "coupon", from: 40, to: 44}, {phase: "refund", from: 44, to: 47}, {phase: "trash", from: 47, to: 51},
	{phase: "restore", from: 51, to: 51, besides: []beside{
		{51, "orders", "361", "2026-11-23T00:52:15Z", "failed"}, {51, "products", "140", "2026-11-23T00:52:16Z", "publish"},
		{51, "coupons", "353", "2026-11-23T00:52:17Z", "publish"}}},
	{phase: "delete", from: 51, to: 56}, {phase: "ghost", from: 56, to: 58}, {phase: "shortlived", from: 58, to: 60},
}

// do makes a change that no recorded request made.
func (b beside) do(t *testing.T, a *Account, told []recording.Delivery) {
	t.Helper()
	at, err := time.Parse(time.RFC3339, b.since)
	if err != nil {
		t.Fatal(err)
	}
	a.at(at)
	fields := map[string]any{"status": b.status}
	if b.status == "" {
		fields = map[string]any{}
		for _, d := range told {
			if id, _ := text(d.Body, "id"); id == b.key {
				n, _ := raw(d.Body, "stock_quantity")
				fields["stock_quantity"] = json.RawMessage(n)
			}
		}
	}
	if _, err := a.Update(b.object, b.key, fields); err != nil {
		t.Fatal(err)
	}
}

// change makes the recorded changes, and holds what is delivered of them against what was.
func (g *agreement) change() {
	g.t.Helper()
	changes, err := g.rec.Cassette("changes")
	if err != nil {
		g.t.Fatal(err)
	}
	recorded, err := g.rec.Deliveries()
	if err != nil {
		g.t.Fatal(err)
	}
	for _, run := range runs {
		var want []recording.Delivery
		for _, d := range recorded {
			if d.Phase == run.phase {
				want = append(want, d)
			}
		}
		for i := run.from; i <= run.to; i++ {
			for _, b := range run.besides {
				if b.before == i {
					b.do(g.t, g.a, want)
				}
			}
			if i < run.to {
				apply(g.t, g.a, changes[i])
				g.made++
			}
		}
		g.deliveries(run.phase, want, g.a.Outbox())
	}
}

// deliveries holds the outbox against the recorded deliveries of a phase: the same of each object in the same order, with
// the same headers and the same bodies.
func (g *agreement) deliveries(phase string, want []recording.Delivery, got []Delivery) {
	g.t.Helper()
	var told, made []string
	for _, d := range want {
		told = append(told, d.Topic+" "+ids([]any{decoded(d.Body)}))
	}
	for _, d := range got {
		made = append(made, d.Topic+" "+ids([]any{decoded(d.Body)}))
	}
	if !slices.Equal(told, made) {
		g.t.Errorf("%s: the sandbox delivers\n%q\nthe shop delivered\n%q", phase, made, told)
		return
	}
	for i, d := range got {
		recorded := http.Header{}
		for _, pair := range want[i].Header {
			recorded.Set(pair[0], pair[1])
		}
		for name, values := range d.Header {
			if name == "X-Wc-Webhook-Delivery-Id" || name == "X-Wc-Webhook-Signature" {
				continue // the one is hashed with the shop's own salt, the other follows the bytes of the body
			}
			if recorded.Get(name) != values[0] {
				g.t.Errorf("%s %s: header %s is %q, recorded %q", phase, made[i], name, values[0], recorded.Get(name))
			}
		}
		g.delivered = append(g.delivered, finding{want[i].File, "delivery: " + d.Topic, bodyDifferences(want[i].Body, d.Body)})
	}
}

// pings looks at what is delivered to new webhooks: one unsigned ping each, as was recorded.
func pings(t *testing.T, got []Delivery) {
	t.Helper()
	for i, d := range got {
		if want := "webhook_id=" + strconv.Itoa(i+1); d.Topic != "" || string(d.Body) != want || d.Header.Get("X-WC-Webhook-Signature") != "" {
			t.Errorf("a ping is %q with topic %q and headers %v, want %s unsigned", d.Body, d.Topic, d.Header, want)
		}
	}
	if len(got) != 16 {
		t.Errorf("%d pings for 16 webhooks", len(got))
	}
}
