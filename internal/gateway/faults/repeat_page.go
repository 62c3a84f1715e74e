package faults

import (
	"net/http"
	"sync"
)

// RepeatPage answers a request with the page that was given before it, as a provider does whose cursor stood still. It
// is over after Times, and the next request gets what it asks for. A client that numbers its pages itself has lost one
// then; one that follows the page's own link has only read one twice.
type RepeatPage struct {
	Aim
	// Of says which requests are for pages of the list; At chooses among them, the first is never struck.
	Of Matcher

	mu   sync.Mutex
	last *held
}

// Name is repeated-page.
func (*RepeatPage) Name() string { return "repeated-page" }

// Wrap puts the repetition in front of a handler.
func (f *RepeatPage) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.Of != nil && !f.Of(r) {
			next.ServeHTTP(w, r)
			return
		}
		f.mu.Lock()
		last := f.last
		f.mu.Unlock()
		if last == nil || !f.strikes(f.Name(), r) {
			last = hold(next, r)
			if last.over > 0 {
				panic("repeated-page: the page is too large to keep; aim the fault at a smaller one")
			}
			f.mu.Lock()
			f.last = last
			f.mu.Unlock()
		}
		last.head(w)
		_, _ = w.Write(last.body.Bytes())
	})
}
