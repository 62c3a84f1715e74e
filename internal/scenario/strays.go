package scenario

import (
	"context"
	"fmt"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

// Tenant is the integration that a scenario made, and the time during which it was worked with; a zero time is unknown.
type Tenant struct {
	Scenario    Name
	Company     string
	Began, Over time.Time
}

// at tells whether a time is within the tenant's; one that is unknown is.
func (t Tenant) at(when time.Time) bool {
	return when.IsZero() || !when.Before(t.Began) && (t.Over.IsZero() || !when.After(t.Over))
}

// Stray is a row of one integration that stands under another.
type Stray struct {
	Key, Parent, Integration string
	// Scenario is the one that made that integration; empty for one that no scenario made.
	Scenario Name
}

func (s Stray) String() string {
	if s.Scenario == "" {
		return fmt.Sprintf("the integration %s, which no scenario made", s.Integration)
	}
	return fmt.Sprintf("the integration %s of the scenario %s", s.Integration, s.Scenario)
}

// Strays finds rows of a table that were written for this integration and stand under another: those that it lacks, by
// their keys; and whatever was written in its time under an integration that no scenario made. All scenarios copy the
// same objects, so a row of another one's that has a missing key is a stray only if that one cannot have written it.
func (s *Snapshot) Strays(ctx context.Context, t manifest.Table, missing []string) ([]Stray, error) {
	if s.Names.Integration == "" || s.Tenants == nil {
		return nil, nil
	}
	tenants := s.Tenants()
	var known []string
	for id := range tenants {
		known = append(known, id)
	}
	lacks := map[string]bool{}
	for _, key := range missing {
		lacks[key] = true
	}
	own := tenants[s.Integration.ID]
	var found []Stray
	err := s.Reader.others(ctx, t, known, missing, func(o other) {
		owner, made := tenants[o.integration]
		switch {
		case !own.at(o.written):
		case !made && !lacks[o.key] && o.written.IsZero(): // it may have been there before the run
		case !made, lacks[o.key] && owner.cannotHaveWritten(o, own):
			found = append(found, Stray{Key: o.key, Parent: o.parent, Integration: o.integration, Scenario: owner.Scenario})
		}
	})
	return found, err
}

// cannotHaveWritten tells whether a row under this tenant's integration was not written for it: because its scenario copies
// nothing, because the row is of the other's company, or because it was written when nobody worked with it.
func (t Tenant) cannotHaveWritten(o other, by Tenant) bool {
	return t.Scenario == Connected || t.Scenario == Authorized ||
		by.Company != "" && o.company == by.Company && o.company != t.Company || !t.at(o.written)
}

// other is a row under another integration; written is when it was last, where rows say so.
type other struct {
	integration, key, parent, company string
	written                           time.Time
}

// others calls f with rows under other integrations: those of integrations that are not known, and those with one of the keys.
func (r *Reader) others(ctx context.Context, t manifest.Table, known, keys []string, f func(other)) error {
	err := r.tolerating(ctx, t.Name, func(has func(column string) bool) error {
		place, tenant := r.place(t, has), "t."+ident(r.names.Integration)+"::text"
		company, written := "''", "NULL::text"
		if c := r.names.Company; c != "" && has(c) {
			company = "coalesce(t." + ident(c) + "::text, '')"
		}
		if c := r.names.Updated; c != "" && has(c) {
			written = "t." + ident(c) + "::text"
		}
		const most = 1000
		sql := fmt.Sprintf("SELECT %[1]s, coalesce(%[2]s, ''), coalesce(%[3]s, ''), %[4]s, %[5]s FROM %[6]s WHERE %[1]s <> $1 AND (%[1]s <> ALL ($2) OR %[2]s = ANY ($3)) ORDER BY %[1]s = ANY ($2) LIMIT %[7]d",
			tenant, place.key, place.parent, company, written, place.from, most)
		rows, err := r.pool.Query(ctx, sql, r.integration, known, keys)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var o other
			var at *string
			if err := rows.Scan(&o.integration, &o.key, &o.parent, &o.company, &at); err != nil {
				return err
			}
			// A target may keep its own times as numbers: then nobody knows when.
			o.written, _ = time.Parse(time.RFC3339Nano, oracle.FromDatabase(manifest.Timestamp, at).Text)
			f(o)
		}
		return rows.Err()
	})
	if err != nil {
		return fmt.Errorf("looking for rows of %s under other integrations: %w", t.Name, err)
	}
	return nil
}
