package configuration

import (
	"context"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// TablesExist looks for every table and column that the copy must have.
func TablesExist() check.Check {
	return check.Check{
		ID: "configuration/tables-exist", Phase: 1, SOP: []string{"1.2-1", "1.2-2", "5.2-1"}, Level: check.Required, Scenario: scenario.Connected,
		Title:    "The raw table and a refined table for every object and sub-object exist, with every column, of a type that can hold it.",
		Why:      "what has no column cannot be copied, and a column of the wrong type loses what it is given",
		Remedy:   "add the table or column in a migration; money belongs in numeric, times in timestamptz, texts in text: in Postgres a limit saves nothing",
		Evidence: "the database's catalogue",
		Causes: map[string]string{
			"table-missing":  "the table does not exist",
			"column-missing": "columns do not exist",
			"column-type":    "a column cannot hold the field's values exactly",
			"column-narrow":  "a column has a limit of length, digits or precision that values may exceed",
		},
		Subjects: func(m *manifest.Manifest) []check.Subject {
			return append([]check.Subject{{Kind: "table", Name: m.RawTable()}}, check.Tables(nil)(m)...)
		},
		Run: tablesExist,
	}
}

func tablesExist(ctx context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	tables, err := s.Reader.Catalog(ctx)
	if err != nil {
		return result.Result{}, err
	}
	name := subject.Name
	want, typed := rawColumns(s)
	if t, refined := s.Manifest.Table(name); refined {
		want, typed = refinedColumns(s, t)
	} else if r, lacks := check.Lacking(s.Lacks, profile.Raw); lacks {
		return r, nil
	} else {
		name = s.Names.Raw.Table
	}
	info := tables[name]
	if info == nil {
		return check.Fail("table-missing", "the table %s does not exist", name).
			Expected("%s.%s", s.Names.Schema, name).Actual("%s", nearest(name, tables)).Done()
	}
	var missing []string
	for _, c := range want {
		if _, ok := info.Column(c); !ok && !slices.Contains(missing, c) {
			missing = append(missing, c)
		}
	}
	said := unkept(s, name)
	missing = append(missing, said...)
	if len(missing) > 0 {
		var have []string
		for _, c := range info.Columns {
			have = append(have, c.Name)
		}
		return check.Fail("column-missing", "%s lacks %d columns: %s", name, len(missing), strings.Join(missing, ", ")).
			Expected("%s", strings.Join(want, ", ")).Actual("%s", strings.Join(have, ", ")).With("difference", said...).Done()
	}
	found := map[fit][]string{}
	for _, f := range typed {
		c, _ := info.Column(f.Column)
		how := fitOf(c.Type, f, s.Names.Kept[profile.Place{Table: name, Column: f.Column}])
		found[how] = append(found[how], f.Column+" is "+c.Type+", which cannot hold every "+string(f.Type)+" exactly")
	}
	for _, broken := range []struct {
		how         fit
		cause, what string
	}{
		{wrong, "column-type", "of a type that loses values"},
		{narrow, "column-narrow", "with a limit that values may exceed"},
	} {
		if lines := found[broken.how]; len(lines) > 0 {
			return check.Fail(broken.cause, "%s has %d columns %s", name, len(lines), broken.what).
				Expected("%s", typeNames()).Actual("%s", lines[0]).With("difference", lines...).Done()
		}
	}
	return check.Pass(len(want), "%s exists with its %d columns", name, len(want))
}

// rawColumns are the columns that the raw table must have, and those whose type matters.
func rawColumns(s *scenario.Snapshot) (want []string, typed []manifest.Field) {
	n := s.Names.Raw
	want = append(stampColumns(s), n.ObjectType, n.ObjectID, n.Hash, n.Payload, n.Status, n.Error, n.Topic)
	keyType := "integer"
	for _, o := range s.Manifest.Objects { // one that needs a text makes it a text for all
		if o.Applies() && (o.KeyType == "text" || len(o.Key) > 1) {
			keyType = "text"
		}
	}
	return named(want), []manifest.Field{keyField(n.ObjectID, keyType), {Column: n.Payload, Type: manifest.JSON}, {Column: n.Error, Type: manifest.Text}}
}

// refinedColumns are the columns that a refined table must have, and those whose type matters.
func refinedColumns(s *scenario.Snapshot, t manifest.Table) (want []string, typed []manifest.Field) {
	want, typed = stampColumns(s), t.Fields
	if slices.Contains(t.Key, t.IDColumn) { // several identifying fields stand in columns of their own
		want = append(want, t.IDColumn)
		typed = append(slices.Clip(typed), keyField(t.IDColumn, t.KeyType))
	}
	own := s.Names.ParentBy[t.Name] != "" // a reference to a key of the target's own, of whatever type that is
	if t.ParentColumn != "" {
		want = append(want, t.ParentColumn)
		if keyType, ok := s.Manifest.KeyTypeOf(t.Parent); ok && t.Child != nil && !own { // an object's is one of its fields
			typed = append(slices.Clip(typed), keyField(t.ParentColumn, keyType))
		}
	}
	if t.Child == nil {
		want = append(want, s.Names.Deleted)
	}
	for _, f := range t.Fields {
		want = append(want, f.Column)
	}
	if own {
		typed = slices.DeleteFunc(slices.Clone(typed), func(f manifest.Field) bool { return f.Column == t.ParentColumn })
	}
	return named(want), typed
}

// named drops the names of what the target lacks altogether, which other checks tell of.
func named(columns []string) []string {
	return slices.DeleteFunc(columns, func(c string) bool { return c == "" })
}

// unkept are the columns that the profile says a table lacks, each with its reason.
func unkept(s *scenario.Snapshot, table string) []string {
	var lines []string
	for place, why := range s.Names.Unkept {
		if place.Table == table {
			lines = append(lines, place.Column+" (the profile says that it lacks it: "+why+")")
		}
	}
	slices.Sort(lines)
	return lines
}

func stampColumns(s *scenario.Snapshot) []string {
	return []string{s.Names.Integration, s.Names.Company, s.Names.Created, s.Names.Updated}
}

// nearest names the tables that share most of a name, for the message.
func nearest(name string, tables map[string]*scenario.TableInfo) string {
	var near []string
	for have := range tables {
		if strings.Contains(have, strings.TrimPrefix(name, strings.SplitN(name, "_", 2)[0]+"_")) || strings.Contains(name, have) {
			near = append(near, have)
		}
	}
	slices.Sort(near)
	if len(near) == 0 {
		return "no table of a like name"
	}
	return "tables of a like name: " + strings.Join(near, ", ")
}
