package target_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/target"
)

func body(value any) profile.JSON { return profile.JSON{Value: value} }

// service is a target with an API of its own, much as a FastAPI service has it.
func service() *profile.VerbMap {
	return &profile.VerbMap{
		Describe: &profile.Verb{HTTP: "GET /capabilities", Result: map[string]string{"topics": "hooks.topic", "functions": "jobs"}},
		Connect: &profile.Verb{HTTP: "POST /integrations", Headers: map[string]string{"X-Token": "{credentials.token}", "X-None": "{credentials.other?}"},
			Body:   body(map[string]any{"shop": "{account.host}", "company_id": 7, "nested": []any{map[string]any{"key": "{credentials.key}"}}}),
			Result: map[string]string{"integration_id": "integration.id", "company_id": "integration.company.0"}},
		Authorize: &profile.Verb{HTTP: "GET /install?shop={account.host}", Result: map[string]string{"integration_id": "no.such"},
			Then: &profile.Verb{HTTP: "GET /integrations?shop={account.host}", Result: map[string]string{
				"integration_id": "items.0.id", "company_id": "items.0.company_id", "granted": "items.0.scope"}}},
		RegisterWebhooks: &profile.Verb{HTTP: "POST /integrations/{integration_id}/webhooks", Result: map[string]string{"registered": "webhooks", "status": "state"}},
		Sync: &profile.Verb{HTTP: "POST /integrations/{integration_id}/sync", Form: map[string]string{"since": "{start_date?}", "full": "yes"},
			Result: map[string]string{"run_id": "run.id", "counts": "run.stats", "fetched": "seen", "ingested": "written", "errors": "failed"},
			Poll:   &profile.Poll{HTTP: "GET /runs/{run_id}", State: "run.state", Done: []string{"done"}, Failed: []string{"failed"}, Every: "1ms"}},
		Webhook: &profile.Verb{URL: "/hooks"},
		Stats:   &profile.Verb{HTTP: "GET /integrations/{integration_id}/stats", Result: map[string]string{"objects": "tables", "rows": "n"}},
		Retry:   &profile.Verb{HTTP: "POST /retry"},
	}
}

// serve is a fake of the service with its own client, connected.
func serve(t *testing.T, answers map[string]string, change func(*profile.VerbMap)) (*fake, *target.Client) {
	t.Helper()
	all := map[string]string{
		"POST /integrations":                             `201 {"integration": {"id": 5, "company": ["c"]}}`,
		"POST /integrations/5/sync":                      `202 {"run": {"id": 12}}`,
		"GET /runs/12":                                   `{"run":{"state":"queued"}}|{"run":{"state":"running"}}|{"run":{"id":12,"state":"done","stats":{}}}`,
		"GET /integrations/5/stats":                      `{"tables":{"shop_order":{"n":3,"deleted":1},"products":{"n":"2","deleted":0}}}`,
		"POST /retry":                                    `200 fine`,
		"GET /capabilities":                              `{"scopes":"read,write","jobs":["a","b"],"hooks":[{"topic":"x"},{"topic":"y"}]}`,
		"GET /callback?code=hush":                        `303 /connected`,
		"GET /integrations?shop=backfilled.shop.example": `{"items":[{"id":"5","company_id":"c","scope":"read write"}]}`,
	}
	for call, said := range answers {
		all[call] = said
	}
	f := newFake(t, all)
	verbs := service()
	if change != nil {
		change(verbs)
	}
	c := drive(t, f, verbs)
	if _, err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	return f, c
}

func TestMapped(t *testing.T) {
	f, c := serve(t, map[string]string{
		"GET /runs/12": `{"run":{"state":"queued"}}|{"run":{"state":"running"}}|{"run":{"id":12,"state":"done","stats":{` +
			`"orders":{"seen":3,"written":2,"failed":0},"variants":{"seen":4,"written":4,"failed":1,"error":"odd"},"products":{"seen":1,"written":1,"failed":0,"note":"few"}}}}`,
		"POST /integrations/5/webhooks": `{"webhooks":[{"topic":"a","state":"registered","error":null},{"topic":"b","state":"no","error":{"code":422}},{"topic":"c","error":"late"},"d"]}`,
	}, nil)
	ctx := t.Context()
	connect := f.asked[len(f.asked)-1]
	if !equalJSON(t, `{"shop":"backfilled.shop.example","company_id":7,"nested":[{"key":"k"}]}`, connect.Body) {
		t.Errorf("connect: %s", connect.Body)
	}
	if got := connect.Header; got.Get("X-Token") != "hush-token" || got["X-None"] != nil || got.Get("Accept") != "application/json" {
		t.Errorf("headers: %v", got)
	}
	if i := c.Integration(); i != (target.Integration{ID: "5", CompanyID: "c", WebhookURL: f.URL + "/hooks"}) {
		t.Errorf("%+v", i)
	}
	stats, err := c.Sync(ctx, nil, time.Unix(0, 0))
	if diff := cmp.Diff(map[string]target.Stats{
		"fetch_and_ingest_orders":   {Fetched: 3, Ingested: 2},
		"fetch_and_ingest_products": {Fetched: 5, Ingested: 5, Errors: 1, Error: "odd", Note: "few"},
	}, stats); diff != "" || err != nil {
		t.Errorf("sync: %v %s", err, diff)
	}
	var calls []string
	for _, a := range f.asked[1:] {
		calls = append(calls, a.Call+" "+a.Body)
	}
	if diff := cmp.Diff([]string{"POST /integrations/5/sync full=yes&since=1970-01-01T00%3A00%3A00Z", "GET /runs/12 ", "GET /runs/12 ", "GET /runs/12 "}, calls); diff != "" {
		t.Error(diff)
	}
	registered, err := c.RegisterWebhooks(ctx)
	if diff := cmp.Diff([]target.Registered{{Topic: "a", Status: "registered"}, {Topic: "b", Status: "no", Error: `{"code":422}`}, {Topic: "c", Status: "failed", Error: "late"}, {Topic: "d", Status: "registered"}}, registered); diff != "" || err != nil {
		t.Errorf("register: %v %s", err, diff)
	}
	figures, err := c.Figures(ctx)
	if diff := cmp.Diff(target.Figures{Objects: map[string]target.Figure{"orders": {Rows: 3, Deleted: 1}, "products": {Rows: 2}}}, figures); diff != "" || err != nil {
		t.Errorf("stats: %v %s", err, diff)
	}
	described, err := c.Describe(ctx)
	if diff := cmp.Diff(target.Described{Scopes: []string{"read", "write"}, Functions: []string{"a", "b"}, Topics: []string{"x", "y"}}, described); diff != "" || err != nil {
		t.Errorf("describe: %v %s", err, diff)
	}
	retried, err := c.Retry(ctx)
	if retried != (target.Retried{Silent: true}) || err != nil {
		t.Errorf("retry: %v %+v", err, retried)
	}
}

// TestAuthorizeByBrowser: the page is where a redirect leads, and the callback ends in one that says nothing.
func TestAuthorizeByBrowser(t *testing.T) {
	_, c := serve(t, map[string]string{"GET /install?shop=backfilled.shop.example": `302 https://backfilled.shop.example/admin/oauth/authorize?client_id=x&state=hush`}, nil)
	page, err := c.Authorize(t.Context())
	if page != "https://backfilled.shop.example/admin/oauth/authorize?client_id=x&state=hush" || err != nil {
		t.Errorf("%v %s", err, page)
	}
	authorized, err := c.Authorized(t.Context(), c.Integration().WebhookURL[:len(c.Integration().WebhookURL)-len("/hooks")]+"/callback?code=hush")
	if diff := cmp.Diff([]string{"read", "write"}, authorized.Granted); diff != "" || err != nil || authorized.ID != "5" {
		t.Errorf("%v %+v", err, authorized)
	}
}

func TestPoll(t *testing.T) {
	for name, c := range map[string]struct {
		answers map[string]string
		change  func(*profile.VerbMap)
		cause   string
		says    []string
	}{
		"failed": {map[string]string{"GET /runs/12": `{"run":{"state":"running"}}|{"run":{"state":"failed","reason":"disk full"}}`}, nil,
			"target-work-failed", []string{`its state was "failed"`, "disk full", "poll.failed"}},
		"never done": {map[string]string{"GET /runs/12": `{"run":{"state":"running"}}`}, func(v *profile.VerbMap) { v.Sync.Within = "100ms" },
			"target-timeout", []string{"accepted the work, and after 100ms and ", `questions its state was still "running" (done is done, failed is failed)`}},
		"no state": {map[string]string{"GET /runs/12": `{"run":{"status":"done"}}`}, nil,
			"target-garbage", []string{"GET /runs/12 answered 200, and there is no state at run.state: run has status; is run.status meant?"}},
		"odd state":              {map[string]string{"GET /runs/12": `{"run":{"state":{"is":"done"}}}`}, nil, "target-garbage", []string{"the state at run.state is an object"}},
		"no run":                 {map[string]string{"POST /integrations/5/sync": `202 {"runs":{"id":1}}`}, nil, "target-garbage", []string{"POST /integrations/5/sync answered 202, and there is no run.id, where run_id should be: it has runs; is runs.id meant?"}},
		"gone":                   {map[string]string{"GET /runs/12": `410 gone`}, nil, "target-refused", []string{"GET /runs/12 answered 410: gone"}},
		"a page":                 {map[string]string{"GET /runs/12": `<html>`}, nil, "target-garbage", []string{"GET /runs/12 answered 200, but its body is not the JSON that was expected, but a page of HTML"}},
		"no counts":              {map[string]string{"GET /runs/12": `{"run":{"state":"done","statistics":{}}}`}, nil, "target-garbage", []string{"no run.stats, where counts should be: run has state, statistics"}},
		"counts of another kind": {map[string]string{"GET /runs/12": `{"run":{"state":"done","stats":[]}}`}, nil, "target-garbage", []string{"counts is a list, and must be a mapping"}},
		"counts lack one": {map[string]string{"GET /runs/12": `{"run":{"state":"done","stats":{"orders":{"seen":1,"written":1}}}}`}, nil,
			"target-garbage", []string{"orders has no errors: it has seen, written", "list counts under lacks"}},
		"counts are none": {map[string]string{"GET /runs/12": `{"run":{"state":"done","stats":{"orders":{"seen":"many","written":1,"failed":0}}}}`}, nil,
			"target-garbage", []string{`orders.seen is the text "many", and must be a whole number`}},
	} {
		t.Run(name, func(t *testing.T) {
			_, client := serve(t, c.answers, c.change)
			_, err := client.Sync(t.Context(), nil, time.Time{})
			fails(t, err, c.cause, c.says...)
		})
	}
}

// TestPollAbandoned: that nobody waits any more is not the target's fault.
func TestPollAbandoned(t *testing.T) {
	f, client := serve(t, map[string]string{"GET /runs/12": `{"run":{"state":"running"}}`}, func(v *profile.VerbMap) { v.Sync.Poll.Every = "1h" })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	f.seen = func(call string) {
		if call == "GET /runs/12" {
			time.AfterFunc(50*time.Millisecond, cancel) // between two questions, mostly; within one it is the same error
		}
	}
	_, err := client.Sync(ctx, nil, time.Time{})
	var e *target.Error
	if !errors.Is(err, context.Canceled) || errors.As(err, &e) {
		t.Errorf("got %v", err)
	}
}

// TestHost: a header that a client does not send as any other.
func TestHost(t *testing.T) {
	f, client := serve(t, nil, func(v *profile.VerbMap) { v.Retry.Headers = map[string]string{"host": "{account.host}"} })
	if _, err := client.Retry(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.asked[len(f.asked)-1].Host; got != "backfilled.shop.example" {
		t.Errorf("got %q", got)
	}
}

// TestEach: a target that has a call per function, or per object.
func TestEach(t *testing.T) {
	counts := func(n string) string { return `{"seen":` + n + `,"written":1,"failed":0}` }
	for each, want := range map[string][]string{
		"function": {"POST /sync/fetch_and_ingest_products", "POST /sync/fetch_and_ingest_orders"},
		"object":   {"POST /sync/products", "POST /sync/variants", "POST /sync/orders"},
	} {
		f, c := serve(t, map[string]string{
			"POST /sync/fetch_and_ingest_products": counts("3"), "POST /sync/fetch_and_ingest_orders": counts("4"),
			"POST /sync/products": counts("1"), "POST /sync/variants": counts("2"), "POST /sync/orders": counts("4"),
		}, func(v *profile.VerbMap) {
			v.Sync.HTTP, v.Sync.Each, v.Sync.Poll = "POST /sync/{"+each+"}", each, nil
			delete(v.Sync.Result, "counts")
		})
		f.asked = nil
		stats, err := c.Sync(t.Context(), nil, time.Time{})
		products := 1
		if each == "object" {
			products = 2
		}
		if diff := cmp.Diff(map[string]target.Stats{"fetch_and_ingest_products": {Fetched: 3, Ingested: products}, "fetch_and_ingest_orders": {Fetched: 4, Ingested: 1}}, stats); diff != "" || err != nil {
			t.Errorf("%s: %v %s", each, err, diff)
		}
		var calls []string
		for _, a := range f.asked {
			calls = append(calls, a.Call)
		}
		if diff := cmp.Diff(want, calls); diff != "" {
			t.Error(diff)
		}
		f.asked = nil
		_, err = c.Sync(t.Context(), []string{"fetch_and_ingest_orders"}, time.Time{})
		if len(f.asked) != 1 || !strings.HasSuffix(f.asked[0].Call, "orders") || err != nil {
			t.Errorf("%v %+v", err, f.asked)
		}
	}
}

// TestWith: verbs that are done as part of another one make no call.
func TestWith(t *testing.T) {
	f, c := serve(t, map[string]string{
		"POST /integrations": `{"integration": {"id": 5, "company": ["c"]}, "hooks": ["a"]}`,
		"GET /runs/12":       `{"run":{"state":"done","stats":{},"again":{"healed":2}}}`,
	}, func(v *profile.VerbMap) {
		v.RegisterWebhooks = &profile.Verb{With: "connect", Result: map[string]string{"registered": "hooks"}}
		v.Retry = &profile.Verb{With: "sync", Result: map[string]string{"healed": "run.again.healed"}}
	})
	f.asked = nil
	registered, err := c.RegisterWebhooks(t.Context())
	if diff := cmp.Diff([]target.Registered{{Topic: "a", Status: "registered"}}, registered); diff != "" || err != nil || len(f.asked) > 0 {
		t.Errorf("%v %s %v", err, diff, f.asked)
	}
	retried, err := c.Retry(t.Context())
	if retried != (target.Retried{Healed: 2, Silent: true}) || err != nil || len(f.asked) != 2 {
		t.Errorf("%v %+v %v", err, retried, f.asked)
	}
}

// TestWholeAnswer: counts that are the answer itself.
func TestWholeAnswer(t *testing.T) {
	_, c := serve(t, map[string]string{"POST /integrations/5/sync": `{"orders":{"seen":1,"written":1,"failed":0}}`}, func(v *profile.VerbMap) {
		v.Sync.Poll, v.Sync.Result["counts"] = nil, "."
	})
	stats, err := c.Sync(t.Context(), nil, time.Time{})
	if diff := cmp.Diff(map[string]target.Stats{"fetch_and_ingest_orders": {Fetched: 1, Ingested: 1}}, stats); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

// TestRegisteredByTopic: a mapping instead of a list.
func TestRegisteredByTopic(t *testing.T) {
	_, c := serve(t, map[string]string{"POST /integrations/5/webhooks": `{"webhooks":{"a":{"state":"registered"},"b":"failed","c":null}}`}, nil)
	registered, err := c.RegisterWebhooks(t.Context())
	if diff := cmp.Diff([]target.Registered{{Topic: "a", Status: "registered"}, {Topic: "b", Status: "failed"}, {Topic: "c", Status: "registered"}}, registered); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
}

// TestUnfilled: a placeholder without a value is the profile's fault, and nothing is asked.
func TestUnfilled(t *testing.T) {
	f, c := serve(t, nil, func(v *profile.VerbMap) { v.Sync.Body, v.Sync.Form = body(map[string]any{"from": "{start_date}"}), nil })
	f.asked = nil
	_, err := c.Sync(t.Context(), nil, time.Time{})
	fails(t, err, "profile-placeholder", "body", "there is no value for {start_date} here; write {start_date?}")
	if len(f.asked) > 0 {
		t.Errorf("%v", f.asked)
	}
}
