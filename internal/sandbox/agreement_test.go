package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/textproto"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/recording"
)

// Each recorded request is asked of the sandbox, and the answers are held against each other: status, headers, which
// objects in which order, and the bodies. A difference is either mended or stands in the table of explanations, with its
// number; one that is new fails, and so does an explanation of what is no longer so.

// finding is one recorded request or delivery, with what the sandbox did otherwise.
type finding struct {
	ref, family string
	diffs       []string
}

// replay asks the sandbox what was asked of the shop.
func replay(a *Account, in recording.Interaction, sign func(*http.Request)) *httptest.ResponseRecorder {
	url := *in.URL
	url.Scheme, url.Host = "https", "store.example.test"
	r := httptest.NewRequest(in.Method, url.String(), strings.NewReader(in.RequestBody))
	sign(r)
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

// differences says where two answers differ, each kind of difference once.
func differences(in recording.Interaction, got *httptest.ResponseRecorder) []string {
	var diffs []string
	if got.Code != in.Status {
		return []string{fmt.Sprintf("status %d, recorded %d", got.Code, in.Status)}
	}
	for _, name := range headerNames(in.Header, got.Header()) {
		have, want := strings.Join(headerOf(got.Header(), name), ", "), strings.Join(headerOf(in.Header, name), ", ")
		if have != want {
			diffs = append(diffs, "header "+name)
		}
	}
	if in.Method == http.MethodHead {
		return diffs
	}
	return append(diffs, bodyDifferences(in.Body, got.Body.Bytes())...)
}

// notCompared are headers of the connection and the machine.
var notCompared = []string{"Date", "Server", "Connection", "Content-Length"}

func headerNames(of ...http.Header) []string {
	var names []string
	for _, h := range of {
		for name := range h {
			name = textproto.CanonicalMIMEHeaderKey(name)
			if !slices.Contains(names, name) && !slices.Contains(notCompared, name) {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	return names
}

func headerOf(h http.Header, name string) []string {
	for key, values := range h {
		if textproto.CanonicalMIMEHeaderKey(key) == name {
			return values
		}
	}
	return nil
}

func decoded(body []byte) any {
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	var v any
	if dec.Decode(&v) != nil {
		return string(body)
	}
	return v
}

// bodyDifferences compares two bodies by their values: ids and their order first, then the members of each object.
func bodyDifferences(want, got []byte) []string {
	w, g := decoded(want), decoded(got)
	wl, isList := w.([]any)
	gl, alsoList := g.([]any)
	if !isList || !alsoList {
		wl, gl = []any{w}, []any{g}
	}
	if ids(wl) != ids(gl) {
		return []string{"objects or their order"}
	}
	found := map[string]bool{}
	for i := range wl {
		wm, _ := wl[i].(map[string]any)
		gm, _ := gl[i].(map[string]any)
		if wm == nil || gm == nil {
			if !reflect.DeepEqual(wl[i], gl[i]) {
				found["body"] = true
			}
			continue
		}
		for name := range gm {
			if _, ok := wm[name]; !ok {
				found["member "+name] = true
			}
		}
		withoutOwnIDs(wm)
		withoutOwnIDs(gm)
		for name, v := range wm {
			if name != "related_ids" && !reflect.DeepEqual(v, gm[name]) { // random from one reading to the next
				found["member "+name] = true
			}
		}
	}
	return sortedKeys(found)
}

// withoutOwnIDs takes away the ids of the meta data that putting an object into the trash made: they are counted together
// with those of everything else in the shop, which no list shows.
func withoutOwnIDs(body map[string]any) {
	meta, _ := body["meta_data"].([]any)
	for _, e := range meta {
		if m, _ := e.(map[string]any); m != nil && strings.HasPrefix(fmt.Sprint(m["key"]), "_wp_") {
			delete(m, "id")
		}
	}
}

func ids(list []any) string {
	var all []string
	for _, e := range list {
		m, _ := e.(map[string]any)
		all = append(all, fmt.Sprint(m["id"]))
	}
	return strings.Join(all, " ")
}

var digits = regexp.MustCompile(`/\d+`)

// family is what a request has in common with others of its kind.
func family(in recording.Interaction) string {
	path := strings.TrimPrefix(in.URL.Path, "/wp-json/wc/v3")
	return in.Cassette + ": " + in.Method + " " + digits.ReplaceAllString(path, "/N")
}

// agreement is one shop's state as it is asked.
type agreement struct {
	t   *testing.T
	rec *recording.Recording
	box *Sandbox
	a   *Account
	// asked are the requests, delivered the deliveries.
	asked, delivered []finding
	// made counts the requests that were made as changes.
	made int
}

// ask asks all of some cassettes. The clock moves with the recording, for what is registered shows when.
func (g *agreement) ask(cassettes ...string) {
	g.t.Helper()
	for _, name := range cassettes {
		interactions, err := g.rec.Cassette(name)
		if err != nil {
			g.t.Fatal(err)
		}
		for _, in := range interactions {
			g.a.at(dateOf(g.t, in))
			account, sign := g.signer(in)
			g.asked = append(g.asked, finding{in.Ref() + " " + in.URL.RequestURI(), family(in), differences(in, replay(account, in, sign))})
		}
	}
}

// signer says by whom a request was made: the recording has no credentials, and in the cassette errors some are wrong.
func (g *agreement) signer(in recording.Interaction) (*Account, func(*http.Request)) {
	basic := func(user, password string) func(*http.Request) {
		return func(r *http.Request) { r.SetBasicAuth(user, password) }
	}
	if in.Cassette == "errors" {
		switch in.Index {
		case 0:
			return g.a, func(*http.Request) {}
		case 1:
			return g.a, basic("ck_of_nobody", wooSecret)
		case 2:
			return g.a, basic(wooKey, "cs_wrong")
		case 4: // a key for reading alone
			return g.open(wooKey, wooSecret, "read"), basic(wooKey, wooSecret)
		case 5: // a key in the query, which shows in the link
			return g.open("ck_scrubbed", "cs_scrubbed", "read", "write"), func(*http.Request) {}
		}
	}
	return g.a, basic(wooKey, wooSecret)
}

func (g *agreement) open(key, secret string, scopes ...string) *Account {
	g.t.Helper()
	a, err := g.box.Open(AccountConfig{Name: "another", URL: wooURL, Scopes: scopes,
		Credentials: map[string]string{"consumer_key": key, "consumer_secret": secret}})
	if err != nil {
		g.t.Fatal(err)
	}
	return a
}

func TestAgreement(t *testing.T) {
	_, rec := wooRecording(t)
	box := wooSandbox(t)
	g := &agreement{t: t, rec: rec, box: box, a: wooAccount(t, box)}
	g.ask("counts-before", "backfill-orders", "backfill-products", "backfill-variations", "backfill-customers",
		"backfill-coupons", "backfill-refunds", "backfill-reviews", "backfill-taxonomies-taxes", "backfill-order-notes",
		"backfill-trash", "backfill-small-orders", "backfill-small-products", "samples", "system-status", "index", "errors",
		"webhooks-registration")
	pings(t, g.a.Outbox())
	g.change()
	g.ask("incremental-orders", "incremental-products", "incremental-others", "after-ids", "after-objects", "counts-after",
		"after-orders", "after-products", "after-coupons", "after-customers")
	g.judge()
}
