package sandbox

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func TestShopifyRegistration(t *testing.T) {
	a := shopAccount(t, func(c *AccountConfig) { c.Scopes = []string{"read_orders"} })
	post := func(body string) (int, string) {
		res := shopCall(a, "POST", "/webhooks.json", body)
		return res.StatusCode, read(t, res)
	}
	const good = `{"webhook":{"topic":"orders/create","address":"https://receiver.example.test/1","format":"json"}}`
	status, body := post(good)
	hook := []byte(body)
	for path, want := range map[string]string{
		"webhook.topic": "orders/create", "webhook.address": "https://receiver.example.test/1", "webhook.format": "json",
		"webhook.api_version": "2026-07", "webhook.created_at": "2026-11-20T10:00:01+01:00",
	} {
		if got, _ := text(hook, path); status != http.StatusCreated || got != want {
			t.Errorf("%d: %s is %q, want %q", status, path, got, want)
		}
	}
	for _, c := range []struct {
		what, sent string
		status     int
		says       string
	}{
		{"a second time", good, 422, `{"errors":{"address":["for this topic has already been taken"]}}`},
		{"no scope", strings.Replace(good, "orders/create", "customers/create", 1), 422,
			`{"errors":{"topic":["Invalid topic specified: customers/create. Does it exist? Is there a missing access scope? Topics allowed: `},
		{"no such topic", strings.Replace(good, "orders/create", "orders/update", 1), 422, `Invalid topic specified: orders/update.`},
		{"compliance", strings.Replace(good, "orders/create", "shop/redact", 1), 422, `Invalid topic specified: shop/redact.`},
		{"no topic", `{"webhook":{"address":"https://receiver.example.test/1"}}`, 422, `{"errors":{"topic":["can't be blank"]}}`},
		{"no address", strings.Replace(good, "https://", "", 1), 422, `{"errors":{"address":["is invalid"]}}`},
		{"no envelope", `{"topic":"orders/create","address":"https://receiver.example.test/1"}`, 400, `{"errors":{"webhook":"Required parameter missing or invalid"}}`},
		{"no scope needed", strings.Replace(good, "orders/create", "app/uninstalled", 1), 201, `"topic":"app/uninstalled"`},
	} {
		if status, body := post(c.sent); status != c.status || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %s", c.what, status, body)
		}
	}
	if _, refused := post(strings.Replace(good, "orders/create", "customers/create", 1)); !strings.Contains(refused, "allowed: orders/create, orders/updated") ||
		strings.Contains(refused, "products/create") || !strings.Contains(refused, "app/uninstalled") {
		t.Errorf("the topics allowed are those of the scopes: %s", refused)
	}
	post(strings.Replace(good, "/1", "/2", 1))
	list, _ := shopGet(t, a, "/webhooks.json?topic=orders/create&address=https://receiver.example.test/2")
	if ids := texts([]byte(list), "webhooks.id"); len(ids) != 1 || len(a.Registrations()) != 3 {
		t.Errorf("filtered: %v of %d", ids, len(a.Registrations()))
	}
	id, _ := text(hook, "webhook.id")
	if res := shopCall(a, "DELETE", "/webhooks/"+id+".json", ""); res.StatusCode != 200 || read(t, res) != "{}" {
		t.Errorf("deleting: %d", res.StatusCode)
	}
	if res := shopCall(a, "GET", "/webhooks/"+id+".json", ""); res.StatusCode != 404 {
		t.Errorf("the deleted one: %d", res.StatusCode)
	}
	if status, _ := post(good); status != 201 {
		t.Errorf("registering it again: %d", status)
	}
}

func TestShopifyDeliveryHeaders(t *testing.T) {
	a := shopAccount(t, nil)
	shopHook(t, a, "orders/updated", "orders/cancelled")
	if _, err := a.Update("orders", "6104944471909", map[string]any{"cancelled_at": "2026-11-20T10:00:00+01:00", "cancel_reason": "fraud"}); err != nil {
		t.Fatal(err)
	}
	sent := a.Outbox()
	if topicsOf(sent) != "orders/cancelled orders/updated" {
		t.Fatalf("%s", topicsOf(sent))
	}
	for _, d := range sent {
		for name, want := range map[string]string{
			"X-Shopify-Topic": d.Topic, "X-Shopify-Shop-Domain": "syncspec-example.myshopify.com", "X-Shopify-Api-Version": "2026-07",
			"X-Shopify-Webhook-Id": d.ID, "X-Shopify-Triggered-At": a.Now().Format("2006-01-02T15:04:05Z"), "Content-Type": "application/json",
		} {
			if got := d.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", d.Topic, name, got, want)
			}
		}
		if len(d.ID) != 36 || d.Header.Get("X-Shopify-Hmac-Sha256") == "" {
			t.Errorf("%s: %v", d.Topic, d.Header)
		}
	}
	if one, two := sent[0].Header, sent[1].Header; one.Get("X-Shopify-Event-Id") != two.Get("X-Shopify-Event-Id") ||
		one.Get("X-Shopify-Webhook-Id") == two.Get("X-Shopify-Webhook-Id") {
		t.Error("the deliveries of one change share the event's id, and nothing else")
	}
	if _, err := a.Update("orders", "6104944471909", map[string]any{"note": "again"}); err != nil {
		t.Fatal(err)
	}
	if next := a.Outbox(); next[0].Header.Get("X-Shopify-Event-Id") == sent[0].Header.Get("X-Shopify-Event-Id") {
		t.Error("two changes share the event's id")
	}
}

// TestShopifyRetries: a delivery is made again as it was, eight times; then its webhook is gone.
func TestShopifyRetries(t *testing.T) {
	a := shopAccount(t, nil)
	shopHook(t, a, "products/update", "products/delete")
	if _, err := a.Update("products", "8301204419983", map[string]any{"vendor": "Mühle & Söhne"}); err != nil {
		t.Fatal(err)
	}
	first := a.Outbox()[0]
	for d, n := first, 1; ; n++ {
		again := a.Failed(d)
		if gone := len(a.Registrations()) == 1; gone != (n >= 8) {
			t.Fatalf("after %d failures there are %v", n, a.Registrations())
		}
		if !again {
			if n != 9 {
				t.Errorf("given up after %d attempts", n)
			}
			break
		}
		out := a.Outbox()
		if d = out[0]; string(d.Body) != string(first.Body) || d.ID != first.ID || d.Attempt != n+1 {
			t.Fatalf("attempt %d is another delivery", n+1)
		}
	}
}

func TestShopifyNotices(t *testing.T) {
	a := shopAccount(t, nil)
	shopHook(t, a, "app/uninstalled", "orders/create")
	for topic, path := range map[string]string{
		"app/uninstalled": "myshopify_domain", "customers/data_request": "shop_domain", "customers/redact": "shop_domain", "shop/redact": "shop_domain",
	} {
		sent, err := a.Notice(topic)
		if err != nil || len(sent) != 1 || sent[0].Header.Get("X-Shopify-Topic") != topic {
			t.Fatalf("%s: %v %v", topic, sent, err)
		}
		if got, _ := text(sent[0].Body, path); got != "syncspec-example.myshopify.com" {
			t.Errorf("%s: %s is %q", topic, path, got)
		}
		if fmt.Sprint(sent[0].Object, sent[0].Key) != "" {
			t.Errorf("%s tells of %s %s", topic, sent[0].Object, sent[0].Key)
		}
	}
}
