package configuration

import (
	"context"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// TablesExist looks for every table and column that the copy must have.
func TablesExist() check.Check {
	return check.Check{
		ID: "configuration/tables-exist", Phase: 1, SOP: []string{"1.2-1", "1.2-2", "5.2-1"}, Level: check.Required, Scenario: scenario.Connected,
		Title:    "The raw table and a refined table for every object and sub-object exist, with every column, of a type that can hold it.",
		Why:      "what has no column cannot be copied, and a column of the wrong type loses what it is given",
		Remedy:   "add the table or column in a migration; money belongs in numeric, times in timestamptz",
		Evidence: "the database's catalogue",
		Causes: map[string]string{
			"table-missing":  "the table does not exist",
			"column-missing": "columns do not exist",
			"column-type":    "a column cannot hold the field's values exactly",
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
	want := []string{s.Names.Integration, s.Names.Company, s.Names.Created, s.Names.Updated}
	t, refined := s.Manifest.Table(name)
	if refined {
		want = append(want, s.Names.ObjectID)
		if t.ParentColumn != "" {
			want = append(want, t.ParentColumn)
		}
		if t.Child == nil {
			want = append(want, s.Names.Deleted)
		}
		for _, f := range t.Fields {
			want = append(want, f.Column)
		}
	} else {
		n := s.Names.Raw
		name = n.Table
		want = append(want, n.ObjectType, n.ObjectID, n.Hash, n.Payload, n.Status, n.Error, n.Topic)
	}
	info := tables[name]
	if info == nil {
		return check.Fail("table-missing", "the table %s does not exist", name).
			Expected("%s.%s", s.Names.Schema, name).Actual("%s", nearest(name, tables)).Done()
	}
	var missing, wrong []string
	for _, c := range want {
		if _, ok := info.Column(c); !ok {
			missing = append(missing, c)
		}
	}
	if len(missing) > 0 {
		var have []string
		for _, c := range info.Columns {
			have = append(have, c.Name)
		}
		return check.Fail("column-missing", "%s lacks %d columns: %s", name, len(missing), strings.Join(missing, ", ")).
			Expected("%s", strings.Join(want, ", ")).Actual("%s", strings.Join(have, ", ")).Done()
	}
	for _, f := range t.Fields {
		if c, _ := info.Column(f.Column); !holds(c.Type, f.Type) {
			wrong = append(wrong, f.Column+" is "+c.Type+", which cannot hold every "+string(f.Type)+" exactly")
		}
	}
	if len(wrong) > 0 {
		return check.Fail("column-type", "%s has %d columns of a type that loses values", name, len(wrong)).
			Expected("numeric for decimal, bigint or numeric for integer, timestamptz for timestamp").
			Actual("%s", wrong[0]).With("difference", wrong...).Done()
	}
	return check.Pass(len(want), "%s exists with its %d columns", name, len(want))
}

// holds tells whether a Postgres type keeps every value of a field's type. Text keeps everything.
func holds(pg string, t manifest.FieldType) bool {
	base, _, _ := strings.Cut(pg, "(")
	if base == "text" || base == "character varying" {
		return true
	}
	switch t {
	case manifest.Decimal:
		return base == "numeric"
	case manifest.Integer:
		return base == "bigint" || base == "numeric"
	case manifest.Boolean:
		return base == "boolean"
	case manifest.Timestamp:
		return strings.HasPrefix(pg, "timestamp") && strings.HasSuffix(pg, "with time zone")
	case manifest.JSON:
		return base == "json" || base == "jsonb"
	}
	return false
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
