package gateway

import (
	"errors"
	"fmt"
	"net/http"
	"sync"

	"github.com/syncspec/syncspec/internal/recording"
)

// Route is one account at the gateway: its own phase, its own place in every sequence, its own traffic log.
type Route struct {
	gateway *Gateway
	log     traffic

	mu    sync.Mutex
	phase string
	at    *position
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
	ix, err := r.gateway.indexOf(what, load)
	if err != nil {
		return fmt.Errorf("serving %s: %w", what, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.phase, r.at = phase, newPosition(ix)
	r.past[phase] = append(r.past[phase], r.at)
	return nil
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

var errNoPhase = errors.New("no phase has been entered, so no cassette is served yet")

// miss is why a request has no recorded answer.
type miss struct {
	why     string
	nearest []string
	partial bool
}

// answer finds the recorded interaction for a request and moves the route on.
func (r *Route) answer(req *http.Request, body string) (phase string, found *entry, m *miss) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == nil {
		return "", nil, &miss{why: errNoPhase.Error()}
	}
	rules := r.gateway.rules
	query := rules.canonicalQuery(req.URL.RawQuery)
	candidates := r.at.ix.candidates(req.Method, req.URL.Path, query, req.Header.Get("Content-Type"), body)
	why := fmt.Sprintf("phase %s has no such request", r.phase)
	if len(candidates) > 0 {
		found, missing := r.at.take(candidates)
		if found != nil {
			return r.phase, found, nil
		}
		why = fmt.Sprintf("it was recorded (%s) after a write that has not been made yet: %s %s",
			candidates[0].Ref(), missing.Ref(), requestLine(missing))
		if missing.fields != "" {
			why += " " + missing.fields
		}
	}
	if r.gateway.isPartial(req) {
		return r.phase, nil, &miss{why: why, partial: true} // expected, so nobody looks for what was meant
	}
	return r.phase, nil, &miss{why: why, nearest: r.at.ix.nearest(req.Method, req.URL.Path, query)}
}
