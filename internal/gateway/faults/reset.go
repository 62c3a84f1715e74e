package faults

import (
	"net"
	"net/http"
)

// Reset breaks the connection without an answer. What was asked is not done.
type Reset struct{ Aim }

// Name is reset.
func (*Reset) Name() string { return "reset" }

// Wrap puts the reset in front of a handler.
func (f *Reset) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.strikes(f.Name(), r) {
			next.ServeHTTP(w, r)
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(http.ErrAbortHandler) // HTTP/2 has no connection to take; it resets the stream for this
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // makes closing send RST, not FIN
		}
		_ = conn.Close()
	})
}
