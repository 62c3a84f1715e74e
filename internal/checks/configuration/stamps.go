package configuration

import (
	"context"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// Stamps looks at the stamps of every row of every table after a backfill.
func Stamps() check.Check {
	return check.Check{
		ID: "configuration/stamps", Phase: 1, SOP: []string{"1.2-5", "1.2-6"}, Level: check.Required, Scenario: scenario.Backfilled,
		Title:    "Every row carries its integration, its company, and when it was created and last updated.",
		Why:      "an unstamped row belongs to nobody: it leaks between tenants or is never found again",
		Remedy:   "make the four columns NOT NULL and set them wherever a row is written",
		Evidence: "one row in the table",
		Causes: map[string]string{
			"stamp-missing":       "rows lack a stamp, carry another company's, or were updated before they were created",
			"integration-missing": "rows of the table belong to no integration",
		},
		Subjects: func(m *manifest.Manifest) []check.Subject {
			return append([]check.Subject{{Kind: "table", Name: m.RawTable()}}, check.Tables(nil)(m)...)
		},
		Run: func(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
			table := subject.Name
			if table == s.Manifest.RawTable() {
				if r, lacks := check.Lacking(s.Lacks, profile.Raw); lacks {
					return r, nil
				}
				table = s.Names.Raw.Table
			}
			stamped, err := s.Reader.Stamps(ctx, table, s.Integration.CompanyID)
			switch {
			case err != nil:
				return result.Result{}, err
			case stamped.Orphans > 0:
				return check.Fail("integration-missing", "%d rows of %s belong to no integration", stamped.Orphans, table).
					Expected("%s set on every row", s.Names.Integration).Actual("%d rows have none", stamped.Orphans).Done()
			case stamped.Rows == 0:
				return check.Unproven("%s has no row of this integration", table)
			case stamped.Bad > 0:
				return check.Fail("stamp-missing", "%d of %d rows of %s are not properly stamped", stamped.Bad, stamped.Rows, table).
					Expected("%s set on every row", wanted(s)).
					Actual("%d rows break it", stamped.Bad).Checked(stamped.Rows).Done()
			}
			// Those that are there are right: what is left is those that are not.
			if r, lacks := check.Lacking(s.Lacks, profile.Tenants, profile.Company, profile.RowTimes); lacks {
				r.Checked = stamped.Rows
				return r, nil
			}
			return check.Pass(stamped.Rows, "all %d rows of %s are stamped", stamped.Rows, table)
		},
	}
}

// wanted names the stamps that the target has.
func wanted(s *scenario.Snapshot) string {
	var parts []string
	if s.Names.Company != "" {
		parts = append(parts, s.Names.Company+" = "+s.Integration.CompanyID)
	}
	if s.Names.Created != "" && s.Names.Updated != "" {
		parts = append(parts, s.Names.Created+" and "+s.Names.Updated)
	}
	return strings.Join(parts, ", ")
}
