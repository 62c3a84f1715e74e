package reference

import (
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

// table is a refined table: one object's, or one of its children's.
type table struct {
	name    string
	key     string   // the column with the object's id; of several identifying fields, their text joined
	keyType string   // its SQL type
	parts   []string // the columns of several identifying fields
	columns []column
	// parentColumn, parentType and scoped describe a child: scoped keys are unique within their parent only.
	parentColumn string
	parentType   string
	scoped       bool
	child        *manifest.Child
	children     []*table
}

type column struct{ name, sqlType string }

func newTable(o *object) (*table, error) {
	t := &table{name: o.Table, key: o.src.idColumn(), keyType: keyType(o.Key, o.KeyType)}
	if err := t.addColumns(o.Fields, o.Key); err != nil {
		return nil, err
	}
	if o.Parent != nil && t.columnType(o.Parent.Column) == "" {
		return nil, fmt.Errorf("parent column %s of table %s is filled by no field: add one", o.Parent.Column, t.name)
	}
	return t, t.addChildren(o.Children)
}

func (t *table) addChildren(children []manifest.Child) error {
	for i := range children {
		c := &children[i]
		if t.scoped {
			// A parent-scoped key names no row on its own, so nothing can refer to it.
			return fmt.Errorf("table %s hangs below %s, whose keys are unique within their parent only: give %s key_scope global", c.Table, t.name, t.name)
		}
		ct := &table{
			name: c.Table, key: t.key, keyType: keyType(c.Key, c.KeyType),
			parentColumn: c.ParentColumn, parentType: t.keyType, scoped: c.KeyScope == "parent", child: c,
		}
		if err := ct.addColumns(c.Fields, c.Key); err != nil {
			return err
		}
		if err := ct.addChildren(c.Children); err != nil {
			return err
		}
		t.children = append(t.children, ct)
	}
	return nil
}

func (t *table) addColumns(fields manifest.Fields, key []string) error {
	reserved := []string{"id", "integration_id", "company_id", t.key, "deleted_at", "created_at", "updated_at", t.parentColumn}
	for _, f := range fields {
		sqlType, ok := map[manifest.FieldType]string{
			manifest.Text: "text", manifest.Integer: "bigint", manifest.Decimal: "numeric",
			manifest.Boolean: "boolean", manifest.Timestamp: "timestamptz", manifest.JSON: "jsonb",
		}[f.Type]
		switch {
		case !ok:
			return fmt.Errorf("field %s of table %s has the unknown type %q", f.Path, t.name, f.Type)
		case slices.Contains(reserved, f.Column):
			return fmt.Errorf("field %s of table %s takes the column %s, which every copy has for itself: name another", f.Path, t.name, f.Column)
		}
		if was := t.columnType(f.Column); was == "" {
			t.columns = append(t.columns, column{f.Column, sqlType})
		} else if was != sqlType {
			return fmt.Errorf("column %s of table %s is filled with %s and with %s", f.Column, t.name, was, sqlType)
		}
	}
	for _, path := range key {
		if f, mapped := fields.Path(path); len(key) > 1 && !mapped {
			return fmt.Errorf("field %s is part of the key of table %s and fills no column: list it in fields", path, t.name)
		} else if len(key) > 1 {
			t.parts = append(t.parts, f.Column)
		}
	}
	return nil
}

func (t *table) columnType(name string) string {
	for _, c := range t.columns {
		if c.name == name {
			return c.sqlType
		}
	}
	return ""
}

// keyType is the SQL type of a key column; a key of several fields is their text joined.
func keyType(key []string, declared string) string {
	if declared == "text" || len(key) > 1 {
		return "text"
	}
	return "bigint"
}

// quote makes an identifier safe to stand in SQL.
func quote(name string) string { return pgx.Identifier{name}.Sanitize() }
