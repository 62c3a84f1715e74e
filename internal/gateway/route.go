package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"github.com/syncspec/syncspec/internal/gateway/faults"
	"github.com/syncspec/syncspec/internal/recording"
)

var errNoRecording = errors.New("the gateway was started without a recording; give it a handler to serve")

// Route is one account at the gateway: its own phase, its own place in every sequence, its own traffic log.
type Route struct {
	gateway *Gateway
	log     traffic
	// host is the provider's host that is the account's, guarded by the gateway; empty for none.
	host string

	mu    sync.Mutex
	phase string
	// Either a handler answers, or at is the place in the recording.
	served http.Handler
	at     *position
	faults []faults.Fault
	// past are the positions of phases entered before; what was asked for then counts for Unused.
	past map[string][]*position
}

func newRoute(g *Gateway) *Route {
	return &Route{gateway: g, past: map[string][]*position{}}
}

// Enter serves the cassettes of a phase from now on, and no others. Sequences start anew, also when the phase was
// served before.
func (r *Route) Enter(phase string) error {
	return r.enter(phase, "phase "+phase, func() ([]recording.Interaction, error) {
		return r.gateway.rec.Phase(phase)
	})
}

// EnterCassette is Enter for one cassette, which then is a phase of its own under the cassette's name.
func (r *Route) EnterCassette(name string) error {
	return r.enter(name, "cassette "+name, func() ([]recording.Interaction, error) {
		return r.gateway.rec.Cassette(name)
	})
}

func (r *Route) enter(phase, what string, load func() ([]recording.Interaction, error)) error {
	if r.gateway.rec == nil {
		return fmt.Errorf("serving %s: %w", what, errNoRecording)
	}
	ix, err := r.gateway.indexOf(what, load)
	if err != nil {
		return fmt.Errorf("serving %s: %w", what, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase, r.served, r.at = phase, nil, newPosition(ix)
	r.past[phase] = append(r.past[phase], r.at)
	return nil
}

// Serve answers the route's requests from a handler instead of from cassettes, from now on; phase names it in the log.
func (r *Route) Serve(phase string, h http.Handler) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase, r.served, r.at = phase, h, nil
}

// Break puts faults in front of what the route serves, the first outermost; none given lifts them. They stay until the
// next Break, also when another phase is entered.
func (r *Route) Break(f ...faults.Fault) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.faults = slices.Clone(f)
}

// Admit makes another credential the route's: a token that OAuth issued, or the client_id with which OAuth begins.
func (r *Route) Admit(credential string) error {
	if err := r.gateway.admit(credential, r); err != nil {
		return fmt.Errorf("admitting another credential to a route on the gateway: %w", err)
	}
	return nil
}

// handler is what answers a request now, faults in front, and the name of the phase.
func (r *Route) handler(a *answer, body string) (phase string, h http.Handler) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h = r.served
	if h == nil {
		h = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) { r.replay(w, req, a.ex, body) })
	}
	for _, f := range slices.Backward(r.faults) {
		h = f.Wrap(h)
	}
	return r.phase, h
}

// Phase is the phase being served; empty before the first.
func (r *Route) Phase() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.phase
}

// Log returns all exchanges so far in the order in which they came in.
func (r *Route) Log() []Exchange { return r.log.copy() }

// Dropped counts the exchanges that were too many for the log. Where it is not 0 the log does not tell what the target
// did, so nothing can be judged by it.
func (r *Route) Dropped() int { return r.log.droppedCount() }

// Misses returns the requests that the recording has no answer to, without those where that was to be expected.
func (r *Route) Misses() []Exchange {
	var out []Exchange
	for _, e := range r.log.copy() {
		if e.Miss && !e.PartialMiss {
			out = append(out, e)
		}
	}
	return out
}

// Panics returns the requests on which what answers in the provider's place broke down: the harness's own fault, by which
// no target may be judged.
func (r *Route) Panics() []Exchange {
	return slices.DeleteFunc(r.log.copy(), func(e Exchange) bool { return e.Panic == "" })
}

// Unused lists the phase's recorded interactions that this route was never asked for, as
// "cassette#index METHOD path?query".
func (r *Route) Unused(phase string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	entered := r.past[phase]
	if len(entered) == 0 {
		return nil
	}
	var out []string
	for _, e := range entered[0].ix.entries {
		used := false
		for _, p := range entered {
			used = used || p.used[e.number]
		}
		if !used {
			out = append(out, e.Ref()+" "+requestLine(e))
		}
	}
	return out
}
