package faults

import (
	"cmp"
	"net/http"
)

// RateLimit answers that there were too many requests, and when to come back.
type RateLimit struct {
	Aim
	// Status is 429 unless the provider has another.
	Status int
	// Header carries Wait, the provider's text for how long to wait, such as "2.0"; Retry-After unless named. Without a
	// Wait the client has to find a pause of its own.
	Header, Wait string
	// Body is the provider's own, JSON.
	Body string
}

// Name is rate-limit.
func (*RateLimit) Name() string { return "rate-limit" }

// Wrap puts the limit in front of a handler.
func (f *RateLimit) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.strikes(f.Name(), r) {
			next.ServeHTTP(w, r)
			return
		}
		if f.Wait != "" {
			w.Header().Set(cmp.Or(f.Header, "Retry-After"), f.Wait)
		}
		refuse(w, cmp.Or(f.Status, http.StatusTooManyRequests), f.Body)
	})
}

// refuse answers instead of the provider, as the provider does.
func refuse(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body)) // a client that is gone is no concern of a fault's
}
