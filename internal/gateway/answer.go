package gateway

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"time"
)

// answer is what a request is answered with, on its way out. It enters the exchange into the log before the first byte
// is sent, so that who has an answer finds it there, and keeps the entry true from then on. It holds nothing back.
type answer struct {
	http.ResponseWriter
	req     *http.Request
	gateway *Gateway
	keep    *traffic
	ex      *Exchange
	// logged, began and taken are set once the exchange is in the log, the answer has begun, and a fault has taken the
	// connection for itself.
	logged, began, taken bool
}

func (a *answer) log() {
	if !a.logged {
		a.logged = true
		a.keep.add(a.ex)
	}
}

// WriteHeader begins the answer.
func (a *answer) WriteHeader(status int) {
	if a.began {
		return
	}
	if status >= 100 && status < 200 {
		a.ResponseWriter.WriteHeader(status) // tells of an answer to come
		return
	}
	a.began = true
	picked := a.gateway.pick(a.Header())
	kept := a.keepHeader(picked)
	a.keep.change(func() {
		a.ex.Status, a.ex.Took = status, time.Since(a.ex.At)
		a.ex.ResponseHeader, a.ex.answered = picked, kept
	})
	a.log()
	a.ResponseWriter.WriteHeader(status)
}

// Write sends a part of the body.
func (a *answer) Write(p []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	kept, err := a.gateway.bodies.once(a.ex.answered.room(p)) // no other goroutine changes what room looks at
	a.keep.change(func() {
		a.ex.ResponseBytes += len(p)
		a.ex.answered.add(kept, err)
		a.ex.Took = time.Since(a.ex.At)
	})
	n, err := a.ResponseWriter.Write(p)
	if err != nil {
		a.keep.change(func() {
			a.ex.ResponseBytes -= len(p) - n
			a.ex.Aborted = !errors.Is(err, http.ErrBodyNotAllowed)
		})
	}
	return n, err
}

// Flush sends what was written so far.
func (a *answer) Flush() {
	a.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(a.ResponseWriter).Flush()
}

// Hijack gives the connection away; there will be no answer.
func (a *answer) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	a.taken = true
	a.log()
	return http.NewResponseController(a.ResponseWriter).Hijack()
}

// struck notes the first fault that struck the request.
func (a *answer) struck(name string) {
	a.keep.change(func() {
		if a.ex.Fault == "" {
			a.ex.Fault = name
		}
	})
}

// maxStack is how much of a panic's stack the log keeps.
const maxStack = 4 << 10

// end closes the exchange. A handler that panicked is an error of the harness's own: it is answered 500 and noted, and
// the harness goes on. It must be deferred itself, for it recovers.
func (a *answer) end() {
	cause := recover()
	if a.req.Context().Err() != nil && !a.taken {
		a.keep.change(func() { a.ex.Aborted = true })
	}
	switch {
	case cause == nil && !a.taken:
		a.WriteHeader(http.StatusOK) // as net/http does for a handler that wrote nothing
	case cause == nil:
	case cause == http.ErrAbortHandler:
		a.log()
		panic(cause) // net/http's way to break a connection off
	default:
		a.keep.change(func() {
			stack := debug.Stack()
			a.ex.Panic = fmt.Sprintf("%v\n%s", cause, stack[:min(len(stack), maxStack)])
			a.ex.Why = fmt.Sprintf("what answers in the provider's place panicked: %v", cause)
		})
		a.log()
		if a.began || a.taken {
			panic(http.ErrAbortHandler) // what was sent is no whole answer
		}
		clear(a.Header())
		a.own(http.StatusInternalServerError, MissPanic)
	}
}

// pick copies the headers that the log keeps; nil if there is none. Some providers repeat credentials in their links.
func (g *Gateway) pick(h http.Header) http.Header {
	var out http.Header
	for _, name := range g.keptHeaders {
		for _, value := range h.Values(name) {
			if out == nil {
				out = http.Header{}
			}
			if name == "Link" {
				value = eachAddress(value, g.withoutCredentials)
			}
			out.Add(name, value)
		}
	}
	return out
}
