package configuration

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
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
			want := t.Key
			if tenant := s.Names.Integration; tenant != "" {
				want = append([]string{tenant}, t.Key...)
			}
			if info == nil || !info.HasUnique(want...) {
				f := check.Fail("unique-missing", "%s is not unique on %v", t.Name, want).Expected("a unique index on %v", want).Actual("no such table")
				if info != nil {
					f.Actual("unique indexes: %s", fmt.Sprint(info.Unique))
				}
				return f.Done()
			}
			return check.Pass(1, "%s is unique on %v", t.Name, want)
		},
	}
}
