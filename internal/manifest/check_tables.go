package manifest

import (
	"fmt"
	"slices"
	"strings"
)

// checkTables checks all refined tables: their names, columns, keys and how they hang together.
func (c *checker) checkTables() {
	tables := c.unique("table")
	for i := range c.manifest.Objects {
		o, path := &c.manifest.Objects[i], index("objects", i)
		c.checkTable(tables, path+".table", o.Table)
		var fanOut []string
		for _, list := range o.Lists { // a value that only an alternative route has would be missing for the oracle
			if list.Each != nil {
				fanOut = append(fanOut, list.Each.As)
			}
		}
		c.checkFields(path, o.Fields, fanOut)
		c.checkKey(path, o.Key, o.Fields, fanOut)
		if i := slices.Index(o.Key, Index); i >= 0 {
			c.at(index(path+".key", i), fmt.Sprintf("only a child is known by its place (%s)", Index), "name the field that identifies the object")
		}
		c.checkChildren(tables, path, o.Children, fanOut)
		if o.Parent != nil {
			c.declared(path+".parent.object", o.Parent.Object)
			c.checkReferable(path+".parent.object", o)
			if _, ok := o.Fields.Column(o.Parent.Column); !ok && o.Parent.Column != "" {
				c.at(path+".parent.column", fmt.Sprintf("no field fills column %q", o.Parent.Column), suggest(o.Parent.Column, columnsOf(o.Fields)))
			}
		}
		c.checkReferences(path, o)
	}
}

// checkReferable reports a parent whose rows no foreign key can point to.
func (c *checker) checkReferable(path string, o *Object) {
	parent, ok := c.manifest.Object(o.Parent.Object)
	switch {
	case !ok || parent == o:
	case parent.NotApplicable != "" && o.NotApplicable == "":
		c.at(path, fmt.Sprintf("%s is not applicable, so it has no rows", parent.Name), "make it references")
	case len(parent.Key) > 1:
		c.at(path, fmt.Sprintf("%s has a key of %d fields, to which no single column refers", parent.Name, len(parent.Key)), "make it references")
	}
}

func (c *checker) checkTable(tables *unique, path, name string) {
	if name == "" || !c.checkIdentifier(path, name) {
		return
	}
	tables.add(path, name)
	prefix := c.manifest.Source + "_"
	switch {
	case !isIdentifier(c.manifest.Source): // the source is the mistake then
	case name == c.manifest.RawTable():
		c.at(path, fmt.Sprintf("%q is the table of raw payloads", name), "name the refined table otherwise")
	case !strings.HasPrefix(name, prefix) || name == prefix:
		c.at(path, fmt.Sprintf("table %q does not begin with %q", name, prefix), fmt.Sprintf("write %q", prefix+name))
	}
}

// reserved are the columns that every refined table has of its own.
func (c *checker) reserved() []string {
	return []string{"id", "integration_id", "company_id", "created_at", "updated_at", "deleted_at", c.manifest.ObjectIDColumn()}
}

// checkFields checks the mapping of one table.
func (c *checker) checkFields(path string, fields Fields, fanOut []string) {
	columns := c.unique("column")
	for _, f := range fields {
		place := join(path+".fields", f.Path)
		c.checkPayloadPath(place, f.Path)
		if f.Path == Index {
			c.at(place, fmt.Sprintf("%s is no field", Index), fmt.Sprintf("as the key it is kept in %s without being mapped", c.manifest.ObjectIDColumn()))
		} else {
			c.checkFanOut(place, f.Path, fanOut)
		}
		if c.checkColumn(place, f) {
			columns.add(place, f.Column)
		}
		if f.Format != "" && f.Type != Timestamp && knownType(f.Type) {
			c.at(place+".format", fmt.Sprintf("only timestamps have a format, not %s", f.Type), "drop the key")
		}
	}
}

func (c *checker) checkColumn(place string, f Field) bool {
	if f.Column == "" {
		return false
	}
	if c.given(place + ".column") {
		place += ".column"
	}
	if !isIdentifier(f.Column) {
		hint := "give it a column of its own"
		if better := asIdentifier(f.Column); better != "" {
			hint = fmt.Sprintf("write {column: %s, type: %s}", better, f.Type)
		}
		c.at(place, fmt.Sprintf("column %q is not an identifier (%s)", shorten(f.Column, 60), identifier), hint)
		return false
	}
	if slices.Contains(c.reserved(), f.Column) {
		hint := fmt.Sprintf("write {column: %s_%s, type: %s}", c.manifest.Source, f.Column, f.Type)
		if f.Column == "id" || f.Column == c.manifest.ObjectIDColumn() {
			hint = fmt.Sprintf("a single identifying field is kept in %s without being mapped; other ids need a column such as %s",
				c.manifest.ObjectIDColumn(), "attribute_id")
		}
		c.at(place, fmt.Sprintf("column %q is every table's own", f.Column), hint)
		return false
	}
	return true
}

// checkKey checks the identifying fields of one table.
func (c *checker) checkKey(path string, key []string, fields Fields, fanOut []string) {
	c.eachAlike(path+".key", "field", key)
	for i, field := range key {
		place := index(path+".key", i)
		c.checkPayloadPath(place, field)
		if field == Index {
			continue // which keys may have it is another matter
		}
		c.checkFanOut(place, field, fanOut)
		if _, mapped := fields.Path(field); len(key) > 1 && field != "" && !mapped && len(fields) > 0 {
			c.at(place, fmt.Sprintf("%q is part of the key but fills no column", field), "map it in fields")
		}
	}
}

// checkFanOut reports a value of a fan-out that no list has.
func (c *checker) checkFanOut(place, path string, fanOut []string) {
	if name, ok := strings.CutPrefix(path, "@"); ok && !slices.Contains(fanOut, name) {
		c.at(place, fmt.Sprintf("no list has each with as: %s", name), suggest(name, fanOut))
	}
}

// checkReferences checks soft references. One may start at a child's field: line_items.product_id.
func (c *checker) checkReferences(path string, o *Object) {
	mapped := paths("", o.Fields, o.Children)
	for i, r := range o.References {
		place := index(path+".references", i)
		c.declared(place+".to", r.To)
		if r.Field != "" && !slices.Contains(mapped, r.Field) {
			c.at(place+".field", fmt.Sprintf("no field maps %q", shorten(r.Field, 60)), suggest(r.Field, mapped))
		}
	}
}

// paths are the payload paths that an object maps, those of children behind the child's own path.
func paths(prefix string, fields Fields, children []Child) []string {
	var all []string
	for _, f := range fields {
		all = append(all, prefix+f.Path)
	}
	for _, child := range children {
		all = append(all, paths(prefix+child.At+".", child.Fields, child.Children)...)
	}
	return all
}

func columnsOf(fields Fields) []string {
	var all []string
	for _, f := range fields {
		all = append(all, f.Column)
	}
	return all
}
