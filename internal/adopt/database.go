package adopt

import "slices"

// Database is what is known of a schema.
type Database struct {
	Name, Schema string
	Tables       []*Table
	// Notes are what could not be read, and why.
	Notes []string
}

// Table is one table of the schema.
type Table struct {
	Name    string
	Columns []*Column
	// Keys are the sets of columns that are unique, the primary key first.
	Keys    [][]string
	Foreign []ForeignKey
	// Readable says that its rows may be read, Large that they are many.
	Readable, Large bool
	// Rows is how many of them were looked at.
	Rows int
}

// Column is one column, with what was seen in it.
type Column struct {
	Name string
	// Type is the type as Postgres names it, Kind what it amounts to.
	Type string
	Kind Kind
	// Naive says that it is a time without zone, Wide that it takes whole numbers beyond 32 bits.
	Naive, Wide bool
	NotNull     bool
	// Generated says that the database makes the values: a key of the target's own. Now says that they are the time of writing.
	Generated, Now bool
	// Values are what was seen, as texts, without nulls; of JSON objects the names of the members, one per line.
	Values []string
}

// ForeignKey is a reference that the database enforces.
type ForeignKey struct {
	Columns []string
	Table   string
	To      []string
}

// Kind is what a column's type amounts to.
type Kind string

// The kinds.
const (
	Whole   Kind = "whole"
	Decimal Kind = "decimal"
	Truth   Kind = "truth"
	Text    Kind = "text"
	Time    Kind = "time"
	Day     Kind = "day"
	JSON    Kind = "json"
	UUID    Kind = "uuid"
	Array   Kind = "array"
	Other   Kind = "other"
)

// kindOf sorts a type by its name in the catalogue.
func kindOf(name string) Kind {
	switch name {
	case "int2", "int4", "int8":
		return Whole
	case "numeric", "float4", "float8", "money":
		return Decimal
	case "bool":
		return Truth
	case "text", "varchar", "bpchar", "citext", "name", "enum":
		return Text
	case "timestamptz", "timestamp":
		return Time
	case "date":
		return Day
	case "json", "jsonb":
		return JSON
	case "uuid":
		return UUID
	case "array":
		return Array
	}
	return Other
}

// Table returns the table of that name, or nil.
func (d *Database) Table(name string) *Table {
	i, found := slices.BinarySearchFunc(d.Tables, name, func(t *Table, name string) int {
		switch {
		case t.Name < name:
			return -1
		case t.Name > name:
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	return d.Tables[i]
}

// Column returns the column of that name, or nil.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// unique tells whether a column tells rows apart, alone or together with some of others.
func (t *Table) unique(column string, others ...string) bool {
	return slices.ContainsFunc(t.Keys, func(key []string) bool {
		return slices.Contains(key, column) && !slices.ContainsFunc(key, func(c string) bool {
			return c != column && (c == "" || !slices.Contains(others, c))
		})
	})
}

// refers returns the foreign key's column to another table, besides the tenant's, and the column that it refers to.
func (t *Table) refers(to, tenant string) (column, target string, ok bool) {
	for _, f := range t.Foreign {
		if f.Table != to {
			continue
		}
		for i, c := range f.Columns {
			if c != tenant {
				return c, f.To[i], true
			}
		}
	}
	return "", "", false
}
