package profile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

// CheckCatalog holds the names that the profile itself gives against the database: the columns of each table in the schema. What
// is wrong comes as manifest.Errors. What the profile does not name is for checks to miss.
func (p Profile) CheckCatalog(tables map[string][]string) error {
	if p.Target.Names == nil {
		return nil
	}
	return p.Target.places.Check(func(at manifest.Report) {
		c := catalogChecker{at, p, *p.Target.Names, tables}
		c.checkOwn()
		c.checkStamps()
		for _, t := range p.Source.Tables() {
			if spec, ok := c.names.Tables[t.Name]; ok && t.Object.NotApplicable == "" && p.Target.excludes(t.Object.Name) == "" {
				c.checkTable(manifest.Key("names.tables", t.Name), t, spec)
			}
		}
	})
}

// catalogChecker holds names against the tables of a database.
type catalogChecker struct {
	at      manifest.Report
	profile Profile
	names   NamesSpec
	tables  map[string][]string
}

// named is a name that a profile gives, and where.
type named struct{ path, name string }

// checkOwn checks the tables that no object owns.
func (c *catalogChecker) checkOwn() {
	if raw := c.names.Raw; raw != nil && c.table("names.raw.table", raw.Table, c.profile.Names.Raw.Table) {
		c.columns(c.profile.Names.Raw.Table, []named{
			{"names.raw.object_type", raw.ObjectType}, {"names.raw.object_id", raw.ObjectID}, {"names.raw.hash", raw.Hash},
			{"names.raw.payload", raw.Payload}, {"names.raw.status", raw.Status}, {"names.raw.error", raw.Error}, {"names.raw.topic", raw.Topic},
		})
	}
	if i := c.names.Integrations; i != nil && c.table("names.integrations.table", i.Table, c.profile.Names.Integrations.Table) {
		c.columns(c.profile.Names.Integrations.Table, []named{{"names.integrations.id", i.ID}, {"names.integrations.metadata", i.Metadata}})
	}
}

// checkStamps checks the columns that are said to be in every table: that they are in one at least.
func (c *catalogChecker) checkStamps() {
	var columns []string
	for _, t := range c.profile.Manifest.Tables() {
		if t.Object.Applies() {
			columns = append(columns, c.tables[t.Name]...)
		}
	}
	if len(columns) == 0 {
		return // there is no table at all, which is said otherwise
	}
	slices.Sort(columns)
	columns = slices.Compact(columns)
	for _, n := range []named{
		{"names.object_id", c.names.ObjectID}, {"names.integration", c.names.Integration}, {"names.company", c.names.Company},
		{"names.created_at", c.names.CreatedAt}, {"names.updated_at", c.names.UpdatedAt}, {"names.deleted_at", c.names.DeletedAt},
	} {
		if n.name != "" && !slices.Contains(columns, n.name) {
			c.at(n.path, fmt.Sprintf("no table of the source's objects has a column %q", n.name), manifest.Suggest(n.name, columns))
		}
	}
}

// checkTable checks the names of a refined table.
func (c *catalogChecker) checkTable(path string, t manifest.Table, spec TableSpec) {
	name := cmp.Or(spec.Table, t.Name)
	if !c.table(path+".table", spec.Table, name) {
		return
	}
	all := []named{{path + ".object_id", spec.ObjectID}, {path + ".parent", spec.Parent}}
	for _, column := range slices.Sorted(maps.Keys(spec.Columns)) {
		all = append(all, named{manifest.Key(path+".columns", column), spec.Columns[column]})
	}
	for _, column := range slices.Sorted(maps.Keys(spec.Kept)) {
		if spec.Columns[column] == "" {
			all = append(all, named{manifest.Key(path+".kept", column), column})
		}
	}
	c.columns(name, all)
	if parent := cmp.Or(c.names.Tables[t.Parent].Table, t.Parent); spec.ParentBy != "" && c.tables[parent] != nil {
		c.columns(parent, []named{{path + ".parent_by", spec.ParentBy}})
	}
}

// table tells whether a table is there, and reports one that is not where the profile gives its name.
func (c *catalogChecker) table(path, given, name string) bool {
	if _, ok := c.tables[name]; ok {
		return true
	}
	if given != "" {
		c.at(path, fmt.Sprintf("the database has no table %q in the schema %s", name, c.profile.Names.Schema), manifest.Suggest(name, slices.Sorted(maps.Keys(c.tables))))
	}
	return false
}

func (c *catalogChecker) columns(table string, all []named) {
	for _, n := range all {
		if n.name != "" && !slices.Contains(c.tables[table], n.name) {
			c.at(n.path, fmt.Sprintf("the table %s has no column %q", table, n.name), manifest.Suggest(n.name, c.tables[table]))
		}
	}
}
