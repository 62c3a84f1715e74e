package configuration

import (
	"context"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// UniqueKey looks for the unique index that keeps one row per object even under a race.
func UniqueKey() check.Check {
	return check.Check{
		ID: "configuration/unique-key", Phase: 1, SOP: []string{"1.2-4", "T-2"}, Level: check.Required, Scenario: scenario.Connected,
		Title:    "Every refined table is unique on the integration and the source's key.",
		Why:      "without the index two deliveries at the same moment make two rows of one object",
		Remedy:   "add a unique constraint on (integration_id, the source's key) and write with ON CONFLICT",
		Evidence: "the database's catalogue",
		Causes:   map[string]string{"unique-missing": "no unique index has exactly these columns"},
		Subjects: check.Tables(nil),
		Run: func(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
			tables, err := s.Reader.Catalog(ctx)
			if err != nil {
				return result.Result{}, err
			}
			t, _ := s.Manifest.Table(subject.Name)
			info := tables[t.Name]
			if info == nil {
				return result.Result{}, scenario.NoTable(t.Name)
			}
			want := t.Key
			if tenant := s.Names.Integration; tenant != "" {
				want = append([]string{tenant}, t.Key...)
			}
			if info.HasUnique(want...) {
				return check.Pass(1, "%s is unique on %v", t.Name, want)
			}
			if own := whole(s, t); len(own) > 0 && info.HasUnique(own...) {
				return check.Pass(1, "%s is unique on %v, which holds all of the source's key", t.Name, own)
			}
			return check.Fail("unique-missing", "%s is not unique on %v", t.Name, want).Expected("a unique index on %v", want).
				Actual("unique indexes: %s", fmt.Sprint(info.Unique)).Done()
		},
	}
}

// whole are the integration and the column of the convention with the source's id: where several fields identify what a
// table holds, a target may keep all of them in that one.
func whole(s *scenario.Snapshot, t manifest.Table) []string {
	if len(t.Key) < 2 || slices.Contains(t.Key, s.Manifest.ObjectIDColumn()) { // then it holds a part of it
		return nil
	}
	own := []string{s.Manifest.ObjectIDColumn()}
	if tenant := s.Names.Integration; tenant != "" {
		own = append([]string{tenant}, own...)
	}
	return own
}
