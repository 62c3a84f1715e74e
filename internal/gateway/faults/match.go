package faults

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Matcher tells whether a fault is meant for a request. A fault asks it about each request once, and not at all when
// the fault is over.
type Matcher func(*http.Request) bool

// Method matches requests of one of the methods.
func Method(methods ...string) Matcher {
	return func(r *http.Request) bool { return slices.Contains(methods, r.Method) }
}

// Path matches requests for a path with {placeholders}, the base path included.
func Path(template string) Matcher {
	re := manifest.MatchPath(template)
	return func(r *http.Request) bool { return re.MatchString(r.URL.Path) }
}

// Param matches requests whose query has the parameter, whatever its value.
func Param(name string) Matcher {
	return func(r *http.Request) bool { return r.URL.Query().Has(name) }
}

// Header matches requests whose header has this value.
func Header(name, value string) Matcher {
	return func(r *http.Request) bool { return r.Header.Get(name) == value }
}

// All matches what every one of the matchers matches. They are asked in turn until one says no, so that Nth at the end
// counts what all the others let through.
func All(matchers ...Matcher) Matcher {
	return func(r *http.Request) bool {
		for _, m := range matchers {
			if !m(r) {
				return false
			}
		}
		return true
	}
}

// Nth matches the nth request that it is asked about, counted from 1.
func Nth(n int) Matcher {
	var asked atomic.Int64
	return func(*http.Request) bool { return asked.Add(1) == int64(n) }
}

// From matches the nth request that it is asked about and all after it.
func From(n int) Matcher {
	var asked atomic.Int64
	return func(*http.Request) bool { return asked.Add(1) >= int64(n) }
}

// Same matches the first request that it is asked about, and that one again: so a fault can strike the tries of one request
// in a row, whatever else the client asks for in between.
func Same() Matcher {
	var mu sync.Mutex
	var first string
	return func(r *http.Request) bool {
		this := r.Method + " " + r.URL.Path + "?" + r.URL.Query().Encode()
		mu.Lock()
		defer mu.Unlock()
		if first == "" {
			first = this
		}
		return this == first
	}
}
