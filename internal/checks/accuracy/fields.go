package accuracy

import (
	"context"
	"fmt"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// Causes are those of every check that compares rows.
func Causes() map[string]string {
	return map[string]string{
		"row-missing":           "an offered object or sub-object has no row",
		"row-extra":             "a row is there that was never offered",
		"wrong-tenant":          "rows stand under another integration than the one that they were copied for",
		"tombstone-wrong":       "a deleted object's row is not marked so, or a living one's is",
		"value-differs":         "a value is not what was offered",
		"value-lost":            "a value is NULL that was offered",
		"value-invented":        "a value is there where NULL was offered",
		"money-through-float":   "amounts are off by a cent or less, as floating point makes them",
		"wrong-sign":            "an amount has the wrong sign",
		"wrong-time-zone":       "times are off by whole quarters of an hour, as a wrong time zone makes them",
		"fraction-lost":         "times lost their fraction of a second",
		"integer-through-float": "integers beyond 2^53 lost their last digits",
		"text-cut":              "a text was cut off",
		"case-changed":          "a text differs in case only",
		"wrong-parent":          "a sub-object belongs to another parent",
	}
}

// Fields compares every value of every row after a backfill, not a sample.
func Fields() check.Check {
	return check.Check{
		ID: "accuracy/fields", Phase: 5, SOP: []string{"2.2-4", "5.2-1", "5.2-2", "5.2-3", "5.2-4", "5.2-5", "M-5"}, Level: check.Required, Scenario: scenario.Backfilled,
		Title:    "Every field of every object and sub-object is in the database, exactly.",
		Why:      "a copy with right counts and wrong values is the more dangerous one",
		Remedy:   "read the first difference: it names the row, the column, the recorded answer and the kind of mistake",
		Evidence: "one row of the table",
		Causes:   Causes(),
		Subjects: check.Tables(nil),
		Run: func(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
			t, _ := s.Manifest.Table(subject.Name)
			return Compare(ctx, s, s.Expected, t, "offered")
		},
	}
}

// Compare holds all rows of a table against a state; against says in the result what that state is.
func Compare(ctx context.Context, s *scenario.Snapshot, state *oracle.State, t manifest.Table, against string) (result.Result, error) {
	c, err := compareTable(ctx, s, state, t, nil)
	if err != nil {
		return result.Result{}, err
	}
	return c.verdict(t.Name, against)
}

// CompareObject is Compare for all tables of an object.
func CompareObject(ctx context.Context, s *scenario.Snapshot, state *oracle.State, object, against string) (result.Result, error) {
	c, err := compareObject(ctx, s, state, object, nil)
	if err != nil {
		return result.Result{}, err
	}
	return c.verdict(object, against)
}

// CompareSome is CompareObject for the objects that keep lets through, by their keys. Rows of others are not looked at, so
// it cannot tell whether there are too many.
func CompareSome(ctx context.Context, s *scenario.Snapshot, state *oracle.State, object string, keep func(key string) bool, against string) (result.Result, error) {
	c, err := compareObject(ctx, s, state, object, func(o *oracle.Object) bool { return !keep(o.Key) })
	if err != nil {
		return result.Result{}, err
	}
	c.extra, c.strays = nil, nil
	return c.verdict(object, against)
}

// mostNamed bounds the columns that a summary names.
const mostNamed = 10

// verdict turns a comparison into a result, the gravest kind of finding first.
func (c comparison) verdict(table, against string) (result.Result, error) {
	for _, f := range []struct {
		cause, what string
		found       []string
	}{
		{"wrong-tenant", "rows stand under another integration", c.strays},
		{"row-missing", "rows are missing", c.missing},
		{"row-extra", "rows are there that were never offered", c.extra},
		{c.worst(), "values differ", c.differing},
		{"tombstone-wrong", "rows are marked deleted that should not be, or the other way about", c.tombstones},
	} {
		if len(f.found) > 0 {
			return check.Fail(f.cause, "%s: %d %s", table, len(f.found), f.what).Expected("%d rows exactly as %s", c.rows+len(c.missing), against).
				Actual("%s", f.found[0]).With("difference", f.found...).Checked(c.values).Done()
		}
	}
	if c.rows == 0 {
		return check.Unproven("%s: no row was offered", table)
	}
	text := fmt.Sprintf("%s: %d rows, %d values, all exactly as %s", table, c.rows, c.values, against)
	if n := len(c.unread); n > 0 {
		text += fmt.Sprintf("; %d columns could not be looked at, for they are not there: %s", n, strings.Join(c.unread[:min(n, mostNamed)], ", "))
		if n > mostNamed {
			text += ", …"
		}
	}
	return check.Pass(c.values, "%s", text)
}
