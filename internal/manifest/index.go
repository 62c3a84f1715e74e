package manifest

import (
	"cmp"
	"slices"
	"strings"
)

// Table is one refined table: that of an object, or that of an array inside one.
type Table struct {
	Name   string
	Object *Object
	// Child is the array the table is for; nil for the object's own table.
	Child *Child
	// At is the way from the object to the child, one entry per nesting: [line_items, taxes]. Empty without Child.
	At []string
	// Parent is the table the foreign key points to and ParentColumn the column with the parent's object id;
	// both are empty where the database enforces no parent.
	Parent, ParentColumn string
	// ParentID is the column of the parent's table with the parent's object id.
	ParentID string
	// IDColumn is the column with the source's id of the object, or of the element of the array.
	IDColumn string
	// Key are the columns that are unique within an integration. One identifying field lives in the object id
	// column, several live in the columns of their own; children unique per parent have ParentColumn in front.
	Key []string
	// KeyType is integer or text.
	KeyType string
	Fields  Fields
}

// RoutedTopic is one webhook topic and the object whose events it tells.
type RoutedTopic struct {
	Topic   string
	Object  *Object
	Event   Event
	Payload string
	When    *Condition
	// At is where a payload that is a reference names the object, or where the array of elements is, of which there are
	// Most at most; Scope is what subscribing needs.
	At    string
	Most  int
	Scope string
}

// Object returns the object of that name.
func (m *Manifest) Object(name string) (*Object, bool) {
	for i := range m.Objects {
		if m.Objects[i].Name == name {
			return &m.Objects[i], true
		}
	}
	return nil, false
}

// ObjectsForFunction returns all objects that a sync function copies.
func (m *Manifest) ObjectsForFunction(function string) []*Object {
	var all []*Object
	for i := range m.Objects {
		if m.Objects[i].Sync == function {
			all = append(all, &m.Objects[i])
		}
	}
	return all
}

// Functions are the sync functions of all applicable objects, each once, in the manifest's order.
func (m *Manifest) Functions() []string {
	var names []string
	for i := range m.Objects {
		if o := &m.Objects[i]; o.Applies() && !slices.Contains(names, o.Sync) {
			names = append(names, o.Sync)
		}
	}
	return names
}

// Registrable are the topics that an integration registers, each once: those of objects and the lifecycle notices,
// without the dead ones.
func (m *Manifest) Registrable() []string {
	var names []string
	add := func(topic string) {
		dead := slices.ContainsFunc(m.Webhooks.DeadTopics, func(d Excluded) bool { return d.Path == topic })
		if !dead && !slices.Contains(names, topic) {
			names = append(names, topic)
		}
	}
	for _, t := range m.Topics() {
		if t.Object.Applies() {
			add(t.Topic)
		}
	}
	for _, n := range m.Webhooks.Notices {
		if n.Kind == "lifecycle" {
			add(n.Topic)
		}
	}
	return names
}

// BasePath is the path of api.base_url, with its {placeholders} and without a slash at its end: what stands before the
// paths of lists. net/url would refuse a placeholder in the host.
func (m *Manifest) BasePath() string {
	_, rest, found := strings.Cut(m.API.BaseURL, "://")
	if !found {
		rest = m.API.BaseURL
	}
	_, path, found := strings.Cut(rest, "/")
	if !found {
		return ""
	}
	return strings.TrimRight("/"+path, "/")
}

// RawTable is the table that raw payloads go to.
func (m *Manifest) RawTable() string { return cmp.Or(m.Raw, m.Source+"_raw_ingest") }

// ObjectIDColumn is the column of refined tables with the provider's id of an object.
func (m *Manifest) ObjectIDColumn() string { return m.Source + "_object_id" }

// Tables are all refined tables, each object's own before those of its children.
func (m *Manifest) Tables() []Table {
	var tables []Table
	for i := range m.Objects {
		o := &m.Objects[i]
		id := cmp.Or(o.IDColumn, m.ObjectIDColumn())
		t := Table{Name: o.Table, Object: o, KeyType: o.KeyType, Fields: o.Fields, IDColumn: id, Key: keyColumns(id, o.Key, o.Fields)}
		if o.Parent != nil {
			t.ParentColumn = o.Parent.Column
			if parent, ok := m.Object(o.Parent.Object); ok {
				t.Parent, t.ParentID = parent.Table, cmp.Or(parent.IDColumn, m.ObjectIDColumn())
			}
		}
		if t.Name != "" { // an object that is not applicable may have no table
			tables = append(tables, t)
		}
		tables = m.appendChildren(tables, t, o.Children)
	}
	return tables
}

func (m *Manifest) appendChildren(tables []Table, parent Table, children []Child) []Table {
	for i := range children {
		c := &children[i]
		id := cmp.Or(c.IDColumn, m.ObjectIDColumn())
		t := Table{
			Name: c.Table, Object: parent.Object, Child: c, At: append(parent.At[:len(parent.At):len(parent.At)], c.At),
			Parent: parent.Name, ParentID: parent.IDColumn, ParentColumn: c.ParentColumn, KeyType: c.KeyType, Fields: c.Fields,
			IDColumn: id, Key: keyColumns(id, c.Key, c.Fields),
		}
		if c.KeyScope == "parent" {
			t.Key = append([]string{c.ParentColumn}, t.Key...)
		}
		tables = m.appendChildren(append(tables, t), t, c.Children)
	}
	return tables
}

// keyColumns are the columns that hold the identifying fields: that of the id where it is one.
func keyColumns(id string, key []string, fields Fields) []string {
	if len(key) == 1 {
		return []string{id}
	}
	var columns []string
	for _, path := range key {
		if f, ok := fields.Path(path); ok {
			columns = append(columns, f.Column)
		}
	}
	return columns
}

// Table returns the refined table of that name.
func (m *Manifest) Table(name string) (Table, bool) {
	for _, t := range m.Tables() {
		if t.Name == name {
			return t, true
		}
	}
	return Table{}, false
}

// KeyTypeOf returns the type of the object id (integer or text) of an object or of a table, by name.
func (m *Manifest) KeyTypeOf(name string) (string, bool) {
	if o, ok := m.Object(name); ok {
		return o.KeyType, true
	}
	t, ok := m.Table(name)
	return t.KeyType, ok
}

// VolatileFields are the names of the object's volatile fields.
func (o *Object) VolatileFields() []string {
	names := make([]string, len(o.Volatile))
	for i, v := range o.Volatile {
		names[i] = v.Field
	}
	return names
}

// Topics are the webhook topics of all objects, in the manifest's order. A topic that serves several objects
// appears once for each.
func (m *Manifest) Topics() []RoutedTopic {
	var topics []RoutedTopic
	for i := range m.Objects {
		for _, t := range m.Objects[i].Webhooks {
			scope := t.Scope
			if scope == "" {
				scope = m.Objects[i].Scope
			}
			topics = append(topics, RoutedTopic{
				Topic: t.Topic, Object: &m.Objects[i], Event: t.Event, Payload: t.Payload, When: t.When, At: t.At, Most: t.Most, Scope: scope,
			})
		}
	}
	return topics
}

// Path returns the field that maps a payload path.
func (f Fields) Path(path string) (Field, bool) {
	for _, field := range f {
		if field.Path == path {
			return field, true
		}
	}
	return Field{}, false
}

// Column returns the field that fills a column.
func (f Fields) Column(name string) (Field, bool) {
	for _, field := range f {
		if field.Column == name {
			return field, true
		}
	}
	return Field{}, false
}
