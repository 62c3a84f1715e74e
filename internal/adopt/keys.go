package adopt

import (
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

// foreigns are words that say that an id is somebody else's.
var foreigns = []string{"external", "remote", "source", "provider", "platform", "upstream", "ext", "foreign", "origin", "original", "native", "object", "third"}

// objectID finds the column with the source's id.
func (x *matcher) objectID(t *TableMatch, tenant string) {
	table := words(t.in.Name)
	own := without(words(t.Table.Name), x.aliases, false)
	// What is told apart within its parent alone is not unique beyond.
	scoped := t.Table.Child != nil && t.Table.Child.KeyScope == "parent"
	var all []Guess
	for _, c := range t.in.Columns {
		field, named := t.Table.Fields.Column(c.Name)
		if c.Name == tenant || c.Name == t.Parent.Name && t.Parent.Claimed() || named && field.Path != keyPath(t.Table) {
			continue
		}
		g := Guess{Name: c.Name, Confidence: x.idName(t.Table, c, table, own), Why: []string{"name"}}
		if g.Confidence == 0 {
			continue
		}
		switch {
		case c.Generated, c.Kind == UUID:
			g = g.less(0.3, "but made by the database")
		case t.Table.KeyType == "text" && c.Kind == Text, t.Table.KeyType != "text" && c.Kind == Whole:
			g.Why = append(g.Why, "type")
		case c.Kind == Text, c.Kind == Whole, c.Kind == Decimal:
			g = g.less(0.93, c.Type)
		default:
			g = g.less(0.3, c.Type)
		}
		switch alone := t.in.unique(c.Name, tenant); {
		case alone && scoped:
			g = g.less(0.6, "but unique beyond its parent")
		case alone, scoped && t.in.unique(c.Name, tenant, t.Parent.Name):
			g = g.more(0.3, "key")
		}
		if large := beyond32(c.Values); large > 0 {
			g = g.more(0.2, values(large))
		}
		all = append(all, g)
	}
	all = best(all, 4)
	if len(all) == 0 {
		return
	}
	first := all[0].doubt(all[1:])
	if !first.Claimed() {
		t.IDNearest = all
		return
	}
	t.ID, t.IDNearest = first, all[1:]
	if c := t.in.Column(first.Name); c.Kind == Whole && !c.Wide {
		t.Notes = append(t.Notes, fmt.Sprintf("%s is %s: ids beyond 2147483647 do not fit", c.Name, c.Type))
	}
}

// idName is how much a column's name says that it has the source's id of what is in the table.
func (x *matcher) idName(t manifest.Table, c *Column, table, own []string) float64 {
	if c.Name == x.m.ObjectIDColumn() {
		return 1
	}
	name := words(c.Name)
	switch key := keyPath(t); {
	case key == manifest.Index && meaning(name[len(name)-1]) == "position" && c.Kind == Whole:
		return 0.9
	case key != "" && key != "id" && slices.Equal(name, words(manifest.DefaultColumn(key))):
		return 0.9
	}
	if last := name[len(name)-1]; last != "id" && last != "uid" && last != "gid" {
		return 0
	}
	rest := name[:len(name)-1]
	if len(rest) == 0 {
		return 0.8
	}
	stripped := without(rest, x.aliases, true)
	marked := len(stripped) < len(rest) || slices.ContainsFunc(x.aliases, func(a []string) bool { return slices.Equal(a, rest) })
	if marked && slices.ContainsFunc(x.aliases, func(a []string) bool { return slices.Equal(a, rest) }) {
		return 0.95
	}
	if others := drop(stripped, foreigns); len(others) < len(stripped) || slices.Contains(foreigns, stripped[0]) {
		marked = true
		if stripped = others; slices.Contains(foreigns, stripped[0]) {
			return 0.93 // external_id
		}
	}
	for _, thing := range [][]string{table, own} {
		if endsWith(thing, stripped) {
			if marked {
				return 0.94 // shopify_order_id in orders
			}
			return 0.85 // order_id in orders
		}
	}
	return 0
}

// endsWith tells whether a name is the end of another one: line_item of refund_line_item.
func endsWith(name, end []string) bool {
	return len(end) > 0 && len(end) <= len(name) && meaningful(name[len(name)-len(end):]) == meaningful(end)
}

// keyPath is the one field that identifies an object of the table; empty where there are several.
func keyPath(t manifest.Table) string {
	key := t.Object.Key
	if t.Child != nil {
		key = t.Child.Key
	}
	if len(key) != 1 {
		return ""
	}
	return key[0]
}

// beyond32 counts whole numbers beyond 32 bits, as the ids of large providers are and a target's own seldom.
func beyond32(values []string) int {
	n := 0
	for _, v := range values {
		if digits.MatchString(v) && (len(v) > 10 || len(v) == 10 && v > "2147483647") {
			n++
		}
	}
	return n
}

// parent finds the column with the parent's id, and what of the parent it refers to.
func (x *matcher) parent(t *TableMatch, parent *TableMatch, tenant string) {
	if t.Table.ParentColumn == "" {
		return
	}
	want := []form{{words(t.Table.ParentColumn), 1}}
	var referring, to string
	if parent != nil {
		want = append(want, form{append(words(parent.in.Name), "id"), 0.97}, form{append(without(words(parent.Table.Name), x.aliases, false), "id"), 0.97})
		referring, to, _ = t.in.refers(parent.in.Name, tenant)
	}
	var all []Guess
	for _, c := range t.in.Columns {
		if c.Name == tenant {
			continue
		}
		name := words(c.Name)
		likeness := alike(distinct(want), []form{{name, 1}, {without(name, x.aliases, true), 0.97}})
		if c.Name == t.Table.ParentColumn {
			likeness = 1
		}
		if likeness <= partly && c.Name != referring {
			continue
		}
		g := Guess{Name: c.Name, Confidence: max(likeness, 0.5), Why: []string{"like name"}}
		if likeness > 0.99 {
			g.Why[0] = "name"
		}
		switch {
		case c.Name == referring:
			g = g.more(0.7, "foreign key")
		case c.Kind == Whole || c.Kind == Text || c.Kind == UUID || c.Kind == Decimal:
			g.Why = append(g.Why, "type")
		default:
			g = g.less(0.3, c.Type)
		}
		all = append(all, g)
	}
	all = best(all, 3)
	if len(all) == 0 || !all[0].Claimed() {
		t.ParentNearest = all
		return
	}
	t.Parent, t.ParentNearest = all[0], all[1:]
	if t.Parent.Name == referring {
		t.refersTo = to
	}
}

// parentBy judges whether the parent column has the source's id or the parent's own key.
func (t *TableMatch) parentBy(parent *TableMatch) {
	if parent == nil || !t.Parent.Claimed() || !parent.ID.Claimed() {
		return
	}
	own, id := t.in.Column(t.Parent.Name), parent.in.Column(parent.ID.Name)
	switch {
	case t.refersTo == parent.ID.Name:
	case t.refersTo != "":
		t.ParentBy = Guess{t.refersTo, 0.97, []string{"foreign key"}}
	default:
		key := surrogate(parent)
		if key == nil || key.Kind != own.Kind {
			return
		}
		byID, byKey := among(own.Values, id.Values), among(own.Values, key.Values)
		switch {
		case own.Kind != id.Kind:
			t.ParentBy = Guess{key.Name, 0.85, []string{"type"}}
		case byKey > byID:
			t.ParentBy = Guess{key.Name, 0.8, []string{values(byKey)}}
		case byID == 0 && !t.named(parent) && (t.Parent.Confidence < 1 || parent.ID.Confidence < 1):
			t.Notes = append(t.Notes, fmt.Sprintf("%s is taken for the source's id of %s; if it is the key %s, write parent_by: %s", own.Name, parent.in.Name, key.Name, key.Name))
		}
	}
}

// named tells whether the parent column's name says that it has the source's id.
func (t *TableMatch) named(parent *TableMatch) bool {
	return overlap(words(t.Parent.Name), words(parent.ID.Name)) >= 0.5 && len(words(parent.ID.Name)) > 1
}

// surrogate is a table's key of its own, or nil.
func surrogate(t *TableMatch) *Column {
	for _, key := range t.in.Keys {
		if c := t.in.Column(key[0]); len(key) == 1 && c != nil && c.Name != t.ID.Name {
			return c
		}
	}
	return nil
}

// among counts the values that are in others too.
func among(values, others []string) int {
	known := map[string]bool{}
	for _, v := range others {
		known[v] = true
	}
	n := 0
	for _, v := range values {
		if known[v] {
			n++
		}
	}
	return n
}
