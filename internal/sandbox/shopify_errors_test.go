package sandbox

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestShopifyErrorBodies(t *testing.T) {
	orderless := func(c *AccountConfig) { c.Scopes = []string{"read_products"} }
	for _, c := range []struct {
		name, path string
		account    func(*AccountConfig)
		state      State
		status     int
		body       string
	}{
		{"unknown token", "/orders.json", func(c *AccountConfig) { c.Credentials["access_token"] = "another" }, Active,
			401, `{"errors":"[API] Invalid API key or access token (unrecognized login or wrong password)"}`},
		{"scope missing", "/orders.json", orderless, Active,
			403, `{"errors":"[API] This action requires merchant approval for read_orders scope."}`},
		{"scope missing below an order", "/orders/6104773291845/transactions/count.json", orderless, Active,
			403, `{"errors":"[API] This action requires merchant approval for read_orders scope."}`},
		{"frozen shop", "/orders.json", nil, Frozen, 402, `{"errors":"Unavailable Shop"}`},
		{"locked shop", "/orders.json", nil, Locked, 423, `{"errors":"Locked"}`},
		{"unknown id", "/orders/17.json", nil, Active, 404, `{"errors":"Not Found"}`},
		{"below an unknown id", "/orders/17/refunds.json", nil, Active, 404, `{"errors":"Not Found"}`},
		{"reports left REST", "/reports.json", nil, Active, 404, `{"errors":"Not Found"}`},
		{"all transactions", "/transactions.json", nil, Active, 404, `{"errors":"Not Found"}`},
		{"shop without payments", "/shopify_payments/payouts.json", func(c *AccountConfig) { c.Without = []string{"payouts"} }, Active,
			404, `{"errors":"Not Found"}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := shopAccount(t, c.account)
			a.Become(c.state)
			res := shopCall(a, "GET", c.path, "")
			if body := read(t, res); res.StatusCode != c.status || body != c.body {
				t.Errorf("%d %s, want %d %s", res.StatusCode, body, c.status, c.body)
			}
		})
	}
	a := shopAccount(t, nil)
	a.Become(Frozen)
	a.Become(Active)
	shopGet(t, a, "/orders.json")
}

func TestShopifyHeaders(t *testing.T) {
	a := shopAccount(t, nil)
	_, header := shopGet(t, a, "/orders.json?limit=1")
	if header.Get("X-Shopify-API-Version") != "2026-07" || header.Get("X-Shopify-Shop-Api-Call-Limit") != "1/40" ||
		header.Get("X-Shopify-API-Deprecated-Reason") != "" || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		t.Errorf("%v", header)
	}
	for _, path := range []string{"/products.json", "/products/count.json", "/products/8301177204811/variants.json"} {
		if _, header := shopGet(t, a, path); header.Get("X-Shopify-API-Deprecated-Reason") == "" {
			t.Errorf("%s does not say that it is deprecated", path)
		}
	}
}

func TestShopifyCallLimit(t *testing.T) {
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	a := shopAccount(t, func(c *AccountConfig) {
		c.Limit = &Limit{Bucket: 3, Leak: 0.5, Clock: func() time.Time { return now }}
	})
	for _, want := range []string{"1/3", "2/3", "3/3"} {
		if _, header := shopGet(t, a, "/locations.json"); header.Get("X-Shopify-Shop-Api-Call-Limit") != want {
			t.Errorf("the call limit is %q, want %s", header.Get("X-Shopify-Shop-Api-Call-Limit"), want)
		}
	}
	res := shopCall(a, "GET", "/locations.json", "")
	if body := read(t, res); res.StatusCode != 429 || res.Header.Get("Retry-After") != "2.0" || res.Header.Get("X-Shopify-Shop-Api-Call-Limit") != "" ||
		body != `{"errors":"Exceeded 0.5 calls per second for api client. Reduce request rates to resume uninterrupted service."}` {
		t.Errorf("%d %v %s", res.StatusCode, res.Header, body)
	}
	now = now.Add(2 * time.Second)
	shopGet(t, a, "/locations.json")
}

// TestShopifyOAuth goes the owner's way to a token, and what is refused on it.
func TestShopifyOAuth(t *testing.T) {
	var issued []string
	a := shopAccount(t, func(c *AccountConfig) {
		c.Scopes = []string{"write_orders", "read_products"}
		c.Issued = func(token string) { issued = append(issued, token) }
	})
	asked := url.Values{"client_id": {"client"}, "scope": {"read_orders,read_products,read_customers"}, "state": {"a b&c"},
		"redirect_uri": {"https://app.example.test/oauth/shopify/callback"}}
	res := shopCall(a, "GET", "/admin/oauth/authorize?"+asked.Encode(), "")
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || res.StatusCode != http.StatusFound || back.Host != "app.example.test" || back.Query().Get("state") != "a b&c" ||
		back.Query().Get("shop") != "syncspec-example.myshopify.com" || len(back.Query().Get("hmac")) != 64 || back.Query().Get("timestamp") == "" {
		t.Fatalf("%d %s %v", res.StatusCode, back, err)
	}
	exchange := func(body string) (int, string) {
		res := shopCall(a, "POST", "/admin/oauth/access_token", body)
		return res.StatusCode, read(t, res)
	}
	code := back.Query().Get("code")
	status, body := exchange(`{"client_id":"client","client_secret":"client secret","code":"` + code + `","expiring":"1"}`)
	answer := decode(t, []byte(body))
	if status != 200 || answer["scope"] != "read_orders,read_products" || answer["expires_in"] != 3600.0 || answer["refresh_token_expires_in"] != 7776000.0 {
		t.Fatalf("%d %s", status, body)
	}
	if len(issued) != 1 || issued[0] != answer["access_token"] {
		t.Errorf("issued %v, answered %v", issued, answer["access_token"])
	}
	for sent, want := range map[string]string{
		`{"client_id":"client","client_secret":"client secret","code":"` + code + `"}`: `{"error":"invalid_request","error_description":"The authorization code was not found or was already used"}`,
		`{"client_id":"client","client_secret":"wrong","code":"` + code + `"}`:         `{"error":"invalid_client","error_description":"The client is unknown or its secret is wrong"}`,
		`{"client_id":"client","client_secret":"client secret","grant_type":"wish"}`:   `{"error":"unsupported_grant_type","error_description":"The grant type is not supported"}`,
	} {
		if status, body := exchange(sent); status != 400 || body != want {
			t.Errorf("%s: %d %s", sent, status, body)
		}
	}

	get := func(token, path string) (int, string) {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("X-Shopify-Access-Token", token)
		w := httptest.NewRecorder()
		a.ServeHTTP(w, r)
		return w.Code, w.Body.String()
	}
	if status, body := get(issued[0], "/admin/oauth/access_scopes.json"); status != 200 || !slices.Equal(texts([]byte(body), "access_scopes.handle"), []string{"read_orders", "read_products"}) {
		t.Errorf("granted: %d %s", status, body)
	}
	if status, _ := get(issued[0], shopBase+"/customers.json"); status != 403 {
		t.Errorf("what was asked for and not granted: %d", status)
	}
	a.Advance(time.Hour)
	if status, _ := get(issued[0], shopBase+"/orders.json"); status != 401 {
		t.Errorf("an hour later: %d", status)
	}
	refresh := func(token any) (int, string) {
		return exchange(`{"client_id":"client","client_secret":"client secret","grant_type":"refresh_token","refresh_token":"` + token.(string) + `"}`)
	}
	_, body = refresh(answer["refresh_token"])
	renewed := decode(t, []byte(body))
	if renewed["access_token"] == nil || renewed["refresh_token"] == nil {
		t.Fatalf("refreshing: %s", body)
	}
	if status, _ := get(issued[1], shopBase+"/orders.json"); status != 200 {
		t.Errorf("with the new token: %d", status)
	}
	refresh(renewed["refresh_token"])
	if status, body := refresh(answer["refresh_token"]); status != 400 || !strings.Contains(body, "refresh token") {
		t.Errorf("the old refresh token, after the new one's first use: %d %s", status, body)
	}
}
