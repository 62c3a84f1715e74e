package faults

import (
	"net/http"
	"strconv"
)

// CutBody breaks the connection off in the middle of the answer, whose length was announced.
type CutBody struct {
	Aim
	// After is how many bytes of the body arrive; 0 is half of them.
	After int
}

// Name is cut-body.
func (*CutBody) Name() string { return "cut-body" }

// Wrap puts the cut in front of a handler.
func (f *CutBody) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !f.strikes(f.Name(), r) {
			next.ServeHTTP(w, r)
			return
		}
		answer := hold(next, r)
		if answer.size() == 0 {
			panic(http.ErrAbortHandler) // there is nothing to cut but the answer as a whole
		}
		kept := f.After
		if kept == 0 || kept >= answer.size() {
			kept = answer.size() / 2
		}
		answer.header.Set("Content-Length", strconv.Itoa(answer.size()))
		answer.head(w)
		_, _ = w.Write(answer.body.Bytes()[:min(kept, answer.body.Len())])
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler) // the way in which net/http breaks a connection off
	})
}
