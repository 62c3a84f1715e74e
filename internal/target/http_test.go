package target_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/target"
)

// asked is a request as a target saw it.
type asked struct {
	Call, Type, Accept string
	Header             http.Header `json:"-"`
	Host               string      `json:"-"`
	Body               string
}

// fake is a target that somebody else started: it answers what it is told to, by method and path, and notes what it was asked.
type fake struct {
	*httptest.Server
	asked []asked
	seen  func(call string) // is told of each call, if set
}

// answers are written as "201 {...}"; a redirect as "303 /there"; several of one call, one after the other, have | between.
func newFake(t *testing.T, answers map[string]string) *fake {
	t.Helper()
	f := &fake{}
	turn := map[string]int{}
	f.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		call := r.Method + " " + r.URL.RequestURI()
		f.asked = append(f.asked, asked{call, r.Header.Get("Content-Type"), r.Header.Get("Accept"), r.Header, r.Host, string(body)})
		if f.seen != nil {
			f.seen(call)
		}
		said, ok := answers[call]
		if !ok {
			said, ok = answers[r.Method+" "+r.URL.Path]
		}
		if !ok {
			http.NotFound(w, r)
			return
		}
		if several := strings.Split(said, "|"); len(several) > 1 {
			said = several[min(turn[call], len(several)-1)]
			turn[call]++
		}
		var status int
		status, said = 200, strings.TrimSpace(said)
		if _, err := fmt.Sscanf(said, "%d ", &status); err == nil {
			said = strings.TrimSpace(said[3:])
		}
		if status/100 == 3 {
			w.Header().Set("Location", said)
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, said)
	}))
	t.Cleanup(f.Close)
	return f
}

// shop is a small source: two functions, one of them of two objects.
func shop() *manifest.Manifest {
	return &manifest.Manifest{Source: "shop", Objects: []manifest.Object{
		{Name: "products", Table: "shop_product", Sync: "fetch_and_ingest_products"},
		{Name: "variants", Table: "shop_variant", Sync: "fetch_and_ingest_products"},
		{Name: "orders", Table: "shop_order", Sync: "fetch_and_ingest_orders"},
		{Name: "notes", Table: "shop_note", Sync: "fetch_and_ingest_notes", NotApplicable: "no longer offered"},
	}}
}

// drive is a client of a target that is the fake. With nil verbs it speaks the default protocol.
func drive(t *testing.T, f *fake, verbs *profile.VerbMap, lacks ...profile.Notion) *target.Client {
	t.Helper()
	p := profile.Target{Name: "odd", Verbs: verbs, Attach: &profile.Attach{URL: f.URL}}
	for _, what := range lacks {
		p.Lacks = append(p.Lacks, profile.Lack{What: what, Why: "it was never built"})
	}
	r, err := target.Start(t.Context(), nil, target.Launch{Profile: p.For(shop()), Call: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Stop(context.WithoutCancel(t.Context())) })
	return r.Client(target.Account{Name: "backfilled", URL: "http://127.0.0.1:1/shop", Host: "backfilled.shop.example",
		Credentials: map[string]string{"token": "hush-token", "key": "k"}, ClientID: "client", Secret: "hush-secret"})
}

// quiet wants that an error shows no secret.
func quiet(t *testing.T, err error) {
	t.Helper()
	if err != nil && strings.Contains(err.Error(), "hush") {
		t.Errorf("it shows a secret: %v", err)
	}
}

const (
	connected = `{"integration_id":"i","company_id":"c","webhook_url":"http://127.0.0.1:1/w"}`
	at        = "/conformance/v1/"
)

var made = target.Integration{ID: "i", CompanyID: "c", WebhookURL: "http://127.0.0.1:1/w"}

// TestDefaultProtocol: what docs/protocol.md says, word for word.
func TestDefaultProtocol(t *testing.T) {
	f := newFake(t, map[string]string{
		"GET " + at + "describe":                  `{"protocol":"v1","sources":{"shop":{"scopes":["read"],"functions":["fetch_and_ingest_orders"],"topics":null}}}`,
		"POST " + at + "connect":                  connected + "|" + `{"authorize_url":"http://127.0.0.1:1/a?state=1"}`,
		"POST " + at + "sync":                     `{"functions":{"fetch_and_ingest_orders":{"fetched":3,"ingested":2,"errors":1,"error":"one was odd"}}}`,
		"POST " + at + "register_webhooks":        `{"registered":[{"topic":"a","status":"registered","id":"1"},{"topic":"b","status":"failed","error":"422"}]}`,
		"POST " + at + "retry":                    `{"retried":2,"healed":1}`,
		"GET " + at + "stats?integration_id=i":    `{"objects":{"orders":{"rows":320,"deleted":8}},"raw":{},"updated_at":"now"}`,
		"POST " + at + "disconnect":               `{}`,
		"GET /oauth/shop/callback?code=hush-code": `{"integration_id":"i2","company_id":"c","webhook_url":"http://127.0.0.1:1/w2","granted":["read"]}`,
	})
	c := drive(t, f, nil)
	ctx := t.Context()
	want := func(what string, want, got any, err error) {
		t.Helper()
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", what, err, diff)
		}
	}
	described, err := c.Describe(ctx)
	want("describe", target.Described{Scopes: []string{"read"}, Functions: []string{"fetch_and_ingest_orders"}}, described, err)
	i, err := c.Connect(ctx)
	want("connect", made, i, err)
	want("the integration", made, c.Integration(), nil)
	stats, err := c.Sync(ctx, nil, time.Time{})
	want("sync", map[string]target.Stats{"fetch_and_ingest_orders": {Fetched: 3, Ingested: 2, Errors: 1, Error: "one was odd"}}, stats, err)
	_, err = c.Sync(ctx, []string{"fetch_and_ingest_orders"}, time.Date(2026, 11, 20, 19, 0, 0, 0, time.FixedZone("", 3600)))
	want("sync since", nil, nil, err)
	registered, err := c.RegisterWebhooks(ctx)
	want("register", []target.Registered{{Topic: "a", Status: "registered"}, {Topic: "b", Status: "failed", Error: "422"}}, registered, err)
	retried, err := c.Retry(ctx)
	want("retry", target.Retried{Retried: 2, Healed: 1}, retried, err)
	figures, err := c.Figures(ctx)
	want("stats", target.Figures{Objects: map[string]target.Figure{"orders": {Rows: 320, Deleted: 8}}}, figures, err)
	want("disconnect", nil, nil, c.Disconnect(ctx))
	page, err := c.Authorize(ctx)
	want("authorize", "http://127.0.0.1:1/a?state=1", page, err)
	authorized, err := c.Authorized(ctx, f.URL+"/oauth/shop/callback?code=hush-code")
	want("callback", target.Authorized{Integration: target.Integration{ID: "i2", CompanyID: "c", WebhookURL: "http://127.0.0.1:1/w2"}, Granted: []string{"read"}}, authorized, err)
	want("the integration", "i2", c.Integration().ID, nil)

	var bodies []string
	for _, a := range f.asked {
		if a.Body != "" {
			bodies = append(bodies, a.Body)
			if a.Type != "application/json" {
				t.Errorf("%s has the type %q", a.Call, a.Type)
			}
		}
	}
	for n, body := range []string{
		`{"source":"shop","account":{"url":"http://127.0.0.1:1/shop"},"credentials":{"key":"k","token":"hush-token"},"webhook":{"base_url":"` + f.URL + `","secret":"hush-secret"}}`,
		`{"integration_id":"i"}`,
		`{"integration_id":"i","functions":["fetch_and_ingest_orders"],"start_date":"2026-11-20T18:00:00Z"}`,
		`{"integration_id":"i"}`, `{"integration_id":"i"}`, `{"integration_id":"i"}`,
		`{"source":"shop","account":{"url":"http://127.0.0.1:1/shop"},"credentials":{"client_id":"client","client_secret":"hush-secret"},"webhook":{"base_url":"` + f.URL + `","secret":"hush-secret"}}`,
	} {
		if n >= len(bodies) || !equalJSON(t, body, bodies[n]) {
			t.Errorf("body %d: want %s, got %v", n, body, bodies[min(n, len(bodies)-1)])
		}
	}
}

func equalJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		t.Fatalf("no JSON: %s, %s", a, b)
	}
	return cmp.Equal(x, y)
}

// TestDefaultProtocolBroken: answers that are none.
func TestDefaultProtocolBroken(t *testing.T) {
	big := `{"x":"` + strings.Repeat("x", 8<<20) + `"}`
	for body, c := range map[string]struct {
		cause  string
		status int
		says   []string
	}{
		`{}`:                                     {"target-garbage", 0, []string{"POST /conformance/v1/connect answered 200, and there is no integration_id: it is an empty object"}},
		`{"integration_id":"i"}`:                 {"target-garbage", 0, []string{"there is no company_id: it has integration_id"}},
		`{"integration_id":"i","companyid":"c"}`: {"target-garbage", 0, []string{"is company"}},
		`{"integration_id":"i","company_id":"c"}`:                                           {"target-garbage", 0, []string{"no webhook_url"}},
		`{"integration_id":"","company_id":"c"}`:                                            {"target-garbage", 0, []string{"integration_id is empty"}},
		`{"integration_id":{"id":1},"company_id":"c"}`:                                      {"target-garbage", 0, []string{"integration_id is an object, and must be a text or a number"}},
		`{"authorize_url":"http://127.0.0.1:1/a"}`:                                          {"target-refused", 0, []string{"wants the account's owner to authorize it"}},
		`<!DOCTYPE html><html><head><title>Sign in</title></head><body>Hello</body></html>`: {"target-garbage", 0, []string{"not the JSON that was expected, but a page of HTML, titled \"Sign in\"", "mostly comes from another server"}},
		`created`: {"target-garbage", 0, []string{"not the JSON that was expected", "created"}},
		`{} {}`:   {"target-garbage", 0, []string{"more after the first value"}},
		`200 `:    {"target-garbage", 0, []string{"its body is empty"}},
		`[]`:      {"target-garbage", 0, []string{"integration_id is a list, and must be a text or a number"}},
		big:       {"target-garbage", 0, []string{"larger than 8 MiB"}},
		`422 {"detail":[{"msg":"field required"}]}`:               {"target-refused", 422, []string{"answered 422: {\"detail\":[{\"msg\":\"field required\"}]}", "Make connect answer 2xx"}},
		`500 <html><title>Internal error</title>Traceback</html>`: {"target-refused", 500, []string{"a page of HTML, titled \"Internal error\""}},
		`307 /conformance/v1/connect/`:                            {"target-refused", 307, []string{"leads to /conformance/v1/connect/, which is not followed", "write the path as the target has it: /conformance/v1/connect/"}},
		`302 https://login.example/?token=hush-token`:             {"target-refused", 302, []string{"leads to https://login.example/"}},
	} {
		_, err := drive(t, newFake(t, map[string]string{"POST " + at + "connect": body}), nil).Connect(t.Context())
		if e := fails(t, err, c.cause, c.says...); e.Status != c.status {
			t.Errorf("%.40s: status %d, want %d", body, e.Status, c.status)
		}
		quiet(t, err)
	}
}

func TestCallback(t *testing.T) {
	for name, c := range map[string]struct {
		answer, cause string
		status        int
		says          string
	}{
		"refused":    {`403 {"error":"the owner did not grant read_orders"}`, "target-refused", 403, "GET /callback answered 403: {\"error\":\"the owner did not grant read_orders\"}"},
		"half":       {`{"integration_id":"i"}`, "target-garbage", 0, "no company_id"},
		"page":       {`<html>Connected, you can close this window</html>`, "target-garbage", 0, "a page of HTML"},
		"redirected": {`303 /integrations/5/connected?token=hush`, "target-garbage", 0, "leads to /integrations/5/connected, but a redirect has no results: say in authorize.then"},
	} {
		f := newFake(t, map[string]string{"GET /callback": c.answer})
		_, err := drive(t, f, nil).Authorized(t.Context(), f.URL+"/callback?code=hush")
		if e := fails(t, err, c.cause, c.says); e.Status != c.status || e.Verb != "callback" {
			t.Errorf("%s: %#v", name, e)
		}
		quiet(t, err)
	}
	f := newFake(t, nil)
	client := drive(t, f, nil)
	_, err := client.Authorized(t.Context(), "/relative?code=hush")
	fails(t, err, "target-garbage", "no address")
	quiet(t, err)
	f.Close()
	_, err = client.Authorized(t.Context(), f.URL+"/x?code=hush")
	fails(t, err, "target-unreachable", "no answer from the target")
	quiet(t, err)
}

// TestLacks: what the profile says is not there is not asked for.
func TestLacks(t *testing.T) {
	c := drive(t, newFake(t, nil), nil, profile.Retry, profile.Webhook)
	_, err := c.Retry(t.Context())
	fails(t, err, "target-lacks", "retry: the target has no retry: it was never built")
	_, err = c.Deliver(t.Context(), nil, nil)
	fails(t, err, "target-lacks", "no webhook")
	c = drive(t, newFake(t, nil), &profile.VerbMap{})
	_, err = c.Sync(t.Context(), nil, time.Time{})
	fails(t, err, "target-lacks", "the profile does not say how to do it")
}

func TestDeliver(t *testing.T) {
	f := newFake(t, map[string]string{"POST /hooks/shop?i=7": `200 thanks`, "POST /connect": `{"id": 7, "company": 9007199254740993}`})
	verbs := &profile.VerbMap{
		Connect: &profile.Verb{HTTP: "POST /connect", Result: map[string]string{"integration_id": "id", "company_id": "company"}},
		Webhook: &profile.Verb{URL: "/hooks/{source.name}?i={integration_id}"},
	}
	c := drive(t, f, verbs)
	i, err := c.Connect(t.Context())
	if want := (target.Integration{ID: "7", CompanyID: "9007199254740993", WebhookURL: f.URL + "/hooks/shop?i=7"}); i != want || err != nil {
		t.Fatalf("%v %+v", err, i)
	}
	answer, err := c.Deliver(t.Context(), http.Header{"X-Topic": {"a"}}, []byte(`{"id":1}`))
	if err != nil || answer.Status != 200 || answer.Body != "thanks" || answer.Elapsed <= 0 {
		t.Errorf("%v %+v", err, answer)
	}
	if last := f.asked[len(f.asked)-1]; last.Body != `{"id":1}` || last.Header.Get("X-Topic") != "a" {
		t.Errorf("%+v", last)
	}
	f.Close()
	_, err = c.Deliver(t.Context(), nil, nil)
	fails(t, err, "target-unreachable", "webhook: no answer")
}
