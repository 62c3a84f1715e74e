package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/recording"
)

func TestRegistrationByTopicWithTheTargetsOwnAddress(t *testing.T) {
	a := newAccount(t, startWoo(t), "ck_registration", "registration")
	post := func(body string) reply { return a.ask(http.MethodPost, base+"/webhooks", body) }
	own := func(topic string) string {
		return fmt.Sprintf(`{"topic":%q,"secret":"s","delivery_url":"http://127.0.0.1:1/hook","status":"active"}`, topic)
	}
	// Recorded refusals with the same topic must not answer a good registration, the second one neither.
	for range 3 {
		if got := post(own("order.created")); got.status != http.StatusCreated {
			t.Fatalf("registering order.created: %d %s", got.status, got.body)
		}
	}
	refused := map[string]string{
		`{"topic": "order.created"}`:                                            "missing address",
		`{"topic":"order.created","delivery_url":"receiver.example.test"}`:      "bad address",
		own("order.exploded"):                                                   "unknown topic",
		`{"delivery_url":"https:\/\/elsewhere.test","topic":"order.exploded" }`: "unknown topic, other address",
	}
	for body, what := range refused {
		if got := post(body); got.status != http.StatusBadRequest {
			t.Errorf("%s: status %d, the provider refused it with 400", what, got.status)
		}
	}
	if got := post(own("no.such")); got.header.Get(MissHeader) != MissRequest {
		t.Errorf("a topic that was not recorded: %d %v", got.status, got.header)
	}
}

func TestReadingsFollowTheWritesTheyWereRecordedAfter(t *testing.T) {
	a := newAccount(t, startWoo(t), "ck_state", "registration")
	list := "/webhooks?order=asc&orderby=id&page=1&per_page=100"
	got := a.get(list)
	if got.header.Get(MissHeader) != MissRequest || !strings.Contains(got.body, "webhooks-registration#0") {
		t.Fatalf("the list of 16 webhooks was served before there was one: %d %s", got.status, got.body)
	}
	interactions, err := wooRecording(t).Cassette("webhooks-registration")
	if err != nil {
		t.Fatal(err)
	}
	// Any order of the accepted writes leads to the same state; refused ones lead nowhere.
	for _, in := range slices.Backward(interactions[:16]) {
		if got := a.ask(in.Method, in.URL.Path, in.RequestBody); got.status != http.StatusCreated {
			t.Fatalf("%s: %d", in.Ref(), got.status)
		}
	}
	if got := a.get(list); got.status != http.StatusOK || got.body != string(interactions[19].Body) {
		t.Fatalf("the list after all registrations: %d", got.status)
	}
	if got := a.get("/webhooks/12"); got.header.Get(MissHeader) != MissRequest {
		t.Errorf("webhook 12 was served as deleted before it was: %d", got.status)
	}
}

// synthetic makes interactions without a cassette, for orders of events that this recording does not have.
func synthetic(t *testing.T, sequence bool, lines ...string) *position {
	t.Helper()
	var all []recording.Interaction
	for i, line := range lines {
		method, body, _ := strings.Cut(line, " ")
		in := interactionOf(t, method, "https://store.example.test/wp-json/wc/v3/things/1", body)
		in.Index, in.Sequence = i, sequence
		all = append(all, in)
	}
	ix, err := newIndex(newRules(wooManifest()), all)
	if err != nil {
		t.Fatal(err)
	}
	return newPosition(ix)
}

func interactionOf(t *testing.T, method, address, body string) recording.Interaction {
	t.Helper()
	req, err := http.NewRequest(method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	status := http.StatusOK
	if body == "refused" {
		status = http.StatusBadRequest
	}
	return recording.Interaction{Cassette: "c", Method: method, URL: req.URL, RequestBody: body, Status: status, Body: []byte(body)}
}

func walk(t *testing.T, p *position, lines ...string) string {
	t.Helper()
	var out []string
	for _, line := range lines {
		method, body, _ := strings.Cut(line, " ")
		candidates := p.ix.candidates(method, base+"/things/1", "", "", body)
		if len(candidates) == 0 {
			out = append(out, "-")
			continue
		}
		found, missing := p.take(candidates)
		if found == nil {
			out = append(out, fmt.Sprintf("after%d", missing.Index))
			continue
		}
		out = append(out, fmt.Sprint(found.Index))
	}
	return strings.Join(out, " ")
}

func TestOrderOfAnswers(t *testing.T) {
	recorded := []string{"GET", "GET", "PUT a", "GET", "PUT refused", "GET", "PUT a", "GET"}
	tests := []struct {
		name     string
		sequence bool
		ask      []string
		want     string
	}{
		{"a repeated reading stays", false, []string{"GET", "GET", "GET"}, "0 0 0"},
		{"a write moves on what follows", false, []string{"GET", "PUT a", "GET", "GET", "PUT a", "GET", "PUT a", "GET"}, "0 2 3 3 6 7 6 7"},
		{"a refused write moves nothing", false, []string{"PUT refused", "GET", "PUT refused"}, "4 0 4"},
		{"a sequence moves with each request", true, []string{"GET", "GET", "GET", "PUT a", "GET", "GET", "GET"}, "0 1 1 2 3 5 5"},
		{"a write moves a sequence on", true, []string{"GET", "PUT a", "GET", "PUT a", "GET", "GET"}, "0 2 3 6 7 7"},
		{"another body is no recorded write", false, []string{"PUT b"}, "-"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := walk(t, synthetic(t, test.sequence, recorded...), test.ask...); got != test.want {
				t.Errorf("answered with %s, want %s", got, test.want)
			}
		})
	}
	late := synthetic(t, false, "PUT a", "PUT b", "GET")
	if got := walk(t, late, "GET", "PUT b", "GET", "PUT a", "GET"); got != "after0 1 after0 0 2" {
		t.Errorf("a reading recorded after two writes: %s", got)
	}
}

func TestPhasesAreIndependent(t *testing.T) {
	g := startWoo(t)
	one, two := newAccount(t, g, "ck_one", "backfill"), newAccount(t, g, "ck_two", "after")
	page := "/orders?status=any&orderby=id&order=asc&per_page=100&page=4"
	before, after := one.get(page), two.get(page)
	if before.status != 200 || after.status != 200 || before.body == after.body {
		t.Fatalf("before %d, after %d, equal: %v", before.status, after.status, before.body == after.body)
	}
	if err := one.route.Enter("after"); err != nil {
		t.Fatal(err)
	}
	if got := one.get(page); got.body != after.body {
		t.Error("after entering the phase the old state is still served")
	}
	if log := one.route.Log(); len(log) != 2 || log[0].Phase != "backfill" || log[1].Phase != "after" {
		t.Errorf("the log mixes phases or accounts: %+v", log)
	}
	if err := one.route.Enter("nowhere"); err == nil || !strings.Contains(err.Error(), "backfill") {
		t.Errorf("an unknown phase must name those there are: %v", err)
	}
}

func TestSequencesRestartOnEnter(t *testing.T) {
	a := newAccount(t, startWoo(t), "ck_errors", "errors")
	var bodies []string
	for range 6 {
		bodies = append(bodies, a.get("/orders?per_page=1").body)
	}
	if bodies[1] == bodies[2] || bodies[2] == bodies[3] || bodies[3] != bodies[5] {
		t.Errorf("the four 401s came in another order: %q", bodies)
	}
	if err := a.route.Enter("errors"); err != nil {
		t.Fatal(err)
	}
	if a.get("/orders?per_page=1").body != bodies[0] {
		t.Error("the sequence went on where it had been")
	}
}

func TestMixedStatesAreRefused(t *testing.T) {
	first := interactionOf(t, http.MethodGet, "https://store.example.test/wp-json/wc/v3/orders?page=1&per_page=5", "x")
	second := interactionOf(t, http.MethodGet, "https://store.example.test/wp-json/wc/v3/orders?per_page=5", "y")
	second.Cassette = "d"
	_, err := newIndex(newRules(wooManifest()), []recording.Interaction{first, second})
	if err == nil || !strings.Contains(err.Error(), "c#0 and d#0") {
		t.Errorf("two answers to one request in one phase: %v", err)
	}
}
