package sandbox

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

func TestAccountsShareNothing(t *testing.T) {
	m := library()
	seed := librarySeed()
	s, err := New(Config{Manifest: m, Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	open := func(name string) *Account {
		a, err := s.Open(AccountConfig{Name: name, URL: libraryURL, Secret: "s",
			Credentials: map[string]string{"token": name, "client_id": "app", "client_secret": "x"}})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	one, other := open("one"), open("other")
	state := func(a *Account) string {
		return fmt.Sprintf("%s %s %s %v %v", a.Objects("books"), a.Objects("notes"), a.Objects("copies"), a.Registrations(), a.Now())
	}
	before, seeded := state(other), fmt.Sprintf("%s", seed.Objects)
	w := request(one, "POST", "one", "/api/v1/hooks", `{"hook":{"topic":"book.changed","url":"https://a.example.test"}}`)
	if w.Code != 201 {
		t.Fatal(w.Body)
	}
	for _, err := range []error{
		func() error { _, err := one.Update("books", "1", map[string]any{"title": "x"}); return err }(),
		func() error {
			_, err := one.Create("notes", map[string]any{"text": "x"}, map[string]string{"book_id": "1"})
			return err
		}(),
		one.Purge("books", "2"), one.Delete("copies", "1/B"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if state(one) == before || len(one.Outbox()) != 1 {
		t.Error("nothing changed")
	}
	if got := state(other); got != before {
		t.Errorf("the other account changed too:\n%s\nbefore\n%s", got, before)
	}
	if len(other.Outbox()) != 0 || get(other, "one", "/books").Code != 401 {
		t.Error("the other account has the deliveries of the one, or takes its token")
	}
	if fmt.Sprintf("%s", seed.Objects) != seeded || state(open("third")) != before {
		t.Error("the seed changed")
	}
}

// TestManyAtOnce is for the race detector: accounts of one sandbox are read and changed at the same time.
func TestManyAtOnce(t *testing.T) {
	s, err := New(Config{Manifest: library(), Seed: librarySeed()})
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for n := range 3 {
		a, err := s.Open(AccountConfig{Name: fmt.Sprint(n), URL: libraryURL, Credentials: map[string]string{"token": "t"}, Limit: &Limit{Bucket: 1e6}})
		if err != nil {
			t.Fatal(err)
		}
		hookUp(t, a, "book.changed")
		for range 2 {
			wait.Go(func() {
				for range 40 {
					if _, err := a.Update("books", "1", map[string]any{"title": "x"}); err != nil {
						t.Error(err)
					}
					a.Outbox()
					a.Advance(time.Second)
				}
			})
			wait.Go(func() {
				for range 40 {
					if w := get(a, "t", "/books?size=5"); w.Code != 200 || !strings.Contains(w.Body.String(), `"id":8`) && !strings.Contains(w.Body.String(), `"id":1`) {
						t.Errorf("%d %s", w.Code, w.Body)
					}
					a.Objects("notes")
					a.Registrations()
				}
			})
		}
	}
	wait.Wait()
}

func TestLimit(t *testing.T) {
	now := time.Unix(0, 0)
	a := openLibrary(t, func(_ *manifest.Manifest, c *AccountConfig) {
		c.Limit = &Limit{Bucket: 2, Leak: 0.5, Clock: func() time.Time { return now }}
	})
	for i, want := range []int{200, 200, 429, 429} {
		w := get(a, "t", "/books")
		if w.Code != want || w.Code == 429 && w.Header().Get("Retry-After") != "2.0" {
			t.Errorf("request %d: %d after %q, want %d", i, w.Code, w.Header().Get("Retry-After"), want)
		}
	}
	now = now.Add(2 * time.Second)
	for i, want := range []int{200, 429} {
		if w := get(a, "t", "/books"); w.Code != want {
			t.Errorf("request %d after the wait: %d, want %d", i, w.Code, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	s, err := New(Config{Manifest: library(), Seed: librarySeed()})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Open(AccountConfig{Without: []string{"books"}}); err == nil || !strings.Contains(err.Error(), "may be unavailable") {
		t.Errorf("without books: %v", err)
	}
	if _, err := New(Config{Manifest: library()}); err == nil {
		t.Error("a sandbox without a seed")
	}
	w := wooSandbox(t)
	if _, err := w.Open(AccountConfig{Name: "x"}); err == nil || !strings.Contains(err.Error(), "lack consumer_key") {
		t.Errorf("without credentials, where there is no OAuth: %v", err)
	}
}

func TestSeedThatDoesNotFit(t *testing.T) {
	seed := librarySeed()
	book := seed.Objects["books"][0].Body
	seed.Objects["films"] = []Object{{Body: book}}
	seed.Objects["books"] = append(seed.Objects["books"],
		Object{Body: book}, Object{Body: []byte(`{"title":"no id"}`)}, Object{Body: []byte(`[1]`)}, Object{Body: []byte(`{"id":`)}, Object{},
		Object{Key: "50", Body: []byte(`{"id":51}`)}, Object{Body: []byte(`{"id":52,"changed":"soon"}`), Ref: "books.json#4"})
	seed.Objects["notes"] = append(seed.Objects["notes"],
		Object{Body: []byte(`{"id":110}`)}, Object{Body: []byte(`{"id":111}`), Context: map[string]string{"book_id": "99"}})
	seed.Objects["copies"] = append(seed.Objects["copies"], Object{Body: []byte(`{"book_id":4,"shelf":null}`)})
	_, err := New(Config{Manifest: library(), Seed: seed})
	var problems Problems
	if !errors.As(err, &problems) {
		t.Fatalf("the error is %v", err)
	}
	want := `the seed does not fit the manifest (11):
  books[9]: there is another with the key 1
  books[10]: it lacks its key id
  books[11]: its body is no JSON object
  books[12]: its body is no JSON object
  books[13]: its body is no JSON object
  books[14]: its key is said to be 50, and is 51 in its body
  books.json#4: "soon" is no time as the manifest has it (rfc3339)
  copies[3]: it lacks its key book_id, shelf
  films: the manifest has no such object
  notes[2] (key 110): it hangs on one of books: give book_id in its context
  notes[3] (key 111): it hangs on one of books that is not there: book_id 99`
	if err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
}
