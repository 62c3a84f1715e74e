package configuration

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// ForeignKeys looks for the keys that tie sub-objects to their parents.
func ForeignKeys() check.Check {
	return check.Check{
		ID: "configuration/foreign-keys", Phase: 1, SOP: []string{"1.2-3", "5.2-5"}, Level: check.Required, Scenario: scenario.Connected,
		Title:    "Every table with a parent has a foreign key to it.",
		Why:      "without it a line item can outlive its order, or belong to none",
		Remedy:   "add the foreign key on (integration_id, parent column); soft references need none",
		Evidence: "the database's catalogue",
		Causes: map[string]string{
			"foreign-key-missing":    "no foreign key ties the parent column to the parent's table",
			"integration-not-in-key": "the foreign key leaves the integration out, so a row may hang on another tenant's parent",
		},
		Subjects: func(m *manifest.Manifest) []check.Subject {
			return check.Tables(func(t manifest.Table) bool {
				parent, ok := m.Table(t.Parent)
				return ok && parent.Object.Applies()
			})(m)
		},
		Run: func(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
			tables, err := s.Reader.Catalog(ctx)
			if err != nil {
				return result.Result{}, err
			}
			t, _ := s.Manifest.Table(subject.Name)
			referenced := cmp.Or(s.Names.ParentBy[t.Name], t.ParentID)
			info := tables[t.Name]
			if info == nil {
				return result.Result{}, scenario.NoTable(t.Name)
			}
			tenant := s.Names.Integration
			want := fmt.Sprintf("a foreign key from %s and %s to %s", tenant, t.ParentColumn, t.Parent)
			// A key of the target's own is one row's in all integrations; and without a tenant there is nobody else's.
			alone := tenant == "" || s.Names.ParentBy[t.Name] != ""
			if alone {
				want = fmt.Sprintf("a foreign key from %s to %s", t.ParentColumn, t.Parent)
			}
			loose := ""
			for _, k := range info.ForeignKeys {
				if k.Table != t.Parent || !ties(k, t.ParentColumn, referenced) {
					continue
				}
				if alone || ties(k, tenant, tenant) {
					return check.Pass(1, "%s%v refers to %s%v", t.Name, k.Columns, t.Parent, k.Referenced)
				}
				loose = fmt.Sprintf("%v refers to %s%v", k.Columns, t.Parent, k.Referenced)
			}
			if loose != "" {
				return check.Fail("integration-not-in-key", "%s.%s refers to %s whosever it is", t.Name, t.ParentColumn, t.Parent).
					Expected("%s", want).Actual("%s", loose).Done()
			}
			return check.Fail("foreign-key-missing", "%s.%s does not refer to %s", t.Name, t.ParentColumn, t.Parent).
				Expected("%s", want).Actual("foreign keys: %s", fmt.Sprint(info.ForeignKeys)).Done()
		},
	}
}

// ties tells whether a foreign key has this pair of columns.
func ties(k scenario.ForeignKey, column, referenced string) bool {
	i := slices.Index(k.Columns, column)
	return i >= 0 && k.Referenced[i] == referenced
}
