package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/recording"
)

// comparedHeaders are those that mean something to a client, beside everything that begins with X-.
func comparedHeaders(h http.Header) http.Header {
	out := http.Header{}
	for name, values := range h {
		switch name {
		case "Link", "Location", "Content-Type", "Retry-After", "Www-Authenticate", "Allow", "Vary", "Cache-Control":
			out[name] = values
		default:
			if strings.HasPrefix(name, "X-") {
				out[name] = values
			}
		}
	}
	return out
}

// askRecorded asks for a recorded interaction again and compares what comes back.
func askRecorded(t *testing.T, a *account, in recording.Interaction) {
	t.Helper()
	pathQuery := in.URL.EscapedPath()
	if in.URL.RawQuery != "" {
		pathQuery += "?" + strings.ReplaceAll(in.URL.RawQuery, "ck_scrubbed", a.user)
	}
	got := a.ask(in.Method, pathQuery, in.RequestBody)
	if got.status != in.Status {
		t.Fatalf("%s %s %s: status %d, recorded %d: %.300s", in.Ref(), in.Method, pathQuery, got.status, in.Status, got.body)
	}
	if got.body != string(in.Body) {
		t.Fatalf("%s: the body differs from the recorded one", in.Ref())
	}
	want := comparedHeaders(in.Header)
	for _, name := range []string{"Link", "Location"} {
		for i, v := range want[name] {
			// An independent way to the same: every link of this recording is to its own store, and the one key
			// that was sent in a query comes back in it.
			v = strings.ReplaceAll(v, "https://store.example.test", a.g.URL())
			v = strings.ReplaceAll(v, "ck_scrubbed", a.user)
			want[name] = append([]string(nil), want[name]...)
			want[name][i] = v
		}
	}
	if diff := cmp.Diff(want, comparedHeaders(got.header)); diff != "" {
		t.Fatalf("%s: headers (-recorded +served):\n%s", in.Ref(), diff)
	}
	if in.Method != http.MethodHead && got.header.Get("Content-Length") == "" {
		t.Errorf("%s: no Content-Length", in.Ref())
	}
}

func TestEveryCassetteReplaysAsRecorded(t *testing.T) {
	g := startWoo(t)
	rec := wooRecording(t)
	total := 0
	for _, name := range rec.CassetteNames() {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t, g, "ck_"+name, "")
			if err := a.route.EnterCassette(name); err != nil {
				t.Fatal(err)
			}
			interactions, err := rec.Cassette(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range interactions {
				askRecorded(t, a, in)
				total++
			}
			if left := a.route.Unused(name); len(left) > 0 {
				t.Errorf("never served: %s", strings.Join(left, "\n"))
			}
			for i, e := range a.route.Log() {
				if want := interactions[i].Ref(); e.Interaction != want {
					t.Errorf("request %d was answered with %s, recorded as %s", i, e.Interaction, want)
				}
			}
		})
	}
	if total != 550 {
		t.Errorf("asked %d interactions, the recording has 550", total)
	}
}

func TestEveryPhaseReplaysAsRecorded(t *testing.T) {
	g := startWoo(t)
	rec := wooRecording(t)
	for _, name := range rec.PhaseNames() {
		t.Run(name, func(t *testing.T) {
			a := newAccount(t, g, "ck_"+name, name)
			interactions, err := rec.Phase(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, in := range interactions {
				askRecorded(t, a, in)
			}
			if left := a.route.Unused(name); len(left) > 0 {
				t.Errorf("never served: %s", strings.Join(left, "\n"))
			}
			if misses := a.route.Misses(); len(misses) > 0 {
				t.Errorf("%d misses, the first: %+v", len(misses), misses[0])
			}
		})
	}
}
