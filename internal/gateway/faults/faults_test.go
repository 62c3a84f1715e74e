package faults_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/gateway/faults"
)

// provider is a sound list of three pages, each with its number and a link to the next.
func provider(w http.ResponseWriter, r *http.Request) {
	page := r.URL.Query().Get("page")
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Page", page)
	_, _ = fmt.Fprintf(w, `{"page":%q,"of":"a list that is long enough to be cut"}`, page)
}

// seen is what a client has of an answer.
type seen struct {
	status int
	header http.Header
	body   string
	err    error
}

// client asks a real server with the fault in front of the provider.
type client struct {
	t      *testing.T
	server *httptest.Server
	struck []string
}

func behind(t *testing.T, f faults.Fault) *client {
	t.Helper()
	c := &client{t: t}
	broken := f.Wrap(http.HandlerFunc(provider))
	c.server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		broken.ServeHTTP(w, faults.Watch(r, func(name string) { c.struck = append(c.struck, name) }))
	}))
	c.server.Start()
	t.Cleanup(c.server.Close)
	return c
}

func (c *client) get(pathQuery string) seen {
	c.t.Helper()
	req, err := http.NewRequest(http.MethodGet, c.server.URL+pathQuery, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.do(req)
}

func (c *client) do(req *http.Request) seen {
	c.t.Helper()
	res, err := c.server.Client().Do(req)
	if err != nil {
		return seen{err: err}
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	return seen{res.StatusCode, res.Header, string(body), err}
}

// sound wants the provider's own answer.
func (c *client) sound(page string) {
	c.t.Helper()
	got := c.get("/orders?page=" + page)
	if got.err != nil || got.status != http.StatusOK || got.header.Get("X-Page") != page || !strings.Contains(got.body, `"page":"`+page+`"`) {
		c.t.Errorf("page %s after the fault: %d %q %v", page, got.status, got.body, got.err)
	}
}

// counted wants the fault to have struck so often, and to have told so.
func (c *client) counted(f faults.Fault, want int) {
	c.t.Helper()
	if f.Struck() != want || len(c.struck) != want || slices.ContainsFunc(c.struck, func(n string) bool { return n != f.Name() }) {
		c.t.Errorf("%s struck %d times and told of %v, want %d", f.Name(), f.Struck(), c.struck, want)
	}
}

func TestRateLimit(t *testing.T) {
	f := &faults.RateLimit{Aim: faults.Aim{Times: 1}, Wait: "2.0", Body: `{"errors":"slow down"}`}
	c := behind(t, f)
	got := c.get("/orders?page=1")
	if got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") != "2.0" || got.body != f.Body ||
		!strings.HasPrefix(got.header.Get("Content-Type"), "application/json") || got.header.Get("X-Page") != "" {
		t.Errorf("%+v", got)
	}
	c.sound("1")
	c.counted(f, 1)
}

func TestRateLimitOfAnotherKind(t *testing.T) {
	c := behind(t, &faults.RateLimit{Status: http.StatusServiceUnavailable, Header: "X-Wait", Wait: "7"})
	if got := c.get("/"); got.status != http.StatusServiceUnavailable || got.header.Get("X-Wait") != "7" || got.header.Get("Retry-After") != "" {
		t.Errorf("%+v", got)
	}
	c = behind(t, &faults.RateLimit{})
	if got := c.get("/"); got.status != http.StatusTooManyRequests || got.header.Values("Retry-After") != nil {
		t.Errorf("a limit that names no time: %+v", got)
	}
}

func TestServerError(t *testing.T) {
	f := &faults.ServerError{Aim: faults.Aim{Times: 2}, Body: `{"errors":"Internal Server Error"}`}
	c := behind(t, f)
	for range 2 {
		if got := c.get("/orders?page=1"); got.status != http.StatusInternalServerError || got.body != f.Body {
			t.Errorf("%+v", got)
		}
	}
	c.sound("1")
	c.counted(f, 2)
	c = behind(t, &faults.ServerError{Status: http.StatusServiceUnavailable, Wait: "1"})
	if got := c.get("/"); got.status != http.StatusServiceUnavailable || got.header.Get("Retry-After") != "1" {
		t.Errorf("%+v", got)
	}
}

func TestRevokedToken(t *testing.T) {
	f := &faults.RevokeToken{Aim: faults.Aim{At: faults.Header("X-Token", "old")}, Body: `{"errors":"invalid token"}`}
	c := behind(t, f)
	ask := func(token string) seen {
		req, err := http.NewRequest(http.MethodGet, c.server.URL+"/orders?page=1", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Token", token)
		return c.do(req)
	}
	for _, step := range []struct {
		token  string
		status int
	}{{"old", 401}, {"new", 200}, {"old", 401}} {
		if got := ask(step.token); got.status != step.status || got.status == 401 && got.body != f.Body {
			t.Errorf("%s: %+v", step.token, got)
		}
	}
	c.counted(f, 2)
}

func TestCutBody(t *testing.T) {
	f := &faults.CutBody{Aim: faults.Aim{Times: 1}}
	c := behind(t, f)
	got := c.get("/orders?page=2")
	whole := c.get("/orders?page=2").body
	if !errors.Is(got.err, io.ErrUnexpectedEOF) || got.status != http.StatusOK || got.body != whole[:len(whole)/2] {
		t.Errorf("%d %q %v", got.status, got.body, got.err)
	}
	c.counted(f, 1)
	for after, want := range map[int]int{1: 1, 10_000: len(whole) / 2} {
		c := behind(t, &faults.CutBody{After: after})
		if got := c.get("/orders?page=2"); !errors.Is(got.err, io.ErrUnexpectedEOF) || len(got.body) != want {
			t.Errorf("cut after %d: %q %v", after, got.body, got.err)
		}
	}
}

func TestCutBodyOfNothing(t *testing.T) {
	f := &faults.CutBody{}
	server := httptest.NewServer(f.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })))
	defer server.Close()
	if res, err := server.Client().Get(server.URL); err == nil {
		_ = res.Body.Close()
		t.Errorf("an answer without a body came whole: %d", res.StatusCode)
	}
}

func TestSlowBody(t *testing.T) {
	f := &faults.SlowBody{Aim: faults.Aim{Times: 1}, Pieces: 4, Pause: 20 * time.Millisecond}
	c := behind(t, f)
	started := time.Now()
	res, err := c.server.Client().Get(c.server.URL + "/orders?page=3")
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	_ = res.Body.Close()
	if took := time.Since(started); err != nil || took < 4*f.Pause {
		t.Errorf("the whole came after %v: %v", took, err)
	}
	if want := c.get("/orders?page=3").body; string(body) != want {
		t.Errorf("%q did not come whole: %q", want, body)
	}
	c.counted(f, 1)
}

func TestSlowBodyEndsWithItsClient(t *testing.T) {
	ended := make(chan struct{})
	slow := (&faults.SlowBody{Pieces: 2, Pause: time.Hour}).Wrap(http.HandlerFunc(provider))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer close(ended)
		slow.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx, cancel := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/?page=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	cancel()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Error("the answer went on for a client that had gone")
	}
}

func TestReset(t *testing.T) {
	f := &faults.Reset{Aim: faults.Aim{Times: 1, At: faults.Method(http.MethodPost)}}
	c := behind(t, f)
	req, err := http.NewRequest(http.MethodPost, c.server.URL+"/orders?page=1", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.do(req); !errors.Is(got.err, syscall.ECONNRESET) && !errors.Is(got.err, io.EOF) {
		t.Errorf("%+v", got)
	}
	c.sound("1")
	c.counted(f, 1)
}

func TestRepeatedPage(t *testing.T) {
	orders := faults.All(faults.Method(http.MethodGet), faults.Path("/orders"))
	f := &faults.RepeatPage{Aim: faults.Aim{Times: 1, At: faults.Param("page")}, Of: orders}
	c := behind(t, f)
	var pages []string
	for _, ask := range []string{"/orders?page=1", "/customers?page=9", "/orders?page=2", "/orders?page=2", "/orders?page=3"} {
		got := c.get(ask)
		if got.err != nil || !strings.Contains(got.body, got.header.Get("X-Page")) {
			t.Errorf("%s: %+v", ask, got)
		}
		pages = append(pages, got.header.Get("X-Page"))
	}
	if got := strings.Join(pages, " "); got != "1 9 1 2 3" {
		t.Errorf("the pages were %s", got)
	}
	c.counted(f, 1)
}

// TestWhatIsTooLargeToHold holds that no answer, however long, is kept in memory as a whole.
func TestWhatIsTooLargeToHold(t *testing.T) {
	const mib = 1 << 20
	long := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for range 40 {
			_, _ = w.Write(make([]byte, mib))
		}
	})
	for _, f := range []faults.Fault{&faults.SlowBody{}, &faults.RepeatPage{}, &faults.CutBody{}} {
		rec := httptest.NewRecorder()
		func() {
			defer func() {
				if cause := recover(); cause == nil {
					t.Errorf("%s answered with %d bytes", f.Name(), rec.Body.Len())
				}
			}()
			f.Wrap(long).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
		}()
		if rec.Body.Len() > 16*mib || rec.Body.Len() == 0 && f.Name() == "cut-body" {
			t.Errorf("%s let %d bytes through", f.Name(), rec.Body.Len())
		}
	}
}
