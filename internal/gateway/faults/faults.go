// Package faults are what goes wrong between a client and a provider: limits, errors, answers that break off. Each is a
// file of its own, wraps whatever answers, and says which requests it strikes and how many of them.
package faults

import (
	"context"
	"net/http"
	"sync"
)

// Fault spoils some of the answers of a handler.
type Fault interface {
	// Name is the fault's kind, e.g. "rate-limit".
	Name() string
	// Wrap puts the fault in front of a handler. What it remembers is the fault's, not the wrapper's: it may wrap anew
	// for each request.
	Wrap(next http.Handler) http.Handler
	// Struck counts the requests it has struck.
	Struck() int
}

// Aim says which requests a fault strikes and counts them. Every fault has one.
type Aim struct {
	// At tells whether a request is one to strike; nil strikes any.
	At Matcher
	// Times is how many requests are struck before the fault is over; 0 is all of them.
	Times int

	mu     sync.Mutex
	struck int
}

// Struck counts the requests that were struck.
func (a *Aim) Struck() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.struck
}

// strikes tells whether this request is struck, and tells who watches it.
func (a *Aim) strikes(name string, r *http.Request) bool {
	a.mu.Lock()
	hit := (a.Times == 0 || a.struck < a.Times) && (a.At == nil || a.At(r))
	if hit {
		a.struck++
	}
	a.mu.Unlock()
	if watcher, ok := r.Context().Value(watching{}).(func(string)); hit && ok {
		watcher(name)
	}
	return hit
}

// watching is the context's key of who watches a request.
type watching struct{}

// Watch returns the request for a handler with faults in front: struck is called with the name of each fault that
// strikes it, before anything is answered.
func Watch(r *http.Request, struck func(name string)) *http.Request {
	return r.WithContext(context.WithValue(r.Context(), watching{}, struck))
}
