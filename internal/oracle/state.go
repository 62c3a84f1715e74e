package oracle

import (
	"fmt"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Row is one row that must exist.
type Row struct {
	Table string
	// Key is the object's key; Parent the parent's key for a child's row, else empty.
	Key, Parent string
	// Values are the columns that the source said something about; others are not judged.
	Values map[string]Value
	// Ref says where the row's last state was offered.
	Ref string
}

// Object is the expected state of one object: its own row and those of its children.
type Object struct {
	Name, Key string
	Row       *Row
	// Children are the rows per child table.
	Children map[string][]*Row
	// Deleted says that the row must be a tombstone.
	Deleted bool
	// ValuesStale says that the last event was a delete without a body: the source has other values now than were
	// ever offered, so only the tombstone is judged.
	ValuesStale bool
	// Updated is the source's time of the last change; zero where it has none.
	Updated time.Time
	// deletion is when a delete event was received that nothing lifted since.
	deletion *time.Time
}

// State is every object that must exist, by object name and key.
type State struct {
	Manifest *manifest.Manifest
	Objects  map[string]map[string]*Object
}

// State returns the rows that must exist once everything on offer was copied.
func (o *Offer) State() (*State, error) {
	s := &State{Manifest: o.Manifest, Objects: map[string]map[string]*Object{}}
	for name, p := range o.Populations {
		s.Objects[name] = make(map[string]*Object, len(p.Items))
		for _, key := range p.Keys {
			if err := s.put(p.Object, p.Items[key]); err != nil {
				return nil, fmt.Errorf("%s %s (%s): %w", name, key, p.Items[key].Ref, err)
			}
		}
	}
	return s, nil
}

// put merges a body into the expected state of its object: what the body does not mention stays.
func (s *State) put(obj *manifest.Object, item *Item) error {
	updated, timed, err := updatedAt(obj, item.Body)
	if err != nil {
		return err
	}
	o := s.Objects[obj.Name][item.Key]
	if o == nil {
		o = &Object{Name: obj.Name, Key: item.Key, Children: map[string][]*Row{},
			Row: &Row{Table: obj.Table, Key: item.Key, Values: map[string]Value{}}}
		if s.Objects[obj.Name] == nil {
			s.Objects[obj.Name] = map[string]*Object{}
		}
		s.Objects[obj.Name][item.Key] = o
	}
	o.Deleted = obj.DeletedWhen != nil && Holds(obj.DeletedWhen, item.Body)
	o.ValuesStale, o.deletion = false, nil
	if timed {
		o.Updated = updated
	}
	o.Row.Ref = item.Ref
	if err := fill(o.Row, obj.Fields, item.Body, item.Context); err != nil {
		return err
	}
	return o.children(obj.Children, item.Body, item.Key, item.Ref)
}

func fill(row *Row, fields manifest.Fields, body map[string]any, context map[string]string) error {
	for _, f := range fields {
		v, present := lookup(body, context, f.Path)
		if !present {
			continue
		}
		value, err := FromPayload(f, v)
		if err != nil {
			return err
		}
		row.Values[f.Column] = value
	}
	return nil
}

// updatedAt reads the source's time of a body's last change; timed is false where the body has none.
func updatedAt(obj *manifest.Object, body map[string]any) (at time.Time, timed bool, err error) {
	if obj.UpdatedAt == nil {
		return time.Time{}, false, nil
	}
	v, ok := lookup(body, nil, obj.UpdatedAt.Field)
	if !ok || v == nil {
		return time.Time{}, false, nil
	}
	text, err := scalar(v)
	if err != nil || text == "" {
		return time.Time{}, false, err
	}
	at, err = ParseTime(obj.UpdatedAt.Format, text)
	return at, err == nil, err
}

// Rows returns all rows that must exist in a table, and for an object's own table which of them are tombstones.
func (s *State) Rows(object, table string) []*Row {
	var rows []*Row
	for _, o := range s.Objects[object] {
		if o.Row.Table == table {
			rows = append(rows, o.Row)
		} else {
			rows = append(rows, o.Children[table]...)
		}
	}
	return rows
}
