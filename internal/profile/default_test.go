package profile_test

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/profile"
)

// TestDefaultVerbs holds the default protocol's requests against docs/protocol.md.
func TestDefaultVerbs(t *testing.T) {
	account := profile.Values{
		"source.name": "woocommerce", "account.url": "http://127.0.0.1:1", "credentials": map[string]string{"consumer_key": "k", "consumer_secret": "s"},
		"webhook.base_url": "http://127.0.0.1:2", "webhook.secret": "w", "app.client_id": "id", "app.client_secret": "cs", "integration_id": "7",
	}
	syncing := account.With(profile.Values{"functions": []string{"fetch_and_ingest_orders"}, "start_date": "2026-11-20T18:00:00Z"})
	verbs := profile.Target{}.Speaks()
	for _, tc := range []struct {
		verb   profile.Notion
		values profile.Values
		http   string
		body   string
	}{
		{profile.Describe, account, "GET /conformance/v1/describe", `null`},
		{profile.Connect, account, "POST /conformance/v1/connect", `{"account":{"url":"http://127.0.0.1:1"},"credentials":{"consumer_key":"k","consumer_secret":"s"},"source":"woocommerce","webhook":{"base_url":"http://127.0.0.1:2","secret":"w"}}`},
		{profile.Connect, account.With(profile.Values{"webhook.base_url": "", "webhook.secret": ""}), "POST /conformance/v1/connect", `{"account":{"url":"http://127.0.0.1:1"},"credentials":{"consumer_key":"k","consumer_secret":"s"},"source":"woocommerce","webhook":{}}`},
		{profile.Authorize, account, "POST /conformance/v1/connect", `{"account":{"url":"http://127.0.0.1:1"},"credentials":{"client_id":"id","client_secret":"cs"},"source":"woocommerce","webhook":{"base_url":"http://127.0.0.1:2","secret":"w"}}`},
		{profile.RegisterWebhooks, account, "POST /conformance/v1/register_webhooks", `{"integration_id":"7"}`},
		{profile.Sync, account, "POST /conformance/v1/sync", `{"integration_id":"7"}`},
		{profile.Sync, syncing, "POST /conformance/v1/sync", `{"functions":["fetch_and_ingest_orders"],"integration_id":"7","start_date":"2026-11-20T18:00:00Z"}`},
		{profile.Retry, account, "POST /conformance/v1/retry", `{"integration_id":"7"}`},
		{profile.Stats, account, "GET /conformance/v1/stats?integration_id=7", `null`},
		{profile.Disconnect, account, "POST /conformance/v1/disconnect", `{"integration_id":"7"}`},
	} {
		v := verbs.Of(tc.verb)
		call, err := profile.FillPath(v.HTTP, tc.values)
		if err != nil || call != tc.http {
			t.Errorf("%s: %q, %v; want %q", tc.verb, call, err, tc.http)
		}
		filled, err := profile.FillJSON(v.Body, tc.values)
		if err != nil {
			t.Errorf("%s: %v", tc.verb, err)
		}
		body, err := json.Marshal(filled)
		if diff := cmp.Diff(tc.body, string(body)); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", tc.verb, err, diff)
		}
	}
	if way, err := profile.Fill(verbs.Describe.Result["scopes"], account); way != "sources.woocommerce.scopes" || err != nil {
		t.Errorf("scopes are at %s, %v", way, err)
	}
	for _, verb := range profile.Verbs() {
		if verbs.Of(verb) == nil {
			t.Errorf("%s is not there", verb)
		}
		for result := range verbs.Of(verb).Result {
			if !slices.ContainsFunc(profile.Results(verb), func(r profile.Result) bool { return r.Name == result }) {
				t.Errorf("%s has no result %s", verb, result)
			}
		}
	}
	if verbs.Of("frobnicate") != nil {
		t.Error("there is a verb frobnicate")
	}
}

// TestSpeaks: a profile's own verbs are the target's.
func TestSpeaks(t *testing.T) {
	target, _ := load(t, started+mapped)
	if got := target.Speaks().Describe.HTTP; got != "GET /d" {
		t.Errorf("describe is %s", got)
	}
}

// TestAppWide: a secret or an app that is given at the start is one for all accounts.
func TestAppWide(t *testing.T) {
	for text, want := range map[string]bool{
		started: false,
		head + `start: {command: [x], env: {A: "{database.url}", B: "{source.url}"}}`:                                                     false,
		head + `start: {command: [x], env: {A: "{webhook.secret}"}}`:                                                                      true,
		head + `start: {command: [x, "--app={app.client_id}"]}`:                                                                           true,
		head + `processes: [{name: web, command: [x]}, {name: w, command: [x], env: {A: "{app.client_secret}"}, ready: {started: true}}]`: true,
		started + mapped + `  authorize: {http: POST /a, headers: {A: "{app.client_secret}"}}`:                                            false,
	} {
		if target, _ := load(t, text); target.AppWide() != want {
			t.Errorf("%t, want %t:\n%s", !want, want, text)
		}
	}
}
