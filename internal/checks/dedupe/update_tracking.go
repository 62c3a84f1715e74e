package dedupe

import (
	"context"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// UpdateTracking looks at objects that were changed after the backfill.
func UpdateTracking() check.Check {
	return check.Check{
		ID: "dedupe/update-tracking", Phase: 4, SOP: []string{"4.2-1", "4.2-2", "4.2-3", "A-2"}, Level: check.Required, Scenario: scenario.Updated,
		Needs:    []profile.Notion{profile.Raw},
		Title:    "An updated object has a raw row for each state, each with its own hash, and one refined row.",
		Why:      "the raw layer is the audit trail; the refined layer is the present",
		Remedy:   "never rewrite a raw row; insert a new one for each new hash, and upsert the refined row",
		Evidence: "one object that was offered in two states",
		Causes: map[string]string{
			"state-not-kept":      "a state of an updated object has no raw row",
			"hash-shared":         "two states of an object have the same hash",
			"several-refined":     "an object has several refined rows",
			"refined-row-missing": "an object has no refined row",
		},
		Subjects: check.Objects(func(o *manifest.Object) bool {
			return slices.ContainsFunc(o.Webhooks, func(t manifest.Topic) bool {
				return t.Event == manifest.Update && (t.Payload == "" || t.Payload == "object")
			})
		}),
		Run: updateTracking,
	}
}

func updateTracking(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	obj, _ := s.Manifest.Object(subject.Name)
	volatile := obj.VolatileFields()
	// The states that each object was offered in, as canonical hashes of our own.
	states := map[string]map[string]string{}
	add := func(key, ref string, payload []byte) error {
		h, err := canonical.Hash(canonical.SortedJSON1, payload, volatile...)
		if err != nil {
			return err
		}
		if states[key] == nil {
			states[key] = map[string]string{}
		}
		states[key][h] = ref
		return nil
	}
	for _, d := range s.Deliveries {
		if d.Effect.Object != obj.Name || d.Effect.Type != obj.Name || d.Answer.Status/100 != 2 {
			continue // a refused delivery is no matter of the raw layer, and what only names the object no state of it
		}
		if err := add(d.Effect.Key, d.Ref, d.Body); err != nil {
			return result.Result{}, err
		}
		if item := s.Offer.Populations[obj.Name].Items[d.Effect.Key]; item != nil {
			if err := add(d.Effect.Key, item.Ref, canonical.Append(nil, item.Body)); err != nil {
				return result.Result{}, err
			}
		}
	}
	if s.Later != nil { // the states that two syncs met with
		for key, now := range s.Later.Populations[obj.Name].Items {
			before := s.Offer.Populations[obj.Name].Items[key]
			if before == nil {
				continue
			}
			for _, item := range []*oracle.Item{before, now} {
				if err := add(key, item.Ref, canonical.Append(nil, item.Body)); err != nil {
					return result.Result{}, err
				}
			}
		}
	}
	refined := map[string]int{}
	t, _ := s.Manifest.Table(obj.Table)
	if err := s.Reader.Rows(ctx, t, func(r scenario.Row) error { refined[r.Key]++; return nil }); err != nil {
		return result.Result{}, err
	}
	updated := 0
	var lost, shared, several, missing []string
	for key, offered := range states {
		if len(offered) < 2 {
			continue
		}
		updated++
		rows, err := s.Reader.RawRows(ctx, obj.Name, key, true)
		if err != nil {
			return result.Result{}, err
		}
		kept, seen := map[string]bool{}, map[string]string{}
		for _, r := range rows {
			h, err := canonical.Hash(canonical.SortedJSON1, r.Payload, volatile...)
			if err != nil {
				return result.Result{}, fmt.Errorf("reading the payload of a raw row of %s %s: %w", obj.Name, key, err)
			}
			if other, there := seen[r.Hash]; there && other != h {
				shared = append(shared, fmt.Sprintf("%s %s: two states with the hash %s", obj.Name, key, r.Hash))
			}
			kept[h], seen[r.Hash] = true, h
		}
		for h, ref := range offered {
			if !kept[h] {
				lost = append(lost, fmt.Sprintf("%s %s as offered in %s", obj.Name, key, ref))
			}
		}
		switch n := refined[key]; {
		case n > 1:
			several = append(several, fmt.Sprintf("%s %s has %d refined rows", obj.Name, key, n))
		case n == 0 && s.Expected.Objects[obj.Name][key] != nil && !(s.Names.HardDeletes && s.Expected.Objects[obj.Name][key].Deleted):
			missing = append(missing, fmt.Sprintf("%s %s", obj.Name, key))
		}
	}
	for _, f := range []struct {
		cause, what string
		found       []string
	}{
		{"state-not-kept", "states of updated objects have no raw row", lost},
		{"hash-shared", "pairs of states share a hash", shared},
		{"several-refined", "objects have several refined rows", several},
		{"refined-row-missing", "updated objects have no refined row", missing},
	} {
		if len(f.found) > 0 {
			slices.Sort(f.found)
			return check.Fail(f.cause, "%d %s", len(f.found), f.what).Expected("a raw row per state, one refined row").
				Actual("%s", f.found[0]).With("row", f.found...).Checked(updated).Done()
		}
	}
	if updated == 0 {
		return check.Unproven("no %s were offered in two states", obj.Name)
	}
	return check.Pass(updated, "%d updated %s, each with all its states and one refined row", updated, obj.Name)
}
