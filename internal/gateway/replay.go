package gateway

import (
	"errors"
	"fmt"
	"net/http"
)

var errNoPhase = errors.New("no phase has been entered, so no cassette is served yet")

// miss is why a request has no recorded answer.
type miss struct {
	why     string
	nearest []string
	partial bool
}

// replay answers a request as it was answered when it was recorded.
func (r *Route) replay(w http.ResponseWriter, req *http.Request, ex *Exchange, body string) {
	found, missed := r.recorded(req, body)
	if missed != nil {
		ex.Miss, ex.PartialMiss, ex.Why, ex.Nearest = true, missed.partial, missed.why, missed.nearest
		kind := MissRequest
		if missed.partial {
			kind = MissPartial
		}
		own(w, ex, http.StatusNotFound, kind)
		return
	}
	ex.Interaction = found.Ref()
	r.gateway.rewrite.headers(w.Header(), found.Header, client{origin: r.gateway.origin(req), query: req.URL.RawQuery})
	send(w, req.Method, found.Status, found.Body)
}

// recorded finds the recorded interaction for a request and moves the route on.
func (r *Route) recorded(req *http.Request, body string) (*entry, *miss) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at == nil {
		return nil, &miss{why: errNoPhase.Error()}
	}
	query := r.gateway.rules.canonicalQuery(req.URL.RawQuery)
	candidates := r.at.ix.candidates(req.Method, req.URL.Path, query, req.Header.Get("Content-Type"), body)
	why := fmt.Sprintf("phase %s has no such request", r.phase)
	if len(candidates) > 0 {
		found, missing := r.at.take(candidates)
		if found != nil {
			return found, nil
		}
		why = fmt.Sprintf("it was recorded (%s) after a write that has not been made yet: %s %s",
			candidates[0].Ref(), missing.Ref(), requestLine(missing))
		if missing.fields != "" {
			why += " " + missing.fields
		}
	}
	if r.gateway.isPartial(req) {
		return nil, &miss{why: why, partial: true} // expected, so nobody looks for what was meant
	}
	return nil, &miss{why: why, nearest: r.at.ix.nearest(req.Method, req.URL.Path, query)}
}
