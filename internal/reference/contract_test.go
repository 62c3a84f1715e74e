package reference_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
)

const contractFile = "../../docs/conformance-v1.openapi.yaml"

// contract is the protocol as OpenAPI. Every exchange of these tests with a target is held against it.
type contract struct {
	doc    *openapi3.T
	router routers.Router

	mu   sync.Mutex
	seen map[string]bool // by method, path and status, as answers writes them
}

// protocol is the one contract of all tests here: together they must see every answer that it names.
var protocol = sync.OnceValues(func() (*contract, error) { return loadContract(contractFile) })

func loadContract(file string) (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return nil, fmt.Errorf("loading the protocol's OpenAPI: %w", err)
	}
	// The harness ignores what it does not know in an answer. What the reference answers is to stand in the document whole.
	for _, operation := range operations(doc) {
		for _, response := range operation.Responses.Map() {
			for _, media := range response.Value.Content {
				closed(media.Schema)
			}
		}
	}
	if err := doc.Validate(context.Background()); err != nil { // its examples too
		return nil, fmt.Errorf("%s is no sound OpenAPI: %w", file, err)
	}
	doc.Servers = nil // tests listen on any port
	router, err := gorillamux.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("making the routes of %s: %w", file, err)
	}
	return &contract{doc: doc, router: router, seen: map[string]bool{}}, nil
}

// closed refuses members of objects that a schema does not name.
func closed(ref *openapi3.SchemaRef) {
	s := ref.Value
	if extra := &s.AdditionalProperties; s.Type.Is("object") && extra.Has == nil && extra.Schema == nil {
		no := false
		extra.Has = &no
	}
	below := slices.Clone(s.OneOf)
	for _, property := range s.Properties {
		below = append(below, property)
	}
	for _, ref := range append(below, s.Items, s.AdditionalProperties.Schema) {
		if ref != nil {
			closed(ref)
		}
	}
}

// operations are all calls, by method and path.
func operations(doc *openapi3.T) map[string]*openapi3.Operation {
	all := map[string]*openapi3.Operation{}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			all[method+" "+path] = operation
		}
	}
	return all
}

// judge says what is wrong with an exchange: an answer that the document does not have, or a request that it does not have and
// that was not refused.
func (c *contract) judge(req *http.Request, sent []byte, res *http.Response, received []byte) error {
	answered := func(input *openapi3filter.RequestValidationInput) error {
		return openapi3filter.ValidateResponse(req.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Status: res.StatusCode, Header: res.Header,
			Body: io.NopCloser(bytes.NewReader(received)), Options: input.Options,
		})
	}
	input := &openapi3filter.RequestValidationInput{
		Request: req.Clone(req.Context()), Options: &openapi3filter.Options{IncludeResponseStatus: true, MultiError: true},
	}
	input.Options.WithCustomSchemaErrorFunc(func(e *openapi3.SchemaError) string { // without the whole schema
		said := "/" + strings.Join(e.JSONPointer(), "/") + ": " + e.Reason
		if e.Origin != nil { // why none of several fits
			said += ": " + e.Origin.Error()
		}
		return said
	})
	input.Request.Body = io.NopCloser(bytes.NewReader(sent))
	var err error
	if input.Route, input.PathParams, err = c.router.FindRoute(req); err != nil {
		// Where the document has nothing, the target has nothing either, and says so in the shape of all errors.
		input.Route = &routers.Route{Operation: &openapi3.Operation{Responses: openapi3.NewResponses(
			openapi3.WithStatus(http.StatusNotFound, c.doc.Components.Responses["NoIntegration"]))}}
		return answered(input)
	}
	if err := answered(input); err != nil {
		return err
	}
	if err := openapi3filter.ValidateRequest(req.Context(), input); err != nil && res.StatusCode < 400 {
		return fmt.Errorf("the document does not have the request, and the target took it: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen[fmt.Sprintf("%s %s %d", req.Method, input.Route.Path, res.StatusCode)] = true
	return nil
}

// unseen are the answers that the document names and that no exchange had.
func (c *contract) unseen() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []string
	for call, operation := range operations(c.doc) {
		for status := range operation.Responses.Map() {
			if answer := call + " " + status; !c.seen[answer] {
				all = append(all, answer)
			}
		}
	}
	slices.Sort(all)
	return all
}

// whole tells whether all tests ran, so that what was not seen is not there.
func whole() bool {
	for _, name := range []string{"test.run", "test.skip", "test.list"} {
		if flag.Lookup(name).Value.String() != "" {
			return false
		}
	}
	return !testing.Short()
}

// allAnswersSeen is an error that names the answers of the document that no test had: nobody would notice if they were wrong.
func allAnswersSeen() error {
	c, err := protocol()
	if err != nil {
		return err
	}
	if unseen := c.unseen(); len(unseen) > 0 {
		return fmt.Errorf("%s names answers that no test of the reference saw: provoke them, or take them out\n\t%s", contractFile, strings.Join(unseen, "\n\t"))
	}
	return nil
}

// judged is a transport whose exchanges with a target are held against the contract.
type judged struct {
	t    testing.TB
	over http.RoundTripper
}

func (j judged) RoundTrip(req *http.Request) (*http.Response, error) {
	c, err := protocol()
	if err != nil {
		return nil, err
	}
	var sent []byte
	if req.Body != nil {
		if sent, err = io.ReadAll(req.Body); err != nil {
			return nil, err
		}
		req.Body = io.NopCloser(bytes.NewReader(sent))
	}
	res, err := j.over.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	received, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	res.Body = io.NopCloser(bytes.NewReader(received))
	if err := c.judge(req, sent, res, received); err != nil {
		j.t.Errorf("against %s: %s %s answered %d %s: %v", contractFile, req.Method, req.URL.Path, res.StatusCode, oneLine(received), err)
	}
	return res, nil
}

// speaking is a client that speaks to targets under the contract.
func speaking(t testing.TB) *http.Client {
	return &http.Client{Transport: judged{t, http.DefaultTransport}}
}

func TestAWrongAnswerIsCaught(t *testing.T) {
	c, err := loadContract(contractFile) // one of its own: what is made up here was not seen
	if err != nil {
		t.Fatal(err)
	}
	const sync, good = "/conformance/v1/sync", `{"integration_id":"i"}`
	one := func(counts string) string { return `{"functions":{"f":` + counts + `}}` }
	for _, x := range []struct {
		name, method, path, sent string
		status                   int
		kind, received           string
		says                     string // "" for an exchange that is right
	}{
		{"right", "POST", sync, good, 200, "application/json", one(`{"fetched":1,"ingested":1,"errors":0}`), ""},
		{"right, with all that may be", "POST", sync, good, 200, "application/json", one(`{"fetched":1,"ingested":1,"errors":1,"error":"e","note":"n"}`), ""},
		{"a refused member", "POST", sync, `{"integration_id":"i","startdate":""}`, 400, "application/json", `{"error":"e"}`, ""},
		{"another path", "GET", "/nowhere", "", 404, "application/json", `{"error":"e"}`, ""},
		{"another path, answered", "GET", "/nowhere", "", 200, "application/json", `{}`, "status is not supported"},
		{"another path, without a word", "GET", "/nowhere", "", 404, "application/json", `{}`, `property "error" is missing`},
		{"a member that is not there", "POST", sync, good, 200, "application/json", one(`{"fetched":1,"errors":0}`), `property "ingested" is missing`},
		{"a member too many", "POST", sync, good, 200, "application/json", one(`{"fetched":1,"ingested":1,"errors":0,"skipped":1}`), `property "skipped" is unsupported`},
		{"another type", "POST", sync, good, 200, "application/json", one(`{"fetched":"1","ingested":1,"errors":0}`), "must be an integer"},
		{"less than nothing", "POST", sync, good, 200, "application/json", one(`{"fetched":-1,"ingested":1,"errors":0}`), "at least 0"},
		{"an error of another shape", "POST", sync, good, 404, "application/json", `{"message":"e"}`, `property "error" is missing`},
		{"a status that is not named", "POST", sync, good, 418, "application/json", `{"error":"e"}`, "status is not supported"},
		{"a status of another call", "GET", "/conformance/v1/stats?integration_id=i", "", 409, "application/json", `{"error":"e"}`, "status is not supported"},
		{"no JSON", "POST", sync, good, 200, "text/html", `<html>`, "Content-Type"},
		{"half of it", "POST", sync, good, 200, "application/json", `{"functions":`, "failed to decode"},
		{"no time", "GET", "/conformance/v1/stats?integration_id=i", "", 200, "application/json", `{"objects":{},"raw":{"pending":0,"processed":0,"error":0},"updated_at":"today"}`, "date-time"},
		{"neither of two", "POST", "/conformance/v1/connect", `{"source":"s","account":{"url":"http://a"},"credentials":{"k":"v"}}`, 200, "application/json", `{}`, "integration_id\" is missing"},
		{"both of two", "POST", "/conformance/v1/connect", `{"source":"s","account":{"url":"http://a"},"credentials":{"k":"v"}}`, 200, "application/json",
			`{"integration_id":"i","company_id":"c","webhook_url":"","authorize_url":"http://a"}`, "authorize_url\" is unsupported"},
		{"a 401 that is about something else", "POST", "/webhooks/s/i", "x", 401, "application/json", `{"error":"no entry"}`, "^signature"},
		{"a request taken that is none", "POST", sync, `{"integration_id":"i","startdate":""}`, 200, "application/json", `{"functions":{}}`, `property "startdate" is unsupported`},
		{"a request taken without what is needed", "GET", "/conformance/v1/stats", "", 200, "application/json", `{"objects":{}}`, "integration_id"},
	} {
		req, err := http.NewRequest(x.method, "http://127.0.0.1:1"+x.path, strings.NewReader(x.sent))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		res := &http.Response{StatusCode: x.status, Header: http.Header{"Content-Type": {x.kind}}}
		err = c.judge(req, []byte(x.sent), res, []byte(x.received))
		if x.says == "" && err != nil || x.says != "" && (err == nil || !strings.Contains(err.Error(), x.says)) {
			t.Errorf("%s: %v, want %q", x.name, err, x.says)
		}
	}
	if !slices.Contains(c.unseen(), "GET /healthz 503") || slices.Contains(c.unseen(), "POST "+sync+" 200") {
		t.Errorf("an answer counts as seen that was not, or the other way round: %v", c.unseen())
	}
}

func TestAnUnsoundDocumentIsCaught(t *testing.T) {
	text, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string][2]string{
		"an example that does not fit": {"example: {retried: 2, healed: 1}", "example: {retried: two, healed: 1}"},
		"a schema that is not there":   {`$ref: "#/components/schemas/Retried"`, `$ref: "#/components/schemas/Tried"`},
		"a key that OpenAPI lacks":     {"summary: Refines again", "summery: Refines again"},
	} {
		if !strings.Contains(string(text), change[0]) {
			t.Fatalf("%s: the document has no %s", name, change[0])
		}
		file := filepath.Join(t.TempDir(), "openapi.yaml")
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), change[0], change[1])), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadContract(file); err == nil {
			t.Errorf("%s is held to be sound", name)
		}
	}
}

// TestATransportTells proves that the clients of these tests do look.
func TestATransportTells(t *testing.T) {
	var told recorder
	wrong := roundTrip(func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(`{"status":"fine"}`))}, nil
	})
	res, err := (&http.Client{Transport: judged{&told, wrong}}).Get("http://127.0.0.1:1/healthz")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if len(told.said) != 1 || !strings.Contains(told.said[0], `GET /healthz answered 200 {"status":"fine"}`) {
		t.Errorf("a wrong answer is told of as %q", told.said)
	}
	gone := roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("gone") })
	if _, err := (&http.Client{Transport: judged{&told, gone}}).Get("http://127.0.0.1:1/healthz"); err == nil || len(told.said) != 1 {
		t.Errorf("%v, %q", err, told.said)
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// recorder is a test that notes what it is told.
type recorder struct {
	testing.TB
	said []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.said = append(r.said, fmt.Sprintf(format, args...))
}
