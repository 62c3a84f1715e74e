package faults

import "net/http"

// RevokeToken answers that the credential is no longer good. With Header in its Aim it is one token that was revoked,
// and a client that gets another may go on.
type RevokeToken struct {
	Aim
	// Body is the provider's own, JSON.
	Body string
}

// Name is revoked-token.
func (*RevokeToken) Name() string { return "revoked-token" }

// Wrap puts the refusal in front of a handler.
func (f *RevokeToken) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.strikes(f.Name(), r) {
			next.ServeHTTP(w, r)
			return
		}
		refuse(w, http.StatusUnauthorized, f.Body)
	})
}
