package recorder

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dnaeon/go-vcr/v2/cassette"

	"github.com/syncspec/syncspec/internal/manifest"
)

// counting is a provider with numbered pages of two.
func counting(m *manifest.Manifest) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.URL.Query().Get("page"))
		switch r.URL.Path {
		case "/api/things":
			ids := []string{`{"id":"b"}`, `{"id":"a"}`, `{"id":"9"}`}
			start := min((page-1)*2, len(ids))
			fmt.Fprintf(w, "[%s]", strings.Join(ids[start:min(start+2, len(ids))], ","))
		case "/api/things/b/parts":
			fmt.Fprint(w, `{"parts":[{"n":1,"of":{"id":17}}]}`)
		case "/api/gone", "/api/things/a/parts", "/api/things/9/parts":
			fmt.Fprint(w, `{"parts":[]}`)
		case "/api/levels":
			fmt.Fprintf(w, `[{"n":%d}]`, strings.Count(r.URL.Query().Get("ids"), ",")+1)
		default:
			http.Error(w, "no", http.StatusNotFound)
		}
	}
}

func countingManifest() *manifest.Manifest {
	m := &manifest.Manifest{}
	m.API.BaseURL = "https://{x}.example.test/api"
	m.API.Pagination.Next = manifest.Next{From: "number", As: "number", Param: "page", First: 1}
	m.API.Pagination.Size = manifest.PageSize{Param: "size", Max: 2}
	m.Objects = []manifest.Object{
		{Name: "things", Key: []string{"id"}, Lists: []manifest.List{{Path: "/things"}}},
		{Name: "parts", Key: []string{"n", "of.id"}, Lists: []manifest.List{{Path: "/things/{thing}/parts", At: "parts",
			Each: &manifest.Each{Object: "things", Field: "id", As: "thing"}}}},
		{Name: "levels", Key: []string{"n"}, Lists: []manifest.List{{Path: "/levels", Unpaged: true,
			Batch: &manifest.Batch{Object: "things", Field: "id", Param: "ids", Max: 2}}}},
		{Name: "payments", Key: []string{"id"}, Lists: []manifest.List{{Path: "/payments"}}, Unavailable: &manifest.Unavailable{Status: 404}},
		{Name: "lost", Key: []string{"id"}, Lists: []manifest.List{{Path: "/lost"}}},
	}
	return m
}

func TestWalker(t *testing.T) {
	m := countingManifest()
	var asked []string
	serve := counting(m)
	w := &walker{manifest: m, origin: "https://x.example.test", items: map[string][]item{}, authorize: func(*http.Request) {},
		client: &http.Client{Transport: handled{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			asked = append(asked, r.URL.RequestURI())
			serve(w, r)
		})}}}
	for i := range 4 {
		if err := w.object(t.Context(), &m.Objects[i]); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{
		"/api/things?page=1&size=2", "/api/things?page=2&size=2",
		"/api/things/b/parts?page=1&size=2", "/api/things/a/parts?page=1&size=2", "/api/things/9/parts?page=1&size=2",
		"/api/levels?ids=9%2Ca", "/api/levels?ids=b", // in order, as many as may be at once
		"/api/payments?page=1&size=2",
	}
	if !slices.Equal(asked, want) {
		t.Errorf("asked for\n%s\nwant\n%s", strings.Join(asked, "\n"), strings.Join(want, "\n"))
	}
	if p := w.items["parts"]; len(p) != 1 || p[0].key != "1/17" || p[0].path["thing"] != "b" {
		t.Errorf("parts: %+v", p)
	}
	var status statusError
	if err := w.object(t.Context(), &m.Objects[4]); !errors.As(err, &status) || status.code != 404 || !strings.Contains(err.Error(), "GET /api/lost?page=1&size=2 was answered 404") {
		t.Errorf("%v", err)
	}
}

func TestWalkInACircle(t *testing.T) {
	m := countingManifest()
	m.API.Pagination.Next = manifest.Next{From: "header_link", As: "url", Param: "page"}
	n := 0
	w := &walker{manifest: m, origin: "https://x.example.test", authorize: func(*http.Request) {}, client: &http.Client{
		Transport: handled{http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			n++
			w.Header().Set("Link", `<https://x.example.test/api/things>; rel="next"`)
			fmt.Fprint(w, "[]")
		})}}}
	if _, err := w.pages(t.Context(), m.Objects[0].Lists[0], "/things", nil); err == nil || n != mostPages || !strings.Contains(err.Error(), "circle") {
		t.Errorf("after %d pages: %v", n, err)
	}
}

func TestScrubber(t *testing.T) {
	scrub := scrubber(manifest.Auth{Kind: "header", Header: "X-Token", Credentials: []string{"token"}}, "t0p")
	good := func() *cassette.Interaction {
		i := &cassette.Interaction{}
		i.Request.Headers, i.Response.Headers = http.Header{"X-Token": {"t0p"}, "Authorization": {"Basic t0p"}, "Accept": {"a"}}, http.Header{"X-A": {"b"}, "Content-Length": {"3"}}
		i.URL, i.Duration = "https://x.example.test/api?token=t0p&a=1", 17
		return i
	}
	i := good()
	sent := i.Request.Headers
	if err := scrub(i); err != nil {
		t.Fatal(err)
	}
	if i.URL != "https://x.example.test/api?a=1&token=%5Bscrubbed%5D" || i.Request.Headers.Get("X-Token") != scrubbed ||
		i.Request.Headers.Get("Authorization") != scrubbed || i.Request.Headers.Get("Accept") != "a" || i.Duration != 0 || len(i.Response.Headers) != 1 {
		t.Errorf("%+v", i)
	}
	if sent.Get("X-Token") != "t0p" {
		t.Error("the client's own header was scrubbed")
	}
	for what, spoil := range map[string]func(*cassette.Interaction){
		"in a body":      func(i *cassette.Interaction) { i.Response.Body = `{"a":"t0p"}` },
		"in the request": func(i *cassette.Interaction) { i.Request.Body = "t0p" },
		"in a header":    func(i *cassette.Interaction) { i.Response.Headers.Set("Link", "<?x=t0p>") },
		"as a cookie":    func(i *cassette.Interaction) { i.Response.Headers.Set("Set-Cookie", "s=1") },
	} {
		i := good()
		spoil(i)
		if err := scrub(i); err == nil {
			t.Errorf("a secret %s was let through", what)
		}
	}
}

func TestArrive(t *testing.T) {
	if _, err := arrive(nil, []int{0}); err == nil {
		t.Error("a delivery that was not made arrives")
	}
}
