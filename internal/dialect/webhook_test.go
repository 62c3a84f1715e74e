package dialect_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/dialect"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/recording"
)

// TestRecordedSignatures writes the headers of every recorded delivery anew and wants the provider's own signature.
func TestRecordedSignatures(t *testing.T) {
	m, err := manifest.Load("../../specs/woocommerce.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rec, err := recording.Load("../../cassettes/woocommerce")
	if err != nil {
		t.Fatal(err)
	}
	deliveries, err := rec.Deliveries()
	if err != nil {
		t.Fatal(err)
	}
	signed := 0
	for _, d := range deliveries {
		if d.Topic == "" {
			continue
		}
		signed++
		recorded := http.Header{}
		for _, pair := range d.Header {
			recorded.Add(pair[0], pair[1])
		}
		ours, err := dialect.Headers(m.Webhooks, d.Secret, dialect.Delivery{
			Topic: d.Topic, ID: recorded.Get(m.Webhooks.DeliveryIDHeader), AccountURL: "https://store.example.test", Body: d.Body,
		})
		if err != nil {
			t.Fatal(err)
		}
		for name := range ours {
			if ours.Get(name) != recorded.Get(name) {
				t.Errorf("%s: %s is %q, the provider wrote %q", d.File, name, ours.Get(name), recorded.Get(name))
			}
		}
	}
	if signed != 75 {
		t.Errorf("%d signed deliveries, the recording has 75", signed)
	}
}

func TestSign(t *testing.T) {
	d := dialect.Delivery{Body: []byte("what do ya want for nothing?"), URL: "u", ID: "i", Timestamp: "t"}
	for _, c := range []struct {
		name string
		sig  manifest.Signature
		want string // the vector of RFC 4231, test case 2, and combinations checked with openssl dgst -sha256 -hmac
	}{
		{"body, hex", manifest.Signature{Kind: "hmac_sha256", Encoding: "hex", Signs: []string{"body"}},
			"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
		{"body, base64", manifest.Signature{Kind: "hmac_sha256", Encoding: "base64", Signs: []string{"body"}},
			"W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="},
	} {
		if got, err := dialect.Sign(c.sig, "Jefe", d); err != nil || got != c.want {
			t.Errorf("%s: %s, %v, want %s", c.name, got, err, c.want)
		}
	}
	for _, c := range []struct {
		sig  manifest.Signature
		says string
	}{
		{manifest.Signature{Kind: "md5"}, `kind "md5"`},
		{manifest.Signature{Kind: "hmac_sha256", Signs: []string{"weather"}}, `part "weather"`},
		{manifest.Signature{Kind: "hmac_sha256", Encoding: "base32"}, `encoding "base32"`},
	} {
		if _, err := dialect.Sign(c.sig, "Jefe", d); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %v, want an error with %s", c.sig, err, c.says)
		}
	}
}

func TestEveryPartChangesTheSignature(t *testing.T) {
	sig := manifest.Signature{Kind: "hmac_sha256", Encoding: "hex", Signs: []string{"timestamp", "delivery_id", "url", "body"}}
	base := dialect.Delivery{Timestamp: "1", ID: "2", URL: "3", Body: []byte("4")}
	want, err := dialect.Sign(sig, "s", base)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*dialect.Delivery){
		"timestamp": func(d *dialect.Delivery) { d.Timestamp = "x" },
		"id":        func(d *dialect.Delivery) { d.ID = "x" },
		"url":       func(d *dialect.Delivery) { d.URL = "x" },
		"body":      func(d *dialect.Delivery) { d.Body = []byte("x") },
	} {
		d := base
		change(&d)
		if got, err := dialect.Sign(sig, "s", d); err != nil || got == want {
			t.Errorf("another %s has the same signature (%v)", name, err)
		}
	}
}

func TestPlaceholders(t *testing.T) {
	w := manifest.Webhooks{
		Signature:   manifest.Signature{Kind: "hmac_sha256", Header: "Sig", Encoding: "hex", Signs: []string{"body"}},
		TopicHeader: "Topic",
		Headers: map[string]string{
			"A": "{topic} {resource} {event}", "B": "{account_url}/", "C": "{account_host}", "D": "event-{delivery_id}", "E": "{time}",
		},
	}
	h, err := dialect.Headers(w, "s", dialect.Delivery{
		Topic: "orders/create", ID: "17", Timestamp: "2026-01-02T03:04:05Z", AccountURL: "https://one.example.test:8443",
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"A": "orders/create orders create", "B": "https://one.example.test:8443/", "C": "one.example.test:8443", "D": "event-17",
		"E": "2026-01-02T03:04:05Z",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
