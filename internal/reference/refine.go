package reference

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// refiner is the Refiner that follows the manifest.
type refiner struct{}

// Refine reads every value the manifest names out of a payload.
func (refiner) Refine(doc Document) (Row, error) {
	f, err := parseFields(doc.Payload)
	if err != nil {
		return Row{}, err
	}
	return refineRow(f, doc.Fanout, rowShape{
		key: doc.Object.Key, keyType: keyType(doc.Object.Key, doc.Object.KeyType),
		fields: doc.Object.Fields, children: doc.Object.Children,
	})
}

type rowShape struct {
	key      []string
	keyType  string
	fields   manifest.Fields
	children []manifest.Child
}

func refineRow(f *fields, fanout map[string]string, shape rowShape) (Row, error) {
	key, err := f.key(shape.key, shape.keyType)
	if err != nil {
		return Row{}, err
	}
	row := Row{Key: key, Values: make(map[string]*string, len(shape.fields))}
	for _, field := range shape.fields {
		raw, ok := valueOf(f, fanout, field.Path)
		if !ok {
			continue // absent: the column stays as it is
		}
		value, err := decode(field, raw)
		if err != nil {
			return Row{}, fmt.Errorf("field %s: %w", field.Path, err)
		}
		row.Values[field.Column] = value
	}
	for _, child := range shape.children {
		raw, ok := f.at(child.At)
		if !ok {
			continue // absent: the children stay as they are
		}
		rows, err := refineChildren(raw, child)
		if err != nil {
			return Row{}, fmt.Errorf("%s: %w", child.At, err)
		}
		row.Children = append(row.Children, ChildRows{Table: child.Table, Rows: rows})
	}
	return row, nil
}

func valueOf(f *fields, fanout map[string]string, path string) (json.RawMessage, bool) {
	name, fromFanout := strings.CutPrefix(path, "@")
	if !fromFanout {
		return f.at(path)
	}
	value, ok := fanout[name]
	if !ok {
		return nil, false
	}
	raw, err := json.Marshal(value)
	return raw, err == nil
}

// refineChildren reads an array; null is an empty one. Where a key comes twice the later element counts.
func refineChildren(raw json.RawMessage, child manifest.Child) ([]Row, error) {
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return nil, fmt.Errorf("not an array: %w", err)
	}
	rows := make([]Row, 0, len(elements))
	place := make(map[string]int, len(elements))
	for i, element := range elements {
		f, err := parseFields(element)
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
		row, err := refineRow(f, nil, rowShape{
			key: child.Key, keyType: keyType(child.Key, child.KeyType), fields: child.Fields, children: child.Children,
		})
		if err != nil {
			return nil, fmt.Errorf("element %d: %w", i, err)
		}
		if at, twice := place[row.Key]; twice {
			rows[at] = row
			continue
		}
		place[row.Key] = len(rows)
		rows = append(rows, row)
	}
	return rows, nil
}
