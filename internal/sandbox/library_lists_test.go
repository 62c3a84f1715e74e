package sandbox

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
)

func TestListsOfTheManifest(t *testing.T) {
	a := openLibrary(t, nil)
	for _, c := range []struct {
		path, at, want string
		total, pages   string
	}{
		{"/books?status=any", "books", "1 2", "6", "3"},
		{"/books", "books", "1 2", "6", "3"}, // what is withdrawn shows only where it is asked for
		{"/books?page=3", "books", "7 8", "6", "3"},
		{"/books?page=4", "books", "", "6", "3"},
		{"/books?page=9223372036854775807", "books", "", "6", "3"},
		{"/books?size=5&page=2", "books", "8", "6", "2"},
		{"/books?status=withdrawn", "books", "3 6", "3", "2"},
		{"/books?size=5&since=2026-05-01T10:00:00Z", "books", "7 8", "2", "1"}, // changed at that very time, and after
		{"/books?size=5&since=2026-05-01T10:00:01Z", "books", "8", "1", "1"},
		{"/books?size=5&since=2026-05-01T12:00:00%2B02:00", "books", "7 8", "2", "1"},
		{"/books/1/notes", "", "100", "", ""},
		{"/books/4/notes", "", "", "", ""},
	} {
		w := get(a, "t", c.path)
		if got := idsAt(t, w, c.at); got != c.want {
			t.Errorf("%s: %q, want %q", c.path, got, c.want)
		}
		if h := w.Header(); h.Get("Total") != c.total || h.Get("Pages") != c.pages || h.Get("Api-Version") != "v1" {
			t.Errorf("%s: headers %v, want total %q and pages %q", c.path, h, c.total, c.pages)
		}
	}
	if got := get(a, "t", "/books/count?status=withdrawn").Body.String(); got != `{"count":3}` {
		t.Errorf("count is %s", got)
	}
	want := string(librarySeed().Objects["books"][0].Body)
	if got := get(a, "t", "/books/1").Body.String(); got != `{"book":`+want+`}` {
		t.Errorf("one book is %s, want its bytes as seeded: %s", got, want)
	}
	if got := get(a, "t", "/books?fields=title,id&size=1").Body.String(); got != `{"books":[{"id":1,"title":"Book 1"}]}` {
		t.Errorf("with fields: %s", got)
	}
	if got := get(a, "t", "/copies?book_ids=1,2,9&size=2").Body.String(); got != `[{"book_id":1,"shelf":"A/1"},{"book_id":1,"shelf":"B"}]` {
		t.Errorf("copies of books: %s", got)
	}
	head := request(a, http.MethodHead, "t", "/api/v1/books", "")
	if head.Code != 200 || head.Body.Len() != 0 || head.Header().Get("Total") != "6" {
		t.Errorf("HEAD: %d %q %v", head.Code, head.Body, head.Header())
	}
}

func TestRefusals(t *testing.T) {
	narrow := openLibrary(t, func(_ *manifest.Manifest, c *AccountConfig) { c.Scopes = []string{"read_books"} })
	writer := openLibrary(t, func(_ *manifest.Manifest, c *AccountConfig) { c.Scopes = []string{"write_readers"} })
	without := openLibrary(t, func(_ *manifest.Manifest, c *AccountConfig) { c.Without = []string{"readers"} })
	for _, c := range []struct {
		a           *Account
		token, path string
		want        int
	}{
		{narrow, "", "/books", 401}, {narrow, "other", "/books", 401},
		{narrow, "t", "/books", 200}, {narrow, "t", "/readers", 403}, {writer, "t", "/readers", 200}, {writer, "t", "/books", 403},
		{without, "t", "/readers", 404}, {without, "t", "/books", 200},
		{narrow, "t", "/nothing", 404}, {narrow, "t", "/books/77", 404}, {narrow, "t", "/books/77/notes", 404},
		{narrow, "t", "/books?size=6", 400}, {narrow, "t", "/books?size=0", 400}, {narrow, "t", "/books?size=x", 400},
		{narrow, "t", "/books?page=0", 400}, {narrow, "t", "/books?page=one", 400},
		{narrow, "t", "/copies", 422}, {narrow, "t", "/copies?book_ids=1,2,3,4", 422},
	} {
		if got := get(c.a, c.token, c.path); got.Code != c.want {
			t.Errorf("%s with token %q: %d %s, want %d", c.path, c.token, got.Code, got.Body, c.want)
		}
	}
	if got := without.Objects("readers"); len(got) > 0 {
		t.Errorf("an account without readers offers %s", got)
	}
	if got := request(narrow, http.MethodDelete, "t", "/api/v1/books/1", ""); got.Code != 404 {
		t.Errorf("a client's delete is answered %d", got.Code)
	}
	if got := request(narrow, http.MethodGet, "t", "/api/v10/books", ""); got.Code != 404 {
		t.Errorf("a path beside the base path is answered %d", got.Code)
	}
}

// byLink makes the library page by the Link header.
func byLink(m *manifest.Manifest, _ *AccountConfig) {
	m.API.Pagination.Next = manifest.Next{From: "header_link", As: "url", Param: "cursor", With: []string{"size", "fields"}}
}

// follow gets the page that a Link header names; ok is false where it names none.
func follow(t *testing.T, a *Account, header, rel string) (path string, ok bool) {
	t.Helper()
	for link := range strings.SplitSeq(header, ", ") {
		address, found := strings.CutSuffix(link, `>; rel="`+rel+`"`)
		if found {
			u, err := url.Parse(strings.TrimPrefix(address, "<"))
			if err != nil || u.Scheme+"://"+u.Host != libraryURL {
				t.Fatalf("the link %q is no address of the account: %v", link, err)
			}
			return strings.TrimPrefix(u.RequestURI(), "/api/v1"), true
		}
	}
	return "", false
}

func TestWalkByCursor(t *testing.T) {
	a := openLibrary(t, byLink)
	first := get(a, "t", "/books?size=2&since=2026-05-01T05:00:00Z")
	if got := idsAt(t, first, "books"); got != "2 4" {
		t.Fatalf("the first page has %q", got)
	}
	if _, ok := follow(t, a, first.Header().Get("Link"), "previous"); ok {
		t.Error("the first page has one before it")
	}
	// Meanwhile the last object given goes, so does the one before it, one of the next page changes, and one comes.
	for _, key := range []string{"4", "2"} {
		if err := a.Purge("books", key); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := a.Update("books", "7", map[string]any{"title": "Seven"}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Create("books", map[string]any{"status": "open"}, nil); err != nil {
		t.Fatal(err)
	}
	var walked []string
	path, more := follow(t, a, first.Header().Get("Link"), "next")
	for more {
		if !strings.Contains(path, "size=2") || strings.Contains(path, "since") {
			t.Errorf("the link %s should have the size beside the cursor, and no filter", path)
		}
		w := get(a, "t", path)
		walked = append(walked, idsAt(t, w, "books"))
		path, more = follow(t, a, w.Header().Get("Link"), "next")
	}
	if got := strings.Join(walked, " | "); got != "5 7 | 8 102" {
		t.Errorf("the rest of the walk is %q, want what was there and what came, each once", got)
	}
}

func TestWalkBackByCursor(t *testing.T) {
	a := openLibrary(t, byLink)
	w := get(a, "t", "/books?size=2")
	for range 2 {
		path, _ := follow(t, a, w.Header().Get("Link"), "next")
		w = get(a, "t", path)
	}
	if got := idsAt(t, w, "books"); got != "7 8" {
		t.Fatalf("the third page has %q", got)
	}
	if _, more := follow(t, a, w.Header().Get("Link"), "next"); more {
		t.Error("the last page has one after it")
	}
	path, _ := follow(t, a, w.Header().Get("Link"), "previous")
	if got := idsAt(t, get(a, "t", path), "books"); got != "4 5" {
		t.Errorf("the page before has %q", got)
	}
}

func TestCursorRefusals(t *testing.T) {
	a := openLibrary(t, byLink)
	path, _ := follow(t, a, get(a, "t", "/books?size=2").Header().Get("Link"), "next")
	_, token, _ := strings.Cut(path, "cursor=")
	token, _, _ = strings.Cut(token, "&")
	for path, want := range map[string]int{
		"/books?cursor=" + token: 200, "/books?size=5&fields=id&cursor=" + token: 200,
		"/books?status=any&cursor=" + token: 400, // a filter beside a cursor
		"/books?size=6&cursor=" + token:     400,
		"/books?cursor=abc":                 400,
		"/books?cursor=":                    400,
		"/readers?cursor=" + token:          400, // another list's
	} {
		if got := get(a, "t", path); got.Code != want {
			t.Errorf("%s: %d %s, want %d", path, got.Code, got.Body, want)
		}
	}
}

func TestWalkByPlace(t *testing.T) {
	for from, pages := range map[string][]string{
		"offset":  {"", "1 2", "2", "4 5", "4", "7 8", "6", ""},
		"last_id": {"", "1 2", "2", "4 5", "5", "7 8", "8", ""},
	} {
		a := openLibrary(t, func(m *manifest.Manifest, _ *AccountConfig) {
			m.API.Pagination.Next = manifest.Next{From: from, As: "token", Param: "from"}
		})
		for i := 0; i < len(pages); i += 2 {
			if got := idsAt(t, get(a, "t", "/books?size=2&from="+pages[i]), "books"); got != pages[i+1] {
				t.Errorf("%s %q: %q, want %q", from, pages[i], got, pages[i+1])
			}
		}
		if got := get(a, "t", "/books?from=none"); got.Code != 400 {
			t.Errorf("%s none: %d", from, got.Code)
		}
	}
	if _, err := New(Config{Manifest: &manifest.Manifest{Source: "x", API: manifest.API{
		Pagination: manifest.Pagination{Next: manifest.Next{From: "body"}}}}, Seed: &Seed{}}); err == nil || !strings.Contains(err.Error(), "token in the body") {
		t.Errorf("a manifest that pages by the body: %v", err)
	}
}
