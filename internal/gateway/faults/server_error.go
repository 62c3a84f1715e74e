package faults

import (
	"cmp"
	"net/http"
)

// ServerError answers that the provider itself is at fault. What was asked is not done.
type ServerError struct {
	Aim
	// Status is 500 unless another is given.
	Status int
	// Wait is sent as Retry-After where it is not empty, as providers do with 503.
	Wait string
	// Body is the provider's own, JSON.
	Body string
}

// Name is server-error.
func (*ServerError) Name() string { return "server-error" }

// Wrap puts the error in front of a handler.
func (f *ServerError) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.strikes(f.Name(), r) {
			next.ServeHTTP(w, r)
			return
		}
		if f.Wait != "" {
			w.Header().Set("Retry-After", f.Wait)
		}
		refuse(w, cmp.Or(f.Status, http.StatusInternalServerError), f.Body)
	})
}
