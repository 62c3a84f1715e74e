package sandbox

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
)

// hookUp registers webhooks as a client does.
func hookUp(t *testing.T, a *Account, topics ...string) {
	t.Helper()
	for _, topic := range topics {
		w := request(a, "POST", "t", "/api/v1/hooks", `{"hook":{"topic":"`+topic+`","url":"https://copy.example.test/in"}}`)
		if w.Code != 201 {
			t.Fatalf("registering %s: %d %s", topic, w.Code, w.Body)
		}
	}
	if pings := a.Outbox(); len(pings) != 0 {
		t.Fatalf("%d deliveries by registering", len(pings))
	}
}

// told writes deliveries short: topic, and body.
func told(deliveries []Delivery) string {
	var all []string
	for _, d := range deliveries {
		all = append(all, d.Topic+" "+string(d.Body))
	}
	return strings.Join(all, "\n")
}

func TestChangesAndWhatTellsOfThem(t *testing.T) {
	a := openLibrary(t, nil)
	hookUp(t, a, "book.added", "book.changed", "book.changed", "book.withdrawn", "book.back", "note.added", "book.burnt")
	update := func(key string, fields map[string]any) func() error {
		return func() error { _, err := a.Update("books", key, fields); return err }
	}
	create := func(object string, body map[string]any, context map[string]string) func() error {
		return func() error { _, err := a.Create(object, body, context); return err }
	}
	for _, c := range []struct {
		name string
		do   func() error
		want string
	}{
		{"a change is told to each webhook of the topic", update("1", map[string]any{"title": "Ön <1>", "by.name": "A"}), strings.Repeat(
			`book.changed {"id":1, "title":"Ön <1>","status":"open","added":"2026-05-01T04:00:00Z","changed":"2026-05-01T12:00:08Z","by":{"name":"A"}}`+"\n", 2)},
		{"a new object gets id and times", create("books", map[string]any{"title": "New"}, nil),
			`book.added {"title":"New","id":102,"added":"2026-05-01T12:00:09Z","changed":"2026-05-01T12:00:09Z"}`},
		{"a delete marks", func() error { return a.Delete("books", "1") }, `book.withdrawn {"id":1}`},
		{"a change that lifts the mark restores", update("1", map[string]any{"status": "open"}),
			`book.back {"id":1, "title":"Ön <1>","status":"open","added":"2026-05-01T04:00:00Z","changed":"2026-05-01T12:00:11Z","by":{"name":"A"}}`},
		{"what is marked is removed by the next delete", func() error { return a.Delete("books", "3") }, `book.withdrawn {"id":3}`},
		{"a payload may be a reference", create("notes", map[string]any{"text": "x"}, map[string]string{"book_id": "2"}), `note.added {"note":{"of":{"id":103}}}`},
		{"a topic nobody registered is not told of", func() error { return a.Delete("notes", "100") }, ""},
		{"what happens quietly is not told of", func() error { return a.Quietly(update("2", map[string]any{"title": "Q"})) }, ""},
		{"a time that is set stays", update("2", map[string]any{"changed": "2026-01-01T00:00:00Z"}), strings.Repeat(
			`book.changed {"id":2, "title":"Q","status":"open","added":"2026-05-01T05:00:00Z","changed":"2026-01-01T00:00:00Z"}`+"\n", 2)},
	} {
		before := a.Now()
		if err := c.do(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := told(a.Outbox()); got != strings.TrimSpace(c.want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.name, got, c.want)
		}
		if passed := a.Now().Sub(before).Seconds(); passed != 1 {
			t.Errorf("%s: %v s have passed", c.name, passed)
		}
	}
	if _, ok := a.Object("books", "3"); ok {
		t.Error("book 3 is still there")
	}
	if got := len(a.Objects("books")); got != 9 {
		t.Errorf("%d books on offer, want 9: one came, one went, and the withdrawn ones are listed", got)
	}
	if got := len(a.Objects("notes")); got != 2 {
		t.Errorf("%d notes on offer", got)
	}
}

func TestWhatIsRefusedChangesNothing(t *testing.T) {
	a := openLibrary(t, nil)
	hookUp(t, a, "book.added", "book.changed", "note.added")
	before, now := fmt.Sprintf("%s", a.Objects("books")), a.Now()
	_, noKind := a.Create("films", nil, nil)
	_, taken := a.Create("books", map[string]any{"id": 1}, nil)
	_, half := a.Create("copies", map[string]any{"book_id": 1}, nil)
	_, orphan := a.Create("notes", map[string]any{"text": "x"}, map[string]string{"book_id": "77"})
	_, nowhere := a.Create("notes", map[string]any{"text": "x"}, nil)
	_, noTime := a.Update("books", "1", map[string]any{"changed": "yesterday"})
	_, newKey := a.Update("books", "1", map[string]any{"id": 5})
	_, noPlace := a.Update("books", "1", map[string]any{"title.first": "x"})
	_, noObject := a.Update("books", "77", nil)
	for says, err := range map[string]error{
		"no such object": noKind, "key 1 already": taken, "give both": half, "not there: book_id 77": orphan, "give book_id in its context": nowhere,
		`"yesterday" is no time`: noTime, `its key would become "5"`: newKey, `"title" is neither object nor array`: noPlace,
		"there is no such object": noObject, "deleting books 77": a.Delete("books", "77"), "removing books 78": a.Purge("books", "78"),
	} {
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("the error is %v, want it to say %q", err, says)
		}
	}
	if got := fmt.Sprintf("%s", a.Objects("books")); got != before || a.Now() != now || len(a.Outbox()) != 0 {
		t.Error("something changed all the same")
	}
	failed := errors.New("failed")
	if err := a.Quietly(func() error { return failed }); err != failed {
		t.Errorf("Quietly returns %v", err)
	}
	if _, err := a.Update("books", "1", nil); err != nil || len(a.Outbox()) != 1 {
		t.Errorf("after Quietly nothing is told of any more (%v)", err)
	}
}

func TestDeliveriesAreSigned(t *testing.T) {
	a := openLibrary(t, nil)
	hookUp(t, a, "book.changed")
	request(a, "POST", "t", "/api/v1/hooks", `{"hook":{"topic":"book.changed","url":"https://copy.example.test/own","secret":"its own"}}`)
	if _, err := a.Update("books", "8", map[string]any{"title": "ü</b>"}); err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for i, d := range a.Outbox() {
		mac := hmac.New(sha256.New, []byte([]string{"s3cret", "its own"}[i]))
		mac.Write(d.Body)
		if got, want := d.Header.Get("Signature"), hex.EncodeToString(mac.Sum(nil)); got != want {
			t.Errorf("the signature is %s, want %s", got, want)
		}
		if d.Header.Get("Topic") != "book.changed" || d.Header.Get("Delivery") != d.ID || d.ID == "" || d.Attempt != 1 ||
			d.URL != []string{"https://copy.example.test/in", "https://copy.example.test/own"}[i] || d.Object != "books" || d.Key != "8" || d.At != a.Now() {
			t.Errorf("the delivery is %+v", d)
		}
		ids[d.ID] = true
	}
	if len(ids) != 2 {
		t.Errorf("two deliveries have %d ids", len(ids))
	}
}

func TestNoticesOfNoObject(t *testing.T) {
	a := openLibrary(t, nil)
	hookUp(t, a, "book.changed", "branch.closed", "book.back")
	for topic, want := range map[string]int{"branch.closed": 1, "forget.reader": 1} { // the latter to the one address there is
		got, err := a.Notice(topic)
		if err != nil || len(got) != want {
			t.Errorf("%s: %d deliveries, %v", topic, len(got), err)
			continue
		}
		if d := got[0]; d.Topic != topic || d.Object != "" || d.Header.Get("Signature") == "" || d.URL != "https://copy.example.test/in" {
			t.Errorf("%s: %+v", topic, d)
		}
	}
	if _, err := a.Notice("book.changed"); err == nil || !strings.Contains(err.Error(), "webhooks.notices") {
		t.Errorf("a notice of a topic that is none: %v", err)
	}
}

func TestRegistration(t *testing.T) {
	a := openLibrary(t, func(_ *manifest.Manifest, c *AccountConfig) { c.Scopes = []string{"read_books"} })
	hook := func(method, path, body string) string {
		w := request(a, method, "t", "/api/v1/hooks"+path, body)
		return fmt.Sprint(w.Code, " ", w.Body)
	}
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "", `{"hook":{"topic":"book.added","url":"https://a.example.test","secret":"x","name":"n"}}`,
			`201 {"hook":{"id":1,"name":"n","topic":"book.added","url":"https://a.example.test"}}`},
		{"POST", "", `{"hook":{"topic":"book.back","url":"http://b.example.test"}}`, `201 {"hook":{"id":2,"topic":"book.back","url":"http://b.example.test"}}`},
		{"GET", "", "", `200 {"hooks":[{"id":1,"name":"n","topic":"book.added","url":"https://a.example.test"},{"id":2,"topic":"book.back","url":"http://b.example.test"}]}`},
		{"PUT", "/2", `{"hook":{"topic":"book.changed"}}`, `200 {"hook":{"id":2,"topic":"book.changed","url":"http://b.example.test"}}`},
		{"GET", "/2", "", `200 {"hook":{"id":2,"topic":"book.changed","url":"http://b.example.test"}}`},
		{"DELETE", "/1", "", `200 {"id":1,"name":"n","topic":"book.added","url":"https://a.example.test"}`},
	} {
		if got := hook(c.method, c.path, c.body); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.method, c.path, got, c.want)
		}
	}
	for _, c := range []struct{ method, path, body, want string }{
		{"POST", "", `{"hook":{"topic":"book.eaten","url":"https://a.example.test"}}`, "422"},
		{"POST", "", `{"hook":{"topic":"book.added","url":"a.example.test"}}`, "422"},
		{"POST", "", `{"hook":{"topic":"book.added"}}`, "422"}, {"POST", "", `{"topic":"book.added"}`, "422"},
		{"POST", "", `{"hook"`, "400"}, {"POST", "", ``, "422"}, {"POST", "", `[1]`, "422"},
		{"PUT", "/2", `{"hook":{"topic":"book.eaten"}}`, "422"}, {"PUT", "/9", `{}`, "404"}, {"DELETE", "/1", "", "404"},
		{"PUT", "", `{}`, "404"}, {"POST", "/2", `{}`, "404"},
	} {
		if got := hook(c.method, c.path, c.body); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s %s %s: %s, want %s", c.method, c.path, c.body, got, c.want)
		}
	}
	if got := fmt.Sprint(a.Registrations()); got != "[{2 book.changed http://b.example.test}]" {
		t.Errorf("registrations: %s", got)
	}
	reader := openLibrary(t, func(_ *manifest.Manifest, c *AccountConfig) { c.Scopes = []string{"read_readers"} })
	if w := request(reader, "POST", "t", "/api/v1/hooks", `{"hook":{"topic":"book.added","url":"https://a.example.test"}}`); w.Code != 422 {
		t.Errorf("a topic without its scope: %d", w.Code)
	}
}
