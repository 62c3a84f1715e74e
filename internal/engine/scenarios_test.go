package engine

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

// TestScenariosAreReached reaches every scenario with the bundled target, of each source and in each mode, and holds that
// each leaves what checks need: what is not there cannot be judged, and would show as unproven at best.
func TestScenariosAreReached(t *testing.T) {
	for _, source := range []string{"woocommerce", "shopify"} {
		for _, mode := range []string{Replay, Sandbox} {
			t.Run(source+"/"+mode, func(t *testing.T) {
				t.Parallel()
				w := &world{session: open(t, Options{Manifest: "../../specs/" + source + ".yaml", Reports: t.TempDir(), Mode: mode})}
				for name, holds := range map[scenario.Name]func(*testing.T, *scenario.Snapshot){
					scenario.Connected: w.connected, scenario.Backfilled: w.backfilled, scenario.Updated: w.updated, scenario.Probed: w.probed,
					scenario.Authorized: w.authorized, scenario.Faulted: w.faulted, scenario.Resumed: w.resumed, scenario.Unrefined: w.unrefined,
				} {
					if mode == Replay && scenario.NeedsSandbox(name) {
						continue // it is the same in either mode
					}
					t.Run(string(name), func(t *testing.T) {
						s, f := w.session.scenarios.Get(t.Context(), name)
						if f != nil {
							t.Fatalf("%s %s: %s\n%v", f.Status, f.Cause, f.Summary, f.Evidence)
						}
						if want := w.session.job.modeOf(name); s.Mode != want {
							t.Errorf("its mode is %s, want %s", s.Mode, want)
						}
						holds(t, s)
					})
				}
			})
		}
	}
}

// open prepares a job and opens a session of it, which ends with the test.
func open(t *testing.T, o Options) *Session {
	t.Helper()
	j, err := Prepare(o)
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.WithoutCancel(t.Context())
	shared, err := Share(ctx, j)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := shared.Close(); err != nil {
			t.Error(err)
		}
	})
	s, err := Open(ctx, j, nil, shared, 1)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// world is a session of which scenarios are looked at.
type world struct{ session *Session }

func (w *world) connected(t *testing.T, s *scenario.Snapshot) {
	m := s.Manifest
	for _, r := range s.Registered {
		if r.Status != "registered" {
			t.Errorf("%s is %s: %s", r.Topic, r.Status, r.Error)
		}
	}
	if s.Mode != result.Sandbox {
		if s.Hooks != nil {
			t.Errorf("a recording says that the source has %d webhooks", len(s.Hooks))
		}
		return
	}
	var topics []string
	for _, h := range s.Hooks {
		topics = append(topics, h.Topic)
		if h.Address != s.Integration.WebhookURL {
			t.Errorf("%s goes to %s, want %s", h.Topic, h.Address, s.Integration.WebhookURL)
		}
	}
	if want := m.Registrable(); !equalSets(topics, want) {
		t.Errorf("the source has webhooks for\n%v, want\n%v", topics, want)
	}
}

func (w *world) backfilled(t *testing.T, s *scenario.Snapshot) {
	for name, p := range s.Offer.Populations {
		if p.Object.NotApplicable == "" && s.Partial[name] == "" && len(p.Keys) == 0 {
			t.Errorf("nothing of %s is on offer", name)
		}
	}
	for _, name := range []string{scenario.FirstSync, scenario.SecondSync} {
		step := s.Step(name)
		if len(step.Traffic) == 0 || len(step.RawRows) == 0 {
			t.Errorf("the %s made %d requests and left raw rows of %d objects", name, len(step.Traffic), len(step.RawRows))
		}
		for f, stats := range step.Stats {
			if stats.Errors > 0 {
				t.Errorf("the %s: %s failed %d times: %s", name, f, stats.Errors, stats.Error)
			}
		}
	}
}

func (w *world) updated(t *testing.T, s *scenario.Snapshot) {
	told := map[string]bool{}
	var repeats, late, stale int
	for _, d := range s.Deliveries {
		told[d.Topic] = true
		if d.Answer.Status/100 != 2 {
			t.Errorf("%s was answered %d %s", d.Ref, d.Answer.Status, d.Answer.Body)
		}
		if d.Repeats {
			repeats++
		}
		if d.Late {
			late++
			if !d.Effect.Applied {
				stale++
			}
		}
	}
	for _, topic := range s.Manifest.Registrable() {
		if !told[topic] && slices.ContainsFunc(s.Manifest.Topics(), func(r manifest.RoutedTopic) bool { return r.Topic == topic }) {
			t.Errorf("there is no delivery of %s", topic)
		}
	}
	for _, d := range s.Drift {
		if d.Contradicts {
			t.Errorf("the expectation contradicts the last body: %s", d)
		}
	}
	if s.Mode == result.Sandbox && (repeats == 0 || late == 0 || stale == 0) {
		t.Errorf("%d deliveries were repeated and %d overtaken, %d of them stale: there must be some of each", repeats, late, stale)
	}
}

func (w *world) probed(t *testing.T, s *scenario.Snapshot) {
	names := append(scenario.BadSignatures(), scenario.ProbeFirst, scenario.ProbeKeyOrder, scenario.ProbeDuplicate, scenario.ProbeChanged,
		scenario.ProbeNewer, scenario.ProbeStale)
	if s.Manifest.Webhooks.Ping != nil {
		names = append(names, scenario.ProbePing)
	}
	if len(s.Manifest.Webhooks.NotObject) > 0 {
		names = append(names, scenario.ProbeNotObject)
	}
	for _, name := range names {
		if p := s.Probes[name]; p == nil || p.Delivery == nil || !p.SentinelSeen {
			t.Errorf("the probe %s was not made: %+v", name, p)
		}
	}
	newer, older := s.Probes[scenario.ProbeNewer], s.Probes[scenario.ProbeStale]
	if newer.Expected == nil || older.Expected == nil || !newer.Expected.Updated.Equal(older.Expected.Updated) || newer.Row == nil {
		t.Errorf("the stale body must change nothing: %+v, %+v", newer.Expected, older.Expected)
	}
	if got, want := len(s.Notices), len(s.Manifest.Webhooks.Notices); got != want {
		t.Errorf("%d notices were delivered, want %d", got, want)
	}
	for _, n := range s.Notices {
		if n.Good == nil || n.Bad == nil || n.Good.Answer.Status/100 != 2 || n.Bad.Answer.Status != 401 || !n.Seen || len(n.Changes) > 0 {
			t.Errorf("%s: good %+v, bad %+v, seen %t, changes %v", n.Notice.Topic, n.Good, n.Bad, n.Seen, n.Changes)
		}
	}
}

func (w *world) authorized(t *testing.T, s *scenario.Snapshot) {
	for _, step := range []struct {
		name   string
		failed bool
	}{{scenario.Registration, true}, {scenario.SecondRegistration, false}} {
		failed := slices.ContainsFunc(s.Step(step.name).Registered, func(r target.Registered) bool { return r.Topic == s.Broken && r.Status != "registered" })
		if failed != step.failed {
			t.Errorf("%s: that %s failed is %t", step.name, s.Broken, failed)
		}
	}
	if len(s.Faults) != 1 || s.Faults[0].Struck == 0 || !struck(s.Step(scenario.Registration), s.Faults[0].Name) {
		t.Errorf("the source took every registration: %+v", s.Faults)
	}
	if !slices.ContainsFunc(s.Hooks, func(h scenario.Hook) bool { return h.Topic == s.Broken }) {
		t.Errorf("in the end the source has no webhook for %s", s.Broken)
	}
	var metadata map[string]any
	if err := json.Unmarshal(s.Metadata, &metadata); err != nil || len(metadata) == 0 {
		t.Errorf("integration.metadata_info is %s", s.Metadata)
	}
	w.unseen(t, s)
	a := s.Authorization
	if s.Manifest.OAuth == nil {
		if a != nil {
			t.Errorf("there is no OAuth, and yet the account was authorized: %+v", a)
		}
		return
	}
	if a == nil {
		t.Fatal("the account was connected without its owner's consent")
	}
	if len(a.Requested) == 0 || !equalSets(a.Granted, a.Requested) || !equalSets(a.Claimed, a.Requested) {
		t.Errorf("requested %v, granted %v, claimed %v", a.Requested, a.Granted, a.Claimed)
	}
	if len(a.Forged) != 2 {
		t.Errorf("%d forged callbacks were tried, want 2", len(a.Forged))
	}
	for _, f := range a.Forged {
		if f.Status/100 != 4 {
			t.Errorf("%s was answered %d: %s", f.Name, f.Status, f.Said)
		}
	}
	if text := a.Page.String(); strings.Contains(text, "secret") {
		t.Errorf("the page's address has the secret: %s", text)
	}
	if len(s.Step(scenario.Authorizing).Traffic) == 0 {
		t.Error("the exchange of the code is in no step")
	}
}

// unseen holds that no report shows what the target has to keep secret: credentials, also those that the source issued, and what
// signs deliveries.
func (w *world) unseen(t *testing.T, s *scenario.Snapshot) {
	t.Helper()
	var kept map[string]string
	var secret string
	err := w.session.instances.there(everyones).Reading.QueryRow(t.Context(), "SELECT credentials, webhook_secret FROM integration WHERE id = $1::text::uuid", s.Integration.ID).
		Scan(&kept, &secret)
	if err != nil {
		t.Fatal(err)
	}
	kept["webhook_secret"] = secret
	delete(kept, "client_id")
	for name, value := range kept {
		if text := "it has " + value + " of the account"; value != "" && !strings.HasSuffix(name, "_expires_at") {
			if w.session.job.secrets.text(&text); text != "it has xxxxx of the account" {
				t.Errorf("a report shows the %s: %s", name, text)
			}
		}
	}
	if len(kept) < 2 {
		t.Errorf("the target keeps %d secrets", len(kept))
	}
}

func (w *world) faulted(t *testing.T, s *scenario.Snapshot) {
	step := s.Step(scenario.FaultySync)
	kinds := map[string]bool{}
	for _, f := range s.Faults {
		kinds[f.Name] = true
		if f.Struck == 0 || !struck(step, f.Name) {
			t.Errorf("%s struck no request for %s", f.Name, f.Object)
		}
	}
	if len(kinds) != 3 {
		t.Errorf("there are faults of the kinds %v, want three", kinds)
	}
	for f, stats := range step.Stats {
		if stats.Errors > 0 {
			t.Errorf("%s did not survive: %s", f, stats.Error)
		}
	}
	if s.Expected == nil || len(step.RawRows) == 0 {
		t.Error("nobody knows what must be there, or nothing is")
	}
}

func (w *world) resumed(t *testing.T, s *scenario.Snapshot) {
	at := slices.IndexFunc(s.Quiet, func(c scenario.Change) bool { return c.At.Equal(s.Boundary) })
	if at < 0 || s.Quiet[at].Event != manifest.Update {
		t.Errorf("nothing that was there changed at the boundary %s", s.Boundary)
	}
	events := map[manifest.Event]bool{}
	for _, c := range s.Quiet {
		events[c.Event] = true
		want := 1
		if c.Event == manifest.Update {
			want = 2
		}
		rows, err := s.Reader.RawRows(t.Context(), c.Object, c.Key, false)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) < want {
			t.Errorf("%s %s, %s at %s: %d raw rows, want %d", c.Object, c.Key, c.Event, c.At.Format(time.RFC3339), len(rows), want)
		}
		if c.At.Before(s.Boundary) || s.Expected.Objects[c.Object][c.Key] == nil {
			t.Errorf("%s %s changed at %s and is not expected", c.Object, c.Key, c.At)
		}
	}
	if !events[manifest.Update] || !events[manifest.Create] {
		t.Errorf("the changes are %v, want some of both kinds", events)
	}
	asked := false
	for _, x := range s.Step(scenario.ResumedSync).Traffic {
		q, err := url.ParseQuery(x.Query)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range s.Manifest.Objects {
			asked = asked || o.Incremental != nil && q.Has(o.Incremental.Param)
		}
	}
	if !asked {
		t.Error("the sync with a start date asked for everything")
	}
}

func (w *world) unrefined(t *testing.T, s *scenario.Snapshot) {
	r := s.Refusal
	if r.Delivery.Answer.Status/100 != 2 || r.Row != nil || len(r.Raw) != 1 || r.Raw[0].Status != "error" || !r.Sentinel {
		t.Errorf("the refused delivery: %d, raw %+v, row %v, sentinel %t", r.Delivery.Answer.Status, r.Raw, r.Row, r.Sentinel)
	}
	if r.HealedRow == nil || len(r.HealedRaw) != 1 || r.HealedRaw[0].Status != "processed" || r.Retried.Healed == 0 || r.Expected == nil {
		t.Errorf("after the retry: raw %+v, row %v, %+v", r.HealedRaw, r.HealedRow, r.Retried)
	}
	rows, err := w.session.instances.there(everyones).Reading.Query(t.Context(), "SELECT conname::text FROM pg_constraint WHERE conname LIKE 'syncspec%'")
	if err != nil {
		t.Fatal(err)
	}
	if left, err := pgx.CollectRows(rows, pgx.RowTo[string]); err != nil || len(left) > 0 {
		t.Errorf("the database goes on refusing: %v %v", left, err)
	}
}

func struck(s *scenario.Step, fault string) bool {
	return slices.ContainsFunc(s.Traffic, func(x scenario.Exchange) bool { return x.Fault == fault })
}

func equalSets(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}
