package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"strconv"
	"time"
)

// MissHeader marks an answer that is the gateway's own and not the provider's. Its values are below.
const MissHeader = "X-Syncspec-Miss"

// The values of MissHeader.
const (
	MissRequest    = "request"    // the recording has no such request
	MissPartial    = "partial"    // nor was it expected to
	MissCredential = "credential" // no route has this credential
	MissBody       = "body"       // the request's body was too large or cut off
)

// ServeHTTP answers a request from the route that its credential names.
func (g *Gateway) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	g.handling.RLock()
	defer g.handling.RUnlock()
	ex := &Exchange{
		Seq: g.seq.Add(1), At: time.Now(),
		Method: req.Method, Path: req.URL.Path, Query: redactQuery(g.auth, req.URL.RawQuery),
		RequestHeader: redactHeader(g.auth, req.Header),
	}
	credential := credentialOf(g.auth, req)
	route := g.route(credential)
	keep := &g.unrouted
	if route != nil {
		keep = &route.log
		ex.Phase = route.Phase()
	}

	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxRequestBody))
	ex.RequestBody, ex.RequestBytes = bounded(body), len(body)
	if err != nil {
		g.refuseBody(w, keep, ex, err)
		return
	}
	if route == nil {
		ex.Status, ex.Why = http.StatusUnauthorized, fmt.Sprintf("no route has the credential in %s", whereCredential(g.auth))
		if credential == "" {
			ex.Why = fmt.Sprintf("the request has no credential: none in %s", whereCredential(g.auth))
		}
		g.own(w, keep, ex, MissCredential)
		return
	}

	phase, found, missed := route.answer(req, string(body))
	ex.Phase = phase
	if missed != nil {
		ex.Status, ex.Miss, ex.PartialMiss = http.StatusNotFound, true, missed.partial
		ex.Why, ex.Nearest = missed.why, missed.nearest
		kind := MissRequest
		if missed.partial {
			kind = MissPartial
		}
		g.own(w, keep, ex, kind)
		return
	}
	ex.Status, ex.Interaction = found.Status, found.Ref()
	g.rewrite.headers(w.Header(), found.Header, client{origin: g.origin(req), query: req.URL.RawQuery})
	g.send(w, req, keep, ex, found.Body)
}

// origin is the address under which the client reached the gateway; from inside a container that is not URL.
func (g *Gateway) origin(req *http.Request) string {
	if req.Host == "" {
		return g.URL()
	}
	return "http://" + req.Host
}

// refuseBody answers a request whose body is too large or did not arrive whole.
func (g *Gateway) refuseBody(w http.ResponseWriter, keep *traffic, ex *Exchange, err error) {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		ex.Status, ex.Why = http.StatusRequestEntityTooLarge, fmt.Sprintf("the request's body is larger than %d bytes", tooLarge.Limit)
	} else {
		ex.Status, ex.Why, ex.Aborted = http.StatusBadRequest, "the request's body did not arrive whole: "+err.Error(), true
	}
	g.own(w, keep, ex, MissBody)
}

// ownAnswer is the body of an answer that is the gateway's own.
type ownAnswer struct {
	Error   string   `json:"error"`
	Miss    string   `json:"miss"`
	Request string   `json:"request"`
	Phase   string   `json:"phase,omitempty"`
	Nearest []string `json:"nearest,omitempty"`
}

// own sends an answer that is the gateway's own and says so.
func (g *Gateway) own(w http.ResponseWriter, keep *traffic, ex *Exchange, kind string) {
	body, err := json.Marshal(ownAnswer{
		Error: "syncspec gateway: " + ex.Why, Miss: kind, Request: ex.Method + " " + ex.URL(), Phase: ex.Phase, Nearest: ex.Nearest,
	})
	if err != nil {
		body = []byte(`{"error":"syncspec gateway"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set(MissHeader, kind)
	g.send(w, nil, keep, ex, body)
}

// send logs the exchange and writes status and body. req is nil for an answer of the gateway's own.
func (g *Gateway) send(w http.ResponseWriter, req *http.Request, keep *traffic, ex *Exchange, body []byte) {
	ex.ResponseBytes = len(body)
	keep.add(ex)
	if ex.Method == http.MethodHead {
		w.WriteHeader(ex.Status)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(ex.Status)
	if len(body) == 0 {
		return
	}
	n, err := w.Write(body)
	if err == nil && req != nil {
		err = req.Context().Err()
	}
	if err != nil {
		keep.abort(ex, n)
	}
}

// discardLog takes what net/http says of broken connections: a target under test breaks many, and the traffic log
// has them.
func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }
