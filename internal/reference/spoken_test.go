package reference_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/target"
)

// TestTheProtocolsTwoDocumentsAgree: docs/protocol.md has a section for each call of the OpenAPI, and a line for each status.
func TestTheProtocolsTwoDocumentsAgree(t *testing.T) {
	c, err := protocol()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile("../../docs/protocol.md")
	if err != nil {
		t.Fatal(err)
	}
	found := func(form string) []string {
		all := map[string]bool{}
		for _, m := range regexp.MustCompile(form).FindAllStringSubmatch(string(text), -1) {
			all[m[1]] = true
		}
		return slices.Sorted(maps.Keys(all))
	}
	statuses := map[string]bool{}
	for _, operation := range operations(c.doc) {
		for status := range operation.Responses.Map() {
			statuses[status] = status != "200"
		}
	}
	delete(statuses, "200")
	if diff := cmp.Diff(slices.Sorted(maps.Keys(operations(c.doc))), found(`(?m)^## ((?:GET|POST) [^?\s]+)`)); diff != "" {
		t.Errorf("calls of the OpenAPI, and sections of protocol.md: %s", diff)
	}
	if diff := cmp.Diff(slices.Sorted(maps.Keys(statuses)), found(`(?m)^\| (\d{3}) \|`)); diff != "" {
		t.Errorf("statuses of the OpenAPI, and lines of protocol.md: %s", diff)
	}
}

// exemplary is a target that holds each request against the document and answers with the document's own example.
func exemplary(t *testing.T, c *contract) *httptest.Server {
	var s *httptest.Server
	s = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(sent))
		route, params, err := c.router.FindRoute(r)
		if err != nil {
			t.Errorf("%s %s is not in the document", r.Method, r.URL)
			http.NotFound(w, r)
			return
		}
		if err := openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{Request: r, Route: route, PathParams: params}); err != nil {
			t.Errorf("the document does not have the request: %v\n%s", err, sent)
		}
		media := route.Operation.Responses.Value("200").Value.Content["application/json"]
		example := media.Example
		switch byName := media.Examples; {
		case byName == nil:
		case r.URL.Path == "/conformance/v1/connect" && bytes.Contains(sent, []byte("client_id")):
			example = byName["consent"].Value.Value
		case r.URL.Path == "/conformance/v1/connect":
			example = byName["credentials"].Value.Value
		default:
			example = byName["applied"].Value.Value
		}
		body, err := json.Marshal(example)
		if err != nil {
			t.Error(err)
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, strings.ReplaceAll(string(body), "http://127.0.0.1:8000", s.URL))
	}))
	t.Cleanup(s.Close)
	return s
}

// TestTheHarnessSpeaksTheDocument: what the default protocol's driver asks is in the document, and it finds in the document's
// answers what it looks for.
func TestTheHarnessSpeaksTheDocument(t *testing.T) {
	c, err := protocol()
	if err != nil {
		t.Fatal(err)
	}
	s := exemplary(t, c)
	ctx := t.Context()
	p := profile.Target{Name: "exemplary", Attach: &profile.Attach{URL: s.URL}}
	r, err := target.Start(ctx, nil, target.Launch{Profile: p.For(woocommerce(t)), Call: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Stop(ctx) })
	client := r.Client(target.Account{
		Name: "a", URL: "http://127.0.0.1:1", Host: "127.0.0.1:1", ClientID: "app", Secret: "hush",
		Credentials: map[string]string{"consumer_key": "ck", "consumer_secret": "cs"},
	})
	want := func(what string, want, got any, err error) {
		t.Helper()
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v %s", what, err, diff)
		}
	}
	const id, company = "0d3c9f2e-3a58-4b0e-9b57-3f6f5f0c2f11", "6a1f4c1e-92f7-4f0b-8a43-0f7a3f6f0b22"

	page, err := client.Authorize(ctx)
	if err != nil || !strings.HasPrefix(page, "http://127.0.0.1:1234/admin/oauth/authorize?client_id=app_1&") {
		t.Errorf("authorize: %v %s", err, page)
	}
	authorized, err := client.Authorized(ctx, s.URL+"/oauth/shopify/callback?code=c1&state=s1&hmac=00")
	want("callback", target.Authorized{
		Integration: target.Integration{ID: id, CompanyID: company, WebhookURL: s.URL + "/webhooks/shopify/" + id},
		Granted:     []string{"read_orders", "read_products"},
	}, authorized, err)
	described, err := client.Describe(ctx)
	want("describe", target.Described{
		Scopes: []string{"read", "write"}, Functions: []string{"fetch_and_ingest_products", "fetch_and_ingest_orders"}, Topics: []string{"product.created", "order.created"},
	}, described, err)
	connected, err := client.Connect(ctx)
	want("connect", target.Integration{ID: id, CompanyID: company, WebhookURL: s.URL + "/webhooks/woocommerce/" + id}, connected, err)
	registered, err := client.RegisterWebhooks(ctx)
	want("register_webhooks", []target.Registered{
		{Topic: "order.created", Status: "registered"}, {Topic: "order.updated", Status: "failed", Error: "POST /webhooks: HTTP 403"},
	}, registered, err)
	for name, sync := range map[string]func() (map[string]target.Stats, error){
		"whole": func() (map[string]target.Stats, error) { return client.Sync(ctx, nil, time.Time{}) },
		"part": func() (map[string]target.Stats, error) {
			return client.Sync(ctx, []string{"fetch_and_ingest_orders"}, time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC))
		},
	} {
		synced, err := sync()
		want(name+" sync", map[string]target.Stats{
			"fetch_and_ingest_orders":    {Fetched: 320, Ingested: 320},
			"fetch_and_ingest_customers": {Fetched: 9, Ingested: 8, Errors: 1, Error: "customer 7: no id"},
			"fetch_and_ingest_payouts":   {Note: "the account has no such feature"},
		}, synced, err)
	}
	answer, err := client.Deliver(ctx, http.Header{"Content-Type": {"application/json"}}, []byte(`{"id":1}`))
	want("webhook", `200 {"status":"ok"}`, fmt.Sprint(answer.Status, " ", answer.Body), err)
	retried, err := client.Retry(ctx)
	want("retry", target.Retried{Retried: 2, Healed: 1}, retried, err)
	figures, err := client.Figures(ctx)
	want("stats", target.Figures{Objects: map[string]target.Figure{"orders": {Rows: 320, Deleted: 8}}}, figures, err)
	want("disconnect", nil, nil, client.Disconnect(ctx))
}
