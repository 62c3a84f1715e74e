package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/gateway/faults"
)

// MissHeader marks an answer that is the gateway's own and not the provider's. Its values are below.
const MissHeader = "X-Syncspec-Miss"

// The values of MissHeader.
const (
	MissRequest    = "request"    // the recording has no such request
	MissPartial    = "partial"    // nor was it expected to
	MissCredential = "credential" // no route has this credential
	MissBody       = "body"       // the request's body was too large or cut off
	MissPanic      = "panic"      // what answers in the provider's place broke down
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
	a := &answer{ResponseWriter: w, req: req, gateway: g, keep: &g.unrouted, ex: ex}
	defer a.end()

	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxRequestBody))
	ex.RequestBody, ex.RequestBytes = bounded(body), len(body)
	if g.oauth.is(req.URL.Path) {
		g.oauth.redact(ex, req.Header.Get("Content-Type"), body)
	}
	route, why := g.find(req, body)
	if route != nil {
		a.keep, ex.Phase = &route.log, route.Phase()
	}
	switch {
	case err != nil:
		a.refuseBody(err)
		return
	case route == nil:
		ex.Why = why
		a.own(http.StatusUnauthorized, MissCredential)
		return
	}
	req.Body = io.NopCloser(bytes.NewReader(body))
	phase, handler := route.handler(a, string(body))
	ex.Phase = phase
	handler.ServeHTTP(a, faults.Watch(req, a.struck))
}

// origin is the address under which the client reached the gateway; from inside a container that is not URL. What came
// to the proxy came for the provider, whose links are of https whatever the client used.
func (g *Gateway) origin(req *http.Request) string {
	switch {
	case req.Host == "":
		return g.URL()
	case req.TLS != nil, req.URL.IsAbs():
		return "https://" + strings.TrimSuffix(req.Host, ":443")
	}
	return "http://" + req.Host
}

// refuseBody answers a request whose body is too large or did not arrive whole.
func (a *answer) refuseBody(err error) {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		a.ex.Why = fmt.Sprintf("the request's body is larger than %d bytes", tooLarge.Limit)
		a.own(http.StatusRequestEntityTooLarge, MissBody)
		return
	}
	a.ex.Why, a.ex.Aborted = "the request's body did not arrive whole: "+err.Error(), true
	a.own(http.StatusBadRequest, MissBody)
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
func (a *answer) own(status int, kind string) { own(a, a.ex, status, kind) }

func own(w http.ResponseWriter, ex *Exchange, status int, kind string) {
	body, err := json.Marshal(ownAnswer{
		Error: "syncspec gateway: " + ex.Why, Miss: kind, Request: ex.Method + " " + ex.URL(), Phase: ex.Phase, Nearest: ex.Nearest,
	})
	if err != nil {
		body = []byte(`{"error":"syncspec gateway"}`)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set(MissHeader, kind)
	send(w, ex.Method, status, body)
}

// send writes a whole answer.
func send(w http.ResponseWriter, method string, status int, body []byte) {
	if method == http.MethodHead {
		w.WriteHeader(status)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	if len(body) > 0 {
		_, _ = w.Write(body) // the log notes a client that went away
	}
}

// discardLog takes what net/http says of broken connections: a target under test breaks many, and the traffic log
// has them.
func discardLog() *log.Logger { return log.New(io.Discard, "", 0) }
