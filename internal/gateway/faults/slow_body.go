package faults

import (
	"net/http"
	"time"
)

// SlowBody sends the answer whole, a piece at a time.
type SlowBody struct {
	Aim
	// Pieces is how many pieces the body comes in, and Pause what lies before each.
	Pieces int
	Pause  time.Duration
}

// Name is slow-body.
func (*SlowBody) Name() string { return "slow-body" }

// Wrap slows a handler down.
func (f *SlowBody) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.strikes(f.Name(), r) {
			next.ServeHTTP(w, r)
			return
		}
		answer := hold(next, r)
		if answer.over > 0 {
			panic("slow-body: the answer is too large to hold back; aim the fault at a smaller one")
		}
		answer.head(w)
		body := answer.body.Bytes()
		timer := time.NewTicker(max(f.Pause, time.Nanosecond))
		defer timer.Stop()
		for left := max(f.Pieces, 1); left > 0; left-- {
			_ = http.NewResponseController(w).Flush()
			select {
			case <-timer.C:
			case <-r.Context().Done():
				return
			}
			piece := len(body) / left
			if _, err := w.Write(body[:piece]); err != nil {
				return
			}
			body = body[piece:]
		}
	})
}
