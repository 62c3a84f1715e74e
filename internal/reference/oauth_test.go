package reference_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

const (
	appID     = "app_of_this_test"
	appSecret = "hush_of_this_test"
	tokenPath = "/admin/oauth/access_token"
)

var allScopes = []string{
	"read_products", "read_orders", "read_customers", "read_inventory", "read_locations", "read_fulfillments", "read_marketing_events",
	"read_all_orders", "read_price_rules", "read_shopify_payments_payouts", "read_shopify_payments_disputes",
}

// begin connects with the app's own credentials and gives the parameters that the owner is sent away with.
func (s *shop) begin() url.Values {
	s.t.Helper()
	var out map[string]string
	s.call("POST", "/conformance/v1/connect", map[string]any{
		"source": "shopify", "account": map[string]any{"url": s.URL},
		"credentials": map[string]string{"client_id": appID, "client_secret": appSecret},
		"webhook":     map[string]string{"base_url": s.target, "secret": webhookSecret},
	}, &out)
	u, err := url.Parse(out["authorize_url"])
	if err != nil || len(out) != 1 || !strings.HasPrefix(u.String(), s.URL+"/admin/oauth/authorize?") {
		s.t.Fatalf("%v: %v", out, err)
	}
	return u.Query()
}

// back sends the owner back with a code, signed.
func (s *shop) back(state string, change func(url.Values)) (int, []byte) {
	s.t.Helper()
	q := url.Values{
		"code": {"code_1"}, "shop": {strings.TrimPrefix(s.URL, "http://")}, "state": {state},
		"timestamp": {strconv.FormatInt(s.clock.Now().Unix(), 10)}, "host": {"YWRtaW4="},
	}
	if change != nil {
		change(q)
	}
	mac := hmac.New(sha256.New, []byte(appSecret))
	mac.Write([]byte(q.Encode()))
	q.Set("hmac", hex.EncodeToString(mac.Sum(nil)))
	return s.send("GET", "/oauth/shopify/callback?"+q.Encode(), nil)
}

// grants answers the token endpoint with token_1, token_2 and so on, which expire, and the list of granted scopes.
func (s *shop) grants(scopes ...string) {
	issued := 0
	s.on("POST "+tokenPath, func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		var in map[string]string
		if err := json.Unmarshal(body, &in); err != nil {
			s.t.Error(err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		want := map[string]string{"client_id": appID, "client_secret": appSecret}
		if issued == 0 {
			want["code"], want["expiring"] = "code_1", "1"
		} else {
			want["grant_type"], want["refresh_token"] = "refresh_token", fmt.Sprintf("refresh_%d", issued)
		}
		if err != nil || fmt.Sprint(in) != fmt.Sprint(want) || r.Header.Get("X-Shopify-Access-Token") != "" {
			answer(w, http.StatusBadRequest, `{"error":"invalid_request","error_description":"The code or token was not found or was already used"}`)
			return
		}
		issued++
		answer(w, http.StatusOK, fmt.Sprintf(`{"access_token":"token_%d","scope":%q,"expires_in":3600,"refresh_token":"refresh_%[1]d","refresh_token_expires_in":7776000}`,
			issued, strings.Join(scopes, ",")))
	})
	var list []string
	for _, scope := range scopes {
		list = append(list, fmt.Sprintf(`{"handle":%q}`, scope))
	}
	s.lists("/admin/oauth/access_scopes.json", "access_scopes", list...)
}

// granted connects by OAuth.
func (s *shop) granted() {
	s.t.Helper()
	s.grants(allScopes...)
	status, body := s.back(s.begin().Get("state"), nil)
	var out struct {
		IntegrationID string `json:"integration_id"`
		WebhookURL    string `json:"webhook_url"`
	}
	if err := json.Unmarshal(body, &out); err != nil || status != http.StatusOK {
		s.t.Fatalf("callback: HTTP %d %s", status, body)
	}
	s.integration, s.webhookURL = out.IntegrationID, out.WebhookURL
}

func TestConnectingByTheOwnersGrant(t *testing.T) {
	s := openShop(t)
	q := s.begin()
	if q.Get("client_id") != appID || q.Get("redirect_uri") != s.target+"/oauth/shopify/callback" || len(q.Get("state")) < 20 {
		t.Errorf("%v", q)
	}
	if got := strings.Split(q.Get("scope"), ","); !slices.Equal(got, allScopes) {
		t.Errorf("asks for %v, want %v", got, allScopes)
	}
	var described struct {
		Sources map[string]struct{ Scopes, Topics []string }
	}
	s.call("GET", "/conformance/v1/describe", nil, &described)
	if got := described.Sources["shopify"]; !slices.Equal(got.Scopes, allScopes) || len(got.Topics) != 24 {
		t.Errorf("describe says %v", got)
	}
	s.want("0", `SELECT count(*)::text FROM integration`)

	// A provider may name the scope that includes another, and more than was asked for.
	granted := append(slices.Clone(allScopes[1:]), "write_products", "read_themes")
	s.grants(granted...)
	status, body := s.back(q.Get("state"), nil)
	var out struct {
		IntegrationID string `json:"integration_id"`
		CompanyID     string `json:"company_id"`
		WebhookURL    string `json:"webhook_url"`
		Granted       []string
	}
	if err := json.Unmarshal(body, &out); err != nil || status != http.StatusOK || out.CompanyID == "" ||
		out.WebhookURL != s.target+"/webhooks/shopify/"+out.IntegrationID || !slices.Equal(out.Granted, granted) {
		t.Fatalf("HTTP %d %s", status, body)
	}
	s.want("token_1 refresh_1 2026-11-23T13:00:00Z 2027-02-21T12:00:00Z", `SELECT concat_ws(' ', credentials->>'access_token', credentials->>'refresh_token',
		credentials->>'access_token_expires_at', credentials->>'refresh_token_expires_at') FROM integration WHERE id = $1::text::uuid`, out.IntegrationID)
	s.integration, s.webhookURL = out.IntegrationID, out.WebhookURL
	var meta struct {
		Scopes struct{ Requested, Granted []string }
	}
	s.metadata(&meta)
	if !slices.Equal(meta.Scopes.Requested, allScopes) || !slices.Equal(meta.Scopes.Granted, granted) {
		t.Errorf("%+v", meta)
	}
	s.lists("/customers.json", "customers", `{"id":1}`)
	wants(t, s.sync("", "fetch_and_ingest_customers"), "fetch_and_ingest_customers", 1, 1, 0)
	s.delivered("customers/update", `{"id":1,"first_name":"Ada"}`)

	// The state served once.
	if status, body := s.back(q.Get("state"), nil); status != http.StatusForbidden || !bytes.Contains(body, []byte("state")) {
		t.Errorf("the same callback again: HTTP %d %s", status, body)
	}
	s.want("1", `SELECT count(*)::text FROM integration`)
}

func TestCallbacksThatConnectNothing(t *testing.T) {
	// Another source, which does not sign its callbacks.
	careless := &manifest.Manifest{Source: "careless", OAuth: &manifest.OAuth{TokenPath: tokenPath}}
	careless.API.Auth = shopify(t).API.Auth
	careless.API.Pagination.Next.From = "header_link"
	careless.Objects = []manifest.Object{{Name: "things", Sync: "things", Key: []string{"id"}, Table: "careless_thing"}}
	s := openShop(t, func(cfg *reference.Config) { cfg.Manifests = append(cfg.Manifests, careless) })
	s.grants(allScopes...)
	refused := func(name string, status int, says string, call func() (int, []byte)) {
		t.Helper()
		got, body := call()
		var e struct{ Error string }
		if err := json.Unmarshal(body, &e); err != nil || got != status || !strings.Contains(e.Error, says) {
			t.Errorf("%s: HTTP %d %s, want %d with %q", name, got, body, status, says)
		}
	}
	refused("unknown state", 403, "state", func() (int, []byte) { return s.back("unknown", nil) })
	refused("no state", 403, "state", func() (int, []byte) { return s.back("", nil) })
	refused("another source", 404, "not found", func() (int, []byte) { return s.send("GET", "/oauth/woocommerce/callback?state=x", nil) })

	state := s.begin().Get("state")
	refused("begun with another source", 403, "state", func() (int, []byte) { return s.send("GET", "/oauth/careless/callback?code=code_1&state="+state, nil) })
	refused("no signature", 401, "signature", func() (int, []byte) { return s.send("GET", "/oauth/shopify/callback?code=code_1&state="+state, nil) })
	refused("old", 401, "may be 1m30s", func() (int, []byte) {
		return s.back(state, func(q url.Values) {
			q.Set("timestamp", strconv.FormatInt(s.clock.Now().Add(-2*time.Minute).Unix(), 10))
		})
	})
	refused("another shop", 403, "evil.myshopify.com", func() (int, []byte) {
		return s.back(state, func(q url.Values) { q.Set("shop", "evil.myshopify.com") })
	})
	// Whoever forges a callback must not use up the state of the owner, who comes later.
	s.grants(allScopes[:5]...)
	refused("scopes", 403, "read_fulfillments, read_marketing_events, read_all_orders, read_price_rules, read_shopify_payments_payouts, read_shopify_payments_disputes", func() (int, []byte) { return s.back(state, nil) })
	refused("scopes, again", 403, "state", func() (int, []byte) { return s.back(state, nil) })

	refused("declined", 403, "access_denied", func() (int, []byte) {
		return s.back(s.begin().Get("state"), func(q url.Values) { q.Set("error", "access_denied") })
	})
	refused("wrong code", 403, "invalid_request", func() (int, []byte) {
		return s.back(s.begin().Get("state"), func(q url.Values) { q.Set("code", "code_2") })
	})
	s.says("POST "+tokenPath, 500, `{}`)
	refused("provider down", 502, "after 6 tries", func() (int, []byte) { return s.back(s.begin().Get("state"), nil) })
	s.says("POST "+tokenPath, 200, `{"scope":""}`)
	refused("no token", 502, "no access_token", func() (int, []byte) { return s.back(s.begin().Get("state"), nil) })
	s.grants(allScopes...)
	s.says("GET /admin/oauth/access_scopes.json", 500, `{}`)
	refused("no list of scopes", 502, "granted scopes", func() (int, []byte) { return s.back(s.begin().Get("state"), nil) })

	s.grants(allScopes...)
	state = s.begin().Get("state")
	s.clock.move(11 * time.Minute)
	refused("late", 403, "state", func() (int, []byte) { return s.back(state, nil) })
	s.begin() // forgets those that are over
	s.want("1", `SELECT count(*)::text FROM integration_authorization`)
	s.want("0", `SELECT count(*)::text FROM integration`)

	for says, in := range map[string]map[string]any{
		"base_url":      {"source": "shopify", "account": map[string]any{"url": s.URL}, "credentials": map[string]string{"client_id": "a", "client_secret": "b"}},
		"client_secret": {"source": "shopify", "account": map[string]any{"url": s.URL}, "credentials": map[string]string{"client_id": "a"}},
		"access_token":  {"source": "shopify", "account": map[string]any{"url": s.URL}},
	} {
		if status, body := s.send("POST", "/conformance/v1/connect", in); status != http.StatusBadRequest || !bytes.Contains(body, []byte(says)) {
			t.Errorf("connect without %s: HTTP %d %s", says, status, body)
		}
	}
}

func TestOAuthSecretsAreNotLogged(t *testing.T) {
	var log lockedBuffer
	s := openShop(t, func(cfg *reference.Config) { cfg.Log = &log })
	s.granted()
	s.clock.move(time.Hour)
	s.lists("/customers.json", "customers")
	s.sync("", "fetch_and_ingest_customers")
	state := s.begin().Get("state")
	// Half of a good answer, as a broken connection leaves it, is quoted nowhere.
	s.on("POST "+tokenPath, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, http.StatusOK, `{"access_token":"token_cut_off","refresh_token":"refresh_cut`)
	})
	status, body := s.back(state, nil)
	if status != http.StatusBadGateway {
		t.Errorf("HTTP %d %s", status, body)
	}
	for _, secret := range []string{appSecret, "token_1", "token_2", "refresh_1", "refresh_2", "token_cut_off", "refresh_cut", "code_1", state} {
		if strings.Contains(log.String(), secret) || bytes.Contains(body, []byte(secret)) {
			t.Errorf("%s is in the log or in the answer:\n%s\n%s", secret, log.String(), body)
		}
	}
	if !strings.Contains(log.String(), "trying again") {
		t.Errorf("nothing was logged that could have had a secret:\n%s", log.String())
	}
}

// lockedBuffer is a log that many write to.
type lockedBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.String()
}
