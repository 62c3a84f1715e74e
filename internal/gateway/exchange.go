package gateway

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Exchange is one line of the traffic log: a request and what it was answered with. Credentials are never kept.
type Exchange struct {
	// Seq counts the requests of a gateway in the order of their arrival, over all routes.
	Seq   int64     `json:"seq"`
	At    time.Time `json:"at"`
	Phase string    `json:"phase,omitempty"`

	Method string `json:"method"`
	Path   string `json:"path"`
	// Query is as it was sent, without credentials.
	Query         string      `json:"query,omitempty"`
	RequestHeader http.Header `json:"request_header,omitempty"`
	// RequestBody is the beginning of the body; RequestBytes is the length of all of it.
	RequestBody  string `json:"request_body,omitempty"`
	RequestBytes int    `json:"request_bytes,omitempty"`

	// Status is 0 where the connection ended without an answer.
	Status        int `json:"status"`
	ResponseBytes int `json:"response_bytes"`
	// ResponseHeader are the few headers by which a client has to act, such as Retry-After.
	ResponseHeader http.Header `json:"response_header,omitempty"`
	// Took is the time from At until the last part of the answer was handed over to be sent: nobody can have had that
	// part earlier than At plus Took.
	Took time.Duration `json:"took"`
	// Interaction is the recorded interaction it was answered with, "cassette#index"; empty for a miss.
	Interaction string `json:"interaction,omitempty"`

	// Miss is set where the recording has no answer. PartialMiss is set too where that was to be expected.
	Miss        bool `json:"miss,omitempty"`
	PartialMiss bool `json:"partial_miss,omitempty"`
	// Why says why there was no recorded answer, Nearest what the recording has that is most like the request.
	Why     string   `json:"why,omitempty"`
	Nearest []string `json:"nearest,omitempty"`
	// Fault is the name of the fault that answered in the provider's place or spoiled the answer; empty where none did.
	Fault string `json:"fault,omitempty"`
	// Panic is what the handler panicked with, and where: an error of the harness's own.
	Panic string `json:"panic,omitempty"`
	// Aborted is set where the client went away before it had the whole answer.
	Aborted bool `json:"aborted,omitempty"`

	answered answered
}

// URL is the path with its query.
func (e Exchange) URL() string {
	if e.Query == "" {
		return e.Path
	}
	return e.Path + "?" + e.Query
}

// Bounds of what the log keeps, against a target that never stops asking.
const (
	maxLoggedBody      = 64 << 10
	maxLoggedExchanges = 100_000
)

// traffic is a log of exchanges.
type traffic struct {
	mu      sync.Mutex
	list    []*Exchange
	dropped int
}

// add keeps an exchange before its answer is sent: who has an answer finds it in the log.
func (t *traffic) add(e *Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.list) >= maxLoggedExchanges {
		t.dropped++
		return
	}
	t.list = append(t.list, e)
}

// change changes an exchange that may be in the log already.
func (t *traffic) change(set func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	set()
}

func (t *traffic) copy() []Exchange {
	t.mu.Lock()
	defer t.mu.Unlock()
	out := make([]Exchange, len(t.list))
	for i, e := range t.list {
		out[i] = *e
		out[i].RequestHeader = e.RequestHeader.Clone()
		out[i].ResponseHeader = e.ResponseHeader.Clone()
		out[i].Nearest = slices.Clone(e.Nearest)
	}
	slices.SortFunc(out, func(a, b Exchange) int { return int(a.Seq - b.Seq) })
	return out
}

func (t *traffic) droppedCount() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.dropped
}

// bounded is the beginning of a body as text that can be written anywhere.
func bounded(body []byte) string {
	if len(body) > maxLoggedBody {
		body = body[:maxLoggedBody]
	}
	return strings.ToValidUTF8(string(body), "\uFFFD")
}
