package manifest

import (
	"fmt"
	"reflect"
	"strings"

	"gopkg.in/yaml.v3"
)

// FieldTypes are the types a field may have.
func FieldTypes() []FieldType {
	return []FieldType{Text, Integer, Decimal, Boolean, Timestamp, JSON}
}

// DefaultColumn is the column of a payload path whose mapping names none: dots become underscores, and the "@" of
// a fan-out value is dropped.
func DefaultColumn(path string) string {
	return strings.ReplaceAll(strings.TrimPrefix(path, "@"), ".", "_")
}

// decodeNode reads the mapping from payload path to type or {column, type, format, empty_is_null}. A mapping and
// not a list, because a path maps to one column; the order is kept, because it is the order of the columns.
func (f *Fields) decodeNode(d *decoder, n *yaml.Node, path string) {
	if !d.expect(n, "!!map", path) {
		return
	}
	*f = Fields{}
	for key, value := range d.pairs(n, path) {
		field := Field{Path: key.Value, Column: DefaultColumn(key.Value)}
		place := join(path, key.Value)
		target := value
		if target.Kind == yaml.AliasNode {
			target = target.Alias
		}
		switch target.Kind {
		case yaml.ScalarNode:
			field.Type = FieldType(target.Value)
			if target.ShortTag() != "!!str" {
				d.mismatch(target, "a type or a mapping", place)
			} else if !knownType(field.Type) {
				d.report(value, place, fmt.Sprintf("%q is not a type", target.Value), oneOf(target.Value, typeNames()))
			}
		case yaml.MappingNode:
			d.decode(value, reflect.ValueOf(&field).Elem(), place)
			if field.Column == "" {
				field.Column = DefaultColumn(key.Value)
			}
		default:
			d.mismatch(target, "a type or a mapping", place)
		}
		d.places[place] = key // what can be wrong with a field from here on begins with its path
		if field.Type == Timestamp && field.Format == "" {
			field.Format = RFC3339
		}
		*f = append(*f, field)
	}
}

func knownType(t FieldType) bool {
	for _, known := range FieldTypes() {
		if t == known {
			return true
		}
	}
	return false
}

func typeNames() []string {
	var names []string
	for _, t := range FieldTypes() {
		names = append(names, string(t))
	}
	return names
}
