// Package dialect says how providers differ, in small orthogonal primitives: how a delivery is signed, which headers it
// has. It writes what goes over the wire; reading it back is the target's own business.
package dialect

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Delivery is one webhook delivery before it is written to the wire.
type Delivery struct {
	// Topic is empty for a ping.
	Topic string
	// ID is the provider's delivery id, Timestamp the provider's text for the time, where they are signed.
	ID, Timestamp string
	// URL is where it is sent, AccountURL the account it comes from.
	URL, AccountURL string
	Body            []byte
}

// Headers returns the headers of a delivery as the provider writes them, its signature included.
func Headers(w manifest.Webhooks, secret string, d Delivery) (http.Header, error) {
	h := make(http.Header)
	resource, event, _ := strings.Cut(d.Topic, ".")
	if r, e, ok := strings.Cut(d.Topic, "/"); ok {
		resource, event = r, e
	}
	_, host, _ := strings.Cut(d.AccountURL, "://")
	fill := strings.NewReplacer("{topic}", d.Topic, "{resource}", resource, "{event}", event, "{account_url}", d.AccountURL,
		"{account_host}", host, "{delivery_id}", d.ID, "{time}", d.Timestamp)
	for name, value := range w.Headers {
		h.Set(name, fill.Replace(value))
	}
	h.Set(w.TopicHeader, d.Topic)
	if w.DeliveryIDHeader != "" && d.ID != "" {
		h.Set(w.DeliveryIDHeader, d.ID)
	}
	sig, err := Sign(w.Signature, secret, d)
	if err != nil {
		return nil, err
	}
	h.Set(w.Signature.Header, sig)
	return h, nil
}

// Sign computes a delivery's signature.
func Sign(s manifest.Signature, secret string, d Delivery) (string, error) {
	if s.Kind != "hmac_sha256" {
		return "", fmt.Errorf("signature kind %q is not known; known is hmac_sha256", s.Kind)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	for _, part := range s.Signs {
		switch part {
		case "body":
			mac.Write(d.Body)
		case "timestamp":
			mac.Write([]byte(d.Timestamp))
		case "url":
			mac.Write([]byte(d.URL))
		case "delivery_id":
			mac.Write([]byte(d.ID))
		default:
			return "", fmt.Errorf("signed part %q is not known; known are body, timestamp, url, delivery_id", part)
		}
	}
	switch s.Encoding {
	case "base64":
		return base64.StdEncoding.EncodeToString(mac.Sum(nil)), nil
	case "hex":
		return hex.EncodeToString(mac.Sum(nil)), nil
	}
	return "", fmt.Errorf("signature encoding %q is not known; known are base64 and hex", s.Encoding)
}
