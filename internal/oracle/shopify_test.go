package oracle_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/recording"
	"github.com/syncspec/syncspec/internal/sandbox"
)

func shopify(t *testing.T) *manifest.Manifest {
	t.Helper()
	m, err := manifest.Load("../../specs/shopify.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// seeded is what the imitated shop has in store before anything changes.
func seeded(t *testing.T, m *manifest.Manifest) *oracle.Offer {
	t.Helper()
	seed, err := sandbox.SeedFromFixtures(m, os.DirFS("../../fixtures/shopify"))
	if err != nil {
		t.Fatal(err)
	}
	stored := map[string][]oracle.Stored{}
	for name, objects := range seed.Objects {
		for _, o := range objects {
			stored[name] = append(stored[name], oracle.Stored{Body: o.Body, Context: o.Context, Ref: "seed " + name + " " + o.Key})
		}
	}
	offer, err := oracle.FromStore(m, stored)
	if err != nil {
		t.Fatal(err)
	}
	for name, objects := range seed.Objects {
		for _, o := range objects {
			if offer.Populations[name].Items[o.Key] == nil {
				t.Errorf("%s %s of the seed has another key here", name, o.Key)
			}
		}
	}
	return offer
}

// TestEveryTableOfShopifyHasExpectedRows holds that what the manifest maps is found in realistic objects.
func TestEveryTableOfShopifyHasExpectedRows(t *testing.T) {
	m := shopify(t)
	s := stateOf(t, seeded(t, m))
	for _, table := range m.Tables() {
		if table.Object.NotApplicable != "" {
			continue
		}
		if len(s.Rows(table.Object.Name, table.Name)) == 0 {
			t.Errorf("no row of %s is expected", table.Name)
		}
	}
}

// TestShopifysRecordingHoldsWhatTheShopHad walks the recorded answers, and wants what was in store when they were made.
func TestShopifysRecordingHoldsWhatTheShopHad(t *testing.T) {
	m := shopify(t)
	rec, err := recording.Load("../../cassettes/shopify")
	if err != nil {
		t.Fatal(err)
	}
	interactions, err := rec.Phase("backfill")
	if err != nil {
		t.Fatal(err)
	}
	var answers []oracle.Answer
	for _, in := range interactions {
		answers = append(answers, oracle.Answer{Method: in.Method, URL: in.URL, Status: in.Status, Header: in.Header, Body: in.Body, Ref: in.Ref()})
	}
	listed, err := oracle.Collect(m, answers)
	if err != nil {
		t.Fatal(err)
	}
	if len(listed.Incomplete) > 0 {
		t.Errorf("the recording does not hold everything: %v", listed.Incomplete)
	}
	stored := seeded(t, m)
	if diff := cmp.Diff(rows(stateOf(t, stored)), rows(stateOf(t, listed))); diff != "" {
		t.Errorf("-in store +listed\n%.4000s", diff)
	}
	// Which of several lists shows an object is the source's affair: it lists unlisted products as active ones.
	one := cmpopts.IgnoreMapEntries(func(name string, _ []string) bool {
		obj, ok := m.Object(name)
		return ok && len(obj.Lists) > 1
	})
	if diff := cmp.Diff(shape(stored), shape(listed), one); diff != "" {
		t.Errorf("walks: -in store +listed\n%.4000s", diff)
	}
	for _, p := range listed.Populations {
		if p.Object.Count != nil && p.Count != len(p.Items) {
			t.Errorf("%s: the shop counts %d, %d are listed", p.Object.Name, p.Count, len(p.Items))
		}
	}
}
