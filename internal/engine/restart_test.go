package engine

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/sandbox"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

// TestKilledInMidSync: a target can be killed while it syncs and started again. That is no end that it came to by itself, what
// it had connected is there still, and the next sync copies everything.
func TestKilledInMidSync(t *testing.T) {
	t.Parallel()
	s := open(t, Options{Source: "woocommerce", Mode: Sandbox, Reports: t.TempDir()})
	m := s.job.Profile.Manifest
	running := s.Target(scenario.Backfilled)
	box, err := s.job.sandbox()
	if err != nil {
		t.Fatal(err)
	}
	credentials := map[string]string{}
	for _, c := range m.API.Auth.Credentials {
		credentials[c] = "restarted-" + c
	}
	account, err := box.Open(sandbox.AccountConfig{Name: "restarted", URL: s.gateway.URL(), Credentials: credentials, Secret: "restarted-secret"})
	if err != nil {
		t.Fatal(err)
	}
	route, err := s.gateway.Route(credentials[m.API.Auth.Route])
	if err != nil {
		t.Fatal(err)
	}
	route.Serve("backfill", account)
	client := running.Client(target.Account{Name: "restarted", URL: s.gateway.URL(), Credentials: credentials, Secret: "restarted-secret"})
	integration, err := client.Connect(t.Context())
	if err != nil {
		t.Fatal(err)
	}

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cut := make(chan error, 1)
	go func() {
		_, err := client.Sync(ctx, nil, time.Time{})
		cut <- err
	}()
	for asked := 0; asked < 10; time.Sleep(time.Millisecond) {
		select {
		case err := <-cut:
			t.Fatalf("the sync was over after %d requests: %v", asked, err)
		default:
			asked = len(route.Log())
		}
	}
	address, pid := running.BaseURL(), running.Process().PID()
	if err := running.Kill(ctx); err != nil {
		t.Fatal(err)
	}
	if err := <-cut; err == nil {
		t.Fatal("a sync whose target was killed ended well")
	}
	if how := running.Exited(); how != "" {
		t.Errorf("that it was killed looks like its own end: %s", how)
	}
	if err := running.Restart(ctx); err != nil {
		t.Fatal(err)
	}
	if running.BaseURL() != address || running.Process().PID() == pid {
		t.Errorf("it is process %d at %s, and was %d at %s", running.Process().PID(), running.BaseURL(), pid, address)
	}
	stored := map[string][]oracle.Stored{}
	for _, o := range m.Objects {
		if o.Applies() {
			for _, kept := range account.Objects(o.Name) {
				stored[o.Name] = append(stored[o.Name], oracle.Stored{Body: kept.Body, Context: kept.Context, Ref: o.Name + " " + kept.Key})
			}
		}
	}
	offer, err := oracle.FromStore(m, stored)
	if err != nil {
		t.Fatal(err)
	}
	expected, err := offer.State()
	if err != nil {
		t.Fatal(err)
	}
	reader := scenario.NewReader(s.instances.there(everyones).Reading, s.job.Profile.Names, integration.ID)
	snap := &scenario.Snapshot{Manifest: m, Names: s.job.Profile.Names, Lacks: map[profile.Notion]string{}, Reader: reader, Offer: offer, Expected: expected}
	if len(s.unequal(t, snap)) == 0 {
		t.Error("the sync was over when the target was killed")
	}
	if _, err := client.Sync(ctx, nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	if all := s.unequal(t, snap); len(all) > 0 {
		t.Errorf("after the next sync there differ still: %q", all)
	}
}

// unequal holds a database against what is expected, by the checks that do so in every run, and returns what differs.
func (s *Session) unequal(t *testing.T, snap *scenario.Snapshot) []string {
	t.Helper()
	judged := 0
	var differ []string
	for _, spec := range s.job.Plan.Specs {
		if !slices.Contains([]string{"accuracy/counts", "accuracy/fields"}, spec.Check.ID) {
			continue
		}
		res, err := spec.Check.Run(t.Context(), snap, spec.Subject)
		if err != nil {
			t.Fatal(err)
		}
		if res.Status != result.NotApplicable {
			judged++
		}
		if res.Status != result.Pass && res.Status != result.NotApplicable {
			differ = append(differ, spec.Key()+": "+res.Summary)
		}
	}
	if judged < len(snap.Manifest.Objects) {
		t.Errorf("%d specs were judged", judged)
	}
	return differ
}
