package sandbox

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// The library is a provider that has no file of its own: all that the sandbox knows of it is its manifest.

const libraryURL = "https://north.example.test"

var libraryTime = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// library is its manifest. Books are withdrawn before they are gone; notes hang on a book; copies are asked for by books.
func library() *manifest.Manifest {
	changed := &manifest.TimeField{Field: "changed", Format: manifest.RFC3339}
	return &manifest.Manifest{
		Source: "library",
		API: manifest.API{
			BaseURL: "https://{branch}.example.test/api/v1",
			Version: manifest.Version{Value: "v1", Header: "Api-Version"},
			Auth:    manifest.Auth{Kind: "bearer", Credentials: []string{"token"}, Route: "token"},
			Pagination: manifest.Pagination{
				Next: manifest.Next{From: "number", As: "number", Param: "page", First: 1}, Size: manifest.PageSize{Param: "size", Max: 5, Default: 2},
				TotalHeader: "Total", PagesHeader: "Pages",
			},
			RateLimits: []manifest.RateLimit{{Status: 429, Header: "Retry-After", Unit: "seconds", Decimal: true}},
			Query:      manifest.Query{Partial: []string{"fields"}},
		},
		OAuth: &manifest.OAuth{
			AuthorizePath: "/oauth/authorize", TokenPath: "/oauth/token", ScopeSeparator: " ", WriteIncludesRead: true,
			Callback: &manifest.Callback{Param: "sig", TimestampParam: "ts"},
			Granted:  &manifest.Granted{Path: "/oauth/scopes", At: "granted", Field: "name"},
		},
		Scopes: []manifest.Scope{
			{Name: "read_books", Kind: "oauth", Enables: []string{"books", "notes", "copies"}},
			{Name: "read_readers", Kind: "oauth", Enables: []string{"readers"}},
			{Name: "read_past", Kind: "oauth", Status: "retired"},
		},
		Objects: []manifest.Object{
			{
				Name: "books", Scope: "read_books", Key: []string{"id"}, KeyType: "integer", UpdatedAt: changed,
				Lists: []manifest.List{
					{Path: "/books", At: "books", Params: map[string]string{"status": "any"}},
					{Path: "/books", At: "books", Params: map[string]string{"status": "withdrawn"}},
				},
				One: "/books/{id}", OneAt: "book", Count: &manifest.Count{Path: "/books/count", At: "count"},
				Incremental: &manifest.Incremental{Param: "since", Format: manifest.RFC3339, Boundary: "inclusive"},
				DeletedWhen: &manifest.Condition{Field: "status", Equals: "withdrawn"},
				Fields:      manifest.Fields{{Path: "added", Column: "library_created_at", Type: manifest.Timestamp, Format: manifest.RFC3339}},
				Webhooks: []manifest.Topic{
					{Topic: "book.added", Event: manifest.Create}, {Topic: "book.changed", Event: manifest.Update},
					{Topic: "book.withdrawn", Event: manifest.Delete, Payload: "key"}, {Topic: "book.back", Event: manifest.Restore},
				},
			},
			{
				Name: "notes", Scope: "read_books", Key: []string{"id"}, KeyType: "integer",
				Lists:    []manifest.List{{Path: "/books/{book_id}/notes", Unpaged: true, Each: &manifest.Each{Object: "books", Field: "id", As: "book_id"}}},
				Parent:   &manifest.Parent{Column: "book_id", Object: "books"},
				Fields:   manifest.Fields{{Path: "@book_id", Column: "book_id", Type: manifest.Integer}},
				Webhooks: []manifest.Topic{{Topic: "note.added", Event: manifest.Create, Payload: "reference", At: "note.of.id"}},
			},
			{
				Name: "copies", Scope: "read_books", Key: []string{"book_id", "shelf"}, KeyType: "text",
				Lists: []manifest.List{{Path: "/copies", Batch: &manifest.Batch{Object: "books", Field: "id", Param: "book_ids", Max: 3}}},
			},
			{
				Name: "readers", Scope: "read_readers", Key: []string{"name"}, KeyType: "text", Lists: []manifest.List{{Path: "/readers"}},
				Unavailable: &manifest.Unavailable{Status: 404},
			},
		},
		Webhooks: manifest.Webhooks{
			Signature:   manifest.Signature{Kind: "hmac_sha256", Header: "Signature", Encoding: "hex", Signs: []string{"body"}},
			TopicHeader: "Topic", DeliveryIDHeader: "Delivery",
			Registration: &manifest.Registration{Path: "/hooks", At: "hook", ListAt: "hooks", Topic: "topic", URL: "url", Secret: "secret"},
			Notices:      []manifest.Notice{{Topic: "branch.closed", Kind: "lifecycle"}, {Topic: "forget.reader", Kind: "compliance"}},
			DeadTopics:   []manifest.Excluded{{Path: "book.burnt"}},
		},
	}
}

// libraryBooks are books 1 to n, changed an hour apart; every third is withdrawn.
func libraryBooks(n int) []Object {
	var books []Object
	for i := 1; i <= n; i++ {
		status := "open"
		if i%3 == 0 {
			status = "withdrawn"
		}
		at := libraryTime.Add(time.Duration(i-n) * time.Hour).Format(time.RFC3339)
		books = append(books, Object{Body: fmt.Appendf(nil, `{"id":%d, "title":"Book %d","status":"%s","added":"%s","changed":"%s"}`, i, i, status, at, at)})
	}
	return books
}

func librarySeed() *Seed {
	return &Seed{At: libraryTime, Objects: map[string][]Object{
		"books": libraryBooks(9),
		"notes": {
			{Body: []byte(`{"id":100,"text":"torn"}`), Context: map[string]string{"book_id": "1"}},
			{Body: []byte(`{"id":101,"text":"new"}`), Context: map[string]string{"book_id": "2"}},
		},
		"copies": {
			{Body: []byte(`{"book_id":1,"shelf":"A/1"}`)}, {Body: []byte(`{"book_id":1,"shelf":"B"}`)}, {Body: []byte(`{"book_id":2,"shelf":"A/1"}`)},
		},
		"readers": {{Body: []byte(`{"name":"Ada"}`)}},
	}}
}

// openLibrary opens a branch; change may change its manifest and its account first.
func openLibrary(t *testing.T, change func(*manifest.Manifest, *AccountConfig)) *Account {
	t.Helper()
	m := library()
	c := AccountConfig{Name: "north", URL: libraryURL, Secret: "s3cret",
		Credentials: map[string]string{"token": "t", "client_id": "app", "client_secret": "app-secret"}}
	if change != nil {
		change(m, &c)
	}
	s, err := New(Config{Manifest: m, Seed: librarySeed()})
	if err != nil {
		t.Fatal(err)
	}
	a, err := s.Open(c)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// get asks the library below its base path, with a token.
func get(a *Account, token, path string) *httptest.ResponseRecorder {
	return request(a, http.MethodGet, token, "/api/v1"+path, "")
}

func request(a *Account, method, token, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, libraryURL+path, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

// idsAt are the ids of the objects in an answer's array.
func idsAt(t *testing.T, w *httptest.ResponseRecorder, at string) string {
	t.Helper()
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	list, ok := raw(w.Body.Bytes(), at)
	var all []map[string]any
	if !ok || json.Unmarshal(list, &all) != nil {
		t.Fatalf("no array at %q: %s", at, w.Body)
	}
	var out []string
	for _, o := range all {
		out = append(out, fmt.Sprint(o["id"]))
	}
	return strings.Join(out, " ")
}
