package reference

import (
	"encoding/json"
	"fmt"
	"strconv"
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
	// place is where a child stands in its array, from 0.
	place int
}

// byPlace tells whether elements of an array are identified by nothing but where they stand in it.
func (s rowShape) byPlace() bool { return len(s.key) == 1 && s.key[0] == manifest.Index }

func refineRow(f *fields, fanout map[string]string, shape rowShape) (Row, error) {
	key := strconv.Itoa(shape.place)
	if !shape.byPlace() {
		var err error
		if key, err = f.key(shape.key, shape.keyType); err != nil {
			return Row{}, err
		}
	}
	row := Row{Key: key, Values: make(map[string]*string, len(shape.fields))}
	for _, field := range shape.fields {
		raw, ok := valueOf(f, fanout, field.Path)
		if !ok {
			if shape.byPlace() {
				row.Values[field.Column] = nil // what stood at this place before was something else
			}
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
		row.Children = append(row.Children, rows)
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
func refineChildren(raw json.RawMessage, child manifest.Child) (ChildRows, error) {
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		return ChildRows{}, fmt.Errorf("not an array: %w", err)
	}
	rows := make([]Row, 0, len(elements))
	place := make(map[string]int, len(elements))
	for i, element := range elements {
		f, err := parseFields(element)
		if err != nil {
			return ChildRows{}, fmt.Errorf("element %d: %w", i, err)
		}
		row, err := refineRow(f, nil, rowShape{
			key: child.Key, keyType: keyType(child.Key, child.KeyType), fields: child.Fields, children: child.Children, place: i,
		})
		if err != nil {
			return ChildRows{}, fmt.Errorf("element %d: %w", i, err)
		}
		if at, twice := place[row.Key]; twice {
			rows[at] = row
			continue
		}
		place[row.Key] = len(rows)
		rows = append(rows, row)
	}
	return ChildRows{Table: child.Table, Rows: rows, Cut: child.Most > 0 && len(elements) >= child.Most}, nil
}
