package accuracy

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/scenario"
)

// comparison is the outcome of holding a table's rows against the expected ones.
type comparison struct {
	rows, values int
	// missing, extra, tombstones and differing are one line per finding.
	missing, extra, tombstones, differing []string
	// reasons count, per diagnosis, the values that differ.
	reasons map[string]int
	// strays are missing rows that stand under another integration, and rows that nobody's integration should have.
	strays []string
	// unread are the columns that could not be looked at.
	unread []string
}

// compareTable holds all rows of a table against a state. Rows of objects for which skip says so are left out.
func compareTable(ctx context.Context, s *scenario.Snapshot, state *oracle.State, t manifest.Table, skip func(*oracle.Object) bool) (comparison, error) {
	c := comparison{reasons: map[string]int{}}
	type expectation struct {
		row    *oracle.Row
		object *oracle.Object
	}
	want, gone := map[string]expectation{}, map[string]expectation{}
	ignored, met := map[string]bool{}, map[string]bool{}
	for _, o := range state.Objects[t.Object.Name] {
		rows := []*oracle.Row{o.Row}
		if t.Child != nil {
			rows = o.Children[t.Name]
		}
		for _, r := range rows {
			id := rowID(t, r.Parent, r.Key)
			if skip != nil && skip(o) {
				ignored[id] = true
				continue
			}
			if !mustStay(s, o) {
				gone[id] = expectation{r, o}
				continue
			}
			want[id] = expectation{r, o}
		}
	}
	err := s.Reader.Rows(ctx, t, func(have scenario.Row) error {
		id := rowID(t, have.Parent, have.Key)
		if ignored[id] {
			return nil
		}
		if e, deleted := gone[id]; deleted {
			c.tombstones = append(c.tombstones, fmt.Sprintf("%s %s: its row must be gone, for %s %s is deleted (%s)", t.Name, id, e.object.Name, e.object.Key, e.row.Ref))
			return nil
		}
		if c.unread == nil {
			c.unread = have.Unread
		}
		e, ok := want[id]
		if !ok && met[id] {
			c.extra = append(c.extra, fmt.Sprintf("%s %s has more than one row", t.Name, id))
			return nil
		}
		met[id] = true
		if !ok {
			c.extra = append(c.extra, fmt.Sprintf("%s %s has a row, but was never offered", t.Name, id))
			return nil
		}
		delete(want, id)
		c.rows++
		if t.Child == nil && have.Deleted != e.object.Deleted && !slices.Contains(have.Unread, s.Names.Deleted) {
			c.tombstones = append(c.tombstones, fmt.Sprintf("%s %s: deleted must be %v (%s), is %v", t.Name, id, e.object.Deleted, e.row.Ref, have.Deleted))
		}
		if e.object.ValuesStale {
			return nil
		}
		if t.Child != nil && have.Parent != e.row.Parent && !slices.Contains(have.Unread, t.ParentColumn) {
			c.differing = append(c.differing, fmt.Sprintf("%s %s: %s must be %s, is %s", t.Name, id, t.ParentColumn, e.row.Parent, have.Parent))
			c.reasons["wrong-parent"]++
		}
		for _, f := range t.Fields {
			expected, judged := e.row.Values[f.Column]
			got, read := have.Values[f.Column]
			if !judged || !read {
				continue
			}
			c.values++
			if got != expected {
				why := diagnose(f, expected, got)
				c.reasons[why]++
				c.differing = append(c.differing, fmt.Sprintf("%s %s: %s must be %s (%s), is %s: %s",
					t.Name, id, f.Column, clip(expected), e.row.Ref, clip(got), why))
			}
		}
		return nil
	})
	if err != nil {
		return c, err
	}
	var keys []string
	for id, e := range want {
		keys = append(keys, e.row.Key)
		c.missing = append(c.missing, fmt.Sprintf("%s %s has no row (offered in %s)", t.Name, id, e.row.Ref))
	}
	strays, err := s.Strays(ctx, t, keys)
	if err != nil {
		return c, err
	}
	for _, o := range strays {
		id := rowID(t, o.Parent, o.Key)
		if e, missing := want[id]; missing {
			c.strays = append(c.strays, fmt.Sprintf("%s %s stands under %s (offered in %s)", t.Name, id, o, e.row.Ref))
		} else if o.Scenario == "" {
			c.strays = append(c.strays, fmt.Sprintf("%s %s stands under %s as well", t.Name, id, o))
		}
	}
	c.unread = unread(s, t, c.unread)
	for _, list := range [][]string{c.missing, c.extra, c.tombstones, c.differing, c.strays} {
		sortKeys(list)
	}
	return c, nil
}

// compareObject is compareTable for all tables of an object.
func compareObject(ctx context.Context, s *scenario.Snapshot, state *oracle.State, object string, skip func(*oracle.Object) bool) (comparison, error) {
	sum := comparison{reasons: map[string]int{}}
	for _, t := range s.Manifest.Tables() {
		if t.Object.Name != object {
			continue
		}
		c, err := compareTable(ctx, s, state, t, skip)
		if t.Child != nil && scenario.SchemaMissing(err) != nil { // configuration/tables-exist says so
			sum.unread = append(sum.unread, t.Name)
			continue
		}
		if err != nil {
			return sum, err
		}
		sum.rows, sum.values = sum.rows+c.rows, sum.values+c.values
		sum.missing, sum.extra = append(sum.missing, c.missing...), append(sum.extra, c.extra...)
		sum.tombstones, sum.differing = append(sum.tombstones, c.tombstones...), append(sum.differing, c.differing...)
		sum.strays, sum.unread = append(sum.strays, c.strays...), append(sum.unread, c.unread...)
		for why, n := range c.reasons {
			sum.reasons[why] += n
		}
	}
	return sum, nil
}

// mustStay tells whether an object has rows: not if it is deleted, and the target lets go the rows of what is.
func mustStay(s *scenario.Snapshot, o *oracle.Object) bool { return !s.Names.HardDeletes || !o.Deleted }

// unread names the columns of a table that could not be looked at: those that it lacks, and those of which the profile says so.
func unread(s *scenario.Snapshot, t manifest.Table, columns []string) []string {
	var names []string
	for _, c := range columns {
		names = append(names, t.Name+"."+c)
	}
	for place := range s.Names.Unkept {
		if name := t.Name + "." + place.Column; place.Table == t.Name && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// rowID is what a row is unique by within an integration.
func rowID(t manifest.Table, parent, key string) string {
	if t.Child != nil && t.Child.KeyScope == "parent" {
		return parent + "/" + key
	}
	return key
}

// diagnose says in a slug what kind of difference it is.
func diagnose(f manifest.Field, want, got oracle.Value) string {
	switch {
	case got.Null:
		return "value-lost"
	case want.Null:
		return "value-invented"
	}
	switch f.Type {
	case manifest.Decimal:
		a, okA := new(big.Rat).SetString(want.Text)
		b, okB := new(big.Rat).SetString(got.Text)
		if !okA || !okB {
			return "value-differs"
		}
		// Floats lose the last digit: a cent at most, and never a larger part than rounding explains.
		diff := new(big.Rat).Sub(a, b)
		if diff.Abs(diff).Cmp(big.NewRat(1, 100)) <= 0 {
			return "money-through-float"
		}
		if new(big.Rat).Neg(a).Cmp(b) == 0 {
			return "wrong-sign"
		}
	case manifest.Timestamp:
		a, errA := time.Parse(time.RFC3339Nano, want.Text)
		b, errB := time.Parse(time.RFC3339Nano, got.Text)
		if errA == nil && errB == nil {
			if d := a.Sub(b).Abs(); d <= 14*time.Hour && d%(15*time.Minute) == 0 {
				return "wrong-time-zone"
			} else if d < time.Second {
				return "fraction-lost"
			}
		}
	case manifest.Integer:
		a, okA := new(big.Int).SetString(want.Text, 10)
		b, okB := new(big.Int).SetString(got.Text, 10)
		if okA && okB && a.BitLen() > 53 && new(big.Int).Sub(a, b).BitLen() < 12 {
			return "integer-through-float"
		}
	case manifest.Text:
		switch {
		case strings.HasPrefix(want.Text, got.Text):
			return "text-cut"
		case strings.EqualFold(want.Text, got.Text):
			return "case-changed"
		}
	}
	return "value-differs"
}

// worst returns the diagnosis with most values.
func (c comparison) worst() string {
	best := ""
	for why, n := range c.reasons {
		if best == "" || n > c.reasons[best] || n == c.reasons[best] && why < best {
			best = why
		}
	}
	return best
}

func clip(v oracle.Value) string {
	s := v.String()
	if len(s) > 160 {
		return s[:160] + "…"
	}
	return s
}

// sortKeys orders lines that begin with a name and a key, short keys first, so that 9 comes before 10.
func sortKeys(lines []string) {
	slices.SortFunc(lines, func(a, b string) int {
		fa, fb := strings.Fields(a), strings.Fields(b)
		if len(fa) > 1 && len(fb) > 1 && fa[0] == fb[0] {
			if c := oracle.CompareKeys(strings.TrimSuffix(fa[1], ":"), strings.TrimSuffix(fb[1], ":")); c != 0 {
				return c
			}
		}
		return strings.Compare(a, b)
	})
}
