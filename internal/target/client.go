// Package target drives a target through its verbs: connect, sync, register_webhooks, retry, stats, disconnect, and
// deliveries to its webhook endpoint. What comes back is a claim until it is observed elsewhere.
package target

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// maxAnswer bounds what is read of an answer, so that a target that floods cannot exhaust memory.
const maxAnswer = 8 << 20

// Client speaks the default protocol to one target.
type Client struct {
	base string
	http *http.Client
}

// NewClient returns a client for the target at base, e.g. http://127.0.0.1:8000. Every call is bounded by timeout.
func NewClient(base string, timeout time.Duration) *Client {
	return &Client{
		base: strings.TrimSuffix(base, "/"),
		http: &http.Client{
			Timeout: timeout,
			// The harness speaks to the target itself: a proxy from the environment has no place between them.
			Transport:     &http.Transport{Proxy: nil, MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// BaseURL is where the target is reached.
func (c *Client) BaseURL() string { return c.base }

// Error is a verb that did not work, with its cause as a stable slug.
type Error struct {
	// Verb is what was asked, Cause one of target-unreachable, target-timeout, target-refused, target-garbage, and for
	// the verb "start" target-not-started, target-exited, target-not-ready.
	Verb, Cause string
	Detail      string
	// Status is the target's HTTP status where it refused, else 0.
	Status int
	// Log is the end of the target's log where it is known; it is not part of the error's text.
	Log string
	err error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Verb, e.Detail) }
func (e *Error) Unwrap() error { return e.err }

// Remedy says what to do about it.
func (e *Error) Remedy() string {
	switch e.Cause {
	case "target-timeout":
		return "find in the target's log what " + e.Verb + " waits for; a verb must be answered in time, also where its work fails"
	case "target-refused":
		return "the answer says what the target objects to; its log may say more. Make " + e.Verb + " answer 2xx"
	case "target-garbage":
		return "let " + e.Verb + " answer with the JSON of the default protocol; a page of HTML there mostly comes from another server or an error handler"
	case "target-unreachable":
		return "let the target listen on the address that it is given, and answer every request; its log may say why it did not"
	case "target-not-started":
		return "check that the command's path exists and can be executed"
	}
	return "the target must start, stay up and answer GET /healthz with 200; the end of its log is with this result"
}

// Ready asks the target's health endpoint once.
func (c *Client) Ready(ctx context.Context) error {
	return c.call(ctx, "ready", http.MethodGet, "/healthz", nil, nil)
}

// Described is what a target says it can do.
type Described struct {
	Scopes    []string `json:"scopes"`
	Functions []string `json:"functions"`
	Topics    []string `json:"topics"`
}

// Describe asks what the target says of a source.
func (c *Client) Describe(ctx context.Context, source string) (Described, error) {
	var out struct {
		Sources map[string]Described `json:"sources"`
	}
	if err := c.call(ctx, "describe", http.MethodGet, "/conformance/v1/describe", nil, &out); err != nil {
		return Described{}, err
	}
	d, ok := out.Sources[source]
	if !ok {
		return d, &Error{Verb: "describe", Cause: "target-refused", Detail: fmt.Sprintf("the target does not know the source %q", source)}
	}
	return d, nil
}

// Stats is what a target says one sync function did.
type Stats struct {
	Fetched  int `json:"fetched"`
	Ingested int `json:"ingested"`
	Errors   int `json:"errors"`
	// Error is the first failure, Note why there was nothing to fetch, where the target says so.
	Error string `json:"error"`
	Note  string `json:"note"`
}

// Sync runs the given functions, or all, since start where it is not zero.
func (c *Client) Sync(ctx context.Context, integration string, functions []string, start time.Time) (map[string]Stats, error) {
	in := map[string]any{"integration_id": integration}
	if len(functions) > 0 {
		in["functions"] = functions
	}
	if !start.IsZero() {
		in["start_date"] = start.UTC().Format(time.RFC3339)
	}
	var out struct {
		Functions map[string]Stats `json:"functions"`
	}
	if err := c.call(ctx, "sync", http.MethodPost, "/conformance/v1/sync", in, &out); err != nil {
		return nil, err
	}
	if out.Functions == nil {
		return nil, &Error{Verb: "sync", Cause: "target-garbage", Detail: "the answer lacks functions"}
	}
	return out.Functions, nil
}

// Registered is what a target says of one registration.
type Registered struct {
	Topic  string `json:"topic"`
	Status string `json:"status"`
	Error  string `json:"error"`
}

// RegisterWebhooks makes the target register its webhooks with the source.
func (c *Client) RegisterWebhooks(ctx context.Context, integration string) ([]Registered, error) {
	var out struct {
		Registered []Registered `json:"registered"`
	}
	err := c.call(ctx, "register_webhooks", http.MethodPost, "/conformance/v1/register_webhooks",
		map[string]any{"integration_id": integration}, &out)
	return out.Registered, err
}

// Answer is how the target answered a delivery.
type Answer struct {
	Status  int
	Body    string
	Elapsed time.Duration
}

// Deliver posts one delivery to the target's webhook endpoint, as the source would.
func (c *Client) Deliver(ctx context.Context, url string, header http.Header, body []byte) (Answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return Answer{}, &Error{Verb: "webhook", Cause: "target-garbage", Detail: fmt.Sprintf("the webhook URL %q cannot be used: %v", url, err), err: err}
	}
	req.Header = header
	started := time.Now()
	res, err := c.http.Do(req)
	if err != nil {
		return Answer{}, c.failed("webhook", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if err != nil {
		return Answer{}, c.failed("webhook", err)
	}
	return Answer{Status: res.StatusCode, Body: string(text), Elapsed: time.Since(started)}, nil
}

func (c *Client) call(ctx context.Context, verb, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return fmt.Errorf("encoding the request of %s: %w", verb, err)
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return fmt.Errorf("making the request of %s: %w", verb, err)
	}
	if in != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return c.send(req, verb, out)
}

// send makes a request and reads the JSON of its answer.
func (c *Client) send(req *http.Request, verb string, out any) error {
	res, err := c.http.Do(req)
	if err != nil {
		return c.failed(verb, err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer+1))
	if err != nil {
		return c.failed(verb, err)
	}
	if len(data) > maxAnswer {
		return &Error{Verb: verb, Cause: "target-garbage", Detail: fmt.Sprintf("the answer is larger than %d MiB", maxAnswer>>20)}
	}
	if res.StatusCode/100 != 2 {
		return &Error{Verb: verb, Cause: "target-refused", Status: res.StatusCode,
			Detail: fmt.Sprintf("%s %s answered %d: %s", req.Method, req.URL.Path, res.StatusCode, excerpt(data))}
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(data, out); err != nil {
		return &Error{Verb: verb, Cause: "target-garbage", err: err,
			Detail: fmt.Sprintf("%s %s answered %d, but its body is not the JSON that was expected (%v): %s", req.Method, req.URL.Path, res.StatusCode, err, excerpt(data))}
	}
	return nil
}

func (c *Client) failed(verb string, err error) error {
	why := err
	var ue *url.Error
	if errors.As(err, &ue) {
		why = ue.Err // without the address: a callback's carries a code
	}
	e := &Error{Verb: verb, Cause: "target-unreachable", Detail: fmt.Sprintf("no answer from the target at %s: %v", c.base, why), err: err}
	var ne net.Error
	if errors.As(err, &ne) && ne.Timeout() {
		e.Cause = "target-timeout"
		e.Detail = fmt.Sprintf("the target did not answer within %s", c.http.Timeout)
	}
	return e
}

func excerpt(data []byte) string {
	const most = 300
	s := strings.Join(strings.Fields(string(data[:min(len(data), 4*most)])), " ")
	if len(s) > most {
		s = s[:most] + " …"
	}
	s = strings.ToValidUTF8(s, "\uFFFD") // the cut may be in a character
	if s == "" {
		return "(empty body)"
	}
	return s
}
