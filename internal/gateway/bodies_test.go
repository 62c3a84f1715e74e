package gateway

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
)

// lastOf is the last exchange of an account's log.
func lastOf(t *testing.T, a *account) Exchange {
	t.Helper()
	log := a.route.Log()
	if len(log) == 0 {
		t.Fatal("nothing is in the log")
	}
	return log[len(log)-1]
}

func TestAnswersAreKept(t *testing.T) {
	a := newAccount(t, startWoo(t), "ck_kept", "backfill")
	got := a.get("/customers?orderby=id&order=asc&per_page=100&consumer_key=ck_kept")
	ex := lastOf(t, a)
	body, err := ex.ResponseBody()
	if want := got.body[:min(len(got.body), maxLoggedBody)]; err != nil || got.body == "" || string(body) != want {
		t.Errorf("%d of %d bytes are kept: %v", len(body), len(got.body), err)
	}
	header := ex.FullResponseHeader()
	for _, name := range []string{"Content-Type", "X-Wp-Total"} {
		if header.Get(name) == "" || header.Get(name) != got.header.Get(name) {
			t.Errorf("%s: %q is kept of %q", name, header.Get(name), got.header.Get(name))
		}
	}
	if link := header.Get("Link"); !strings.Contains(link, "page=2") || strings.Contains(link, "ck_kept") {
		t.Errorf("the link is kept as %s", link)
	}
}

// TestWhatIsKeptOfAnAnswer: what was sent in parts, too much of it, nothing of it, and what is secret.
func TestWhatIsKeptOfAnAnswer(t *testing.T) {
	m := wooManifest()
	m.OAuth = &manifest.OAuth{AuthorizePath: "/authorize", TokenPath: "/token"}
	g, err := Start(t.Context(), Config{Manifest: m})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = g.Close() })
	a := newAccount(t, g, "ck_parts", "")
	answered := make(chan struct{}, 1) // a client of HEAD has all that it gets after the first part
	a.route.Serve("made up", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { answered <- struct{}{} }()
		switch r.URL.Path {
		case "/parts":
			for n := range 5 {
				_, _ = fmt.Fprintf(w, "part %d. ", n)
				w.(http.Flusher).Flush()
			}
		case "/large":
			for range 5 {
				_, _ = w.Write(bytes.Repeat([]byte{'x'}, 20_000))
			}
		case "/back":
			w.Header().Set("Location", "http://target.test/callback?code=c0de&consumer_secret=cs_1&state=s&client_id=7")
			w.Header().Set("Set-Cookie", "session=s3cret")
			w.WriteHeader(http.StatusFound)
		case "/token":
			_, _ = io.WriteString(w, `{"access_token":"t0ken"}`)
		}
	}))
	http.DefaultClient.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(func() { http.DefaultClient.CheckRedirect = nil })
	for _, c := range []struct {
		method, path, want string
		length             int
		err                error
	}{
		{http.MethodGet, "/parts", "part 0. part 1. part 2. part 3. part 4. ", 40, nil},
		{http.MethodHead, "/parts", "", 40, nil},
		{http.MethodGet, "/large", strings.Repeat("x", maxLoggedBody), 100_000, nil},
		{http.MethodGet, "/nothing", "", 0, nil},
		{http.MethodGet, "/back", "", 0, nil},
		{http.MethodPost, "/token", "", 24, errTokens},
	} {
		a.ask(c.method, c.path, "")
		<-answered
		ex := lastOf(t, a)
		body, err := ex.ResponseBody()
		if string(body) != c.want || ex.ResponseBytes != c.length || !errors.Is(err, c.err) {
			t.Errorf("%s %s: %d bytes are kept of %d, want %d of %d: %v", c.method, c.path, len(body), ex.ResponseBytes, len(c.want), c.length, err)
		}
		header := fmt.Sprint(ex.FullResponseHeader())
		for _, secret := range []string{"c0de", "cs_1", "s3cret", "t0ken"} {
			if strings.Contains(header, secret) {
				t.Errorf("%s: the headers are kept with %s: %s", c.path, secret, header)
			}
		}
		if c.path == "/back" && !strings.Contains(header, "http://target.test/callback?") {
			t.Errorf("where it led to is lost: %s", header)
		}
	}
}

// TestFullDisk: answers go on where they cannot be kept, and say so.
func TestFullDisk(t *testing.T) {
	g := startWoo(t)
	g.bodies.open = func() (*os.File, error) { return os.OpenFile("/dev/full", os.O_RDWR, 0) }
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this machine has no /dev/full:", err)
	}
	a := newAccount(t, g, "ck_full", "backfill")
	for n := range 3 {
		if got := a.get("/customers?orderby=id&order=asc&per_page=100"); got.status != http.StatusOK || got.body == "" {
			t.Fatalf("answer %d: %d with %d bytes", n, got.status, len(got.body))
		}
	}
	for n, ex := range a.route.Log() {
		body, err := ex.ResponseBody()
		if len(body) > 0 || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "TMPDIR") {
			t.Errorf("answer %d: %d bytes are kept: %v", n, len(body), err)
		}
		if len(ex.FullResponseHeader()) != len(ex.ResponseHeader) {
			t.Errorf("answer %d has other headers than the log's", n)
		}
	}
}

func TestNoFolderForAnswers(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir()+"/nowhere")
	a := newAccount(t, startWoo(t), "ck_nowhere", "backfill")
	if got := a.get("/orders/355"); got.status != http.StatusOK {
		t.Fatal(got.status)
	}
	if _, err := lastOf(t, a).ResponseBody(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("kept: %v", err)
	}
}

// TestNothingIsLeftOfAnswers: the file has no name while it is there, and is gone with the gateway.
func TestNothingIsLeftOfAnswers(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	g := startWoo(t)
	a := newAccount(t, g, "ck_left", "backfill")
	a.get("/orders/355")
	ex := lastOf(t, a)
	if body, err := ex.ResponseBody(); err != nil || len(body) == 0 {
		t.Fatalf("%d bytes: %v", len(body), err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%v in the folder: %v", left, err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := ex.ResponseBody(); !errors.Is(err, errEnded) {
		t.Errorf("after the end: %v", err)
	}
	if _, err := (Exchange{ResponseBytes: 1}).ResponseBody(); !errors.Is(err, errNothingKept) {
		t.Errorf("of no gateway: %v", err)
	}
}

// TestKeptAnswersAreBounded: what is said twice is kept once, what is too much not at all, and neither takes memory.
func TestKeptAnswersAreBounded(t *testing.T) {
	var b bodies
	t.Cleanup(func() { _ = b.close() })
	same := bytes.Repeat([]byte("same "), 10_000)
	first, err := b.once(same)
	if err != nil {
		t.Fatal(err)
	}
	for range 1000 {
		if again, err := b.once(same); err != nil || again != first {
			t.Fatalf("%v, want %v: %v", again, first, err)
		}
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	body := make([]byte, maxLoggedBody)
	for n := range 1000 {
		copy(body, fmt.Sprint(n, " "))
		kept, err := b.once(body)
		if err != nil {
			t.Fatal(err)
		}
		if n%100 == 0 {
			if back, err := b.read(kept); err != nil || !bytes.Equal(back, body) {
				t.Fatalf("%d: %d bytes came back: %v", n, len(back), err)
			}
		}
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2<<20 {
		t.Errorf("64 MiB of answers take %d bytes of memory", grown)
	}
	b.end = maxKeptBodies - 10
	b.tail = nil
	if _, err := b.once([]byte("twelve bytes")); !errors.Is(err, errTooMuch) {
		t.Errorf("more than there is room for: %v", err)
	}
	if _, err := b.once([]byte("ten bytes!")); err != nil {
		t.Errorf("as much as there is room for: %v", err)
	}
}

func TestManyAnswersAtOnce(t *testing.T) {
	var b bodies
	t.Cleanup(func() { _ = b.close() })
	var wg sync.WaitGroup
	for client := range 8 {
		wg.Go(func() {
			for n := range 200 {
				body := []byte(strings.Repeat(fmt.Sprintf("%d-%d ", client, n), 100))
				kept, err := b.once(body)
				if err != nil {
					t.Error(err)
					return
				}
				if back, err := b.read(kept); err != nil || !bytes.Equal(back, body) {
					t.Errorf("%d-%d: %q came back: %v", client, n, back, err)
					return
				}
			}
		})
	}
	wg.Wait()
}
