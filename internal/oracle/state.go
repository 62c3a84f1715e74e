package oracle

import (
	"fmt"
	"slices"
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

// Event is one accepted delivery.
type Event struct {
	Topic string
	Body  map[string]any
	Ref   string
	// Received is when the target got it. A delete event has no time of the source's own: a body that is not newer than
	// its receipt tells of the time before it.
	Received time.Time
}

// Effect is what an event did to the expected state.
type Effect struct {
	// Object and Key name what the event is about; Object is empty for a body that is no object.
	Object, Key string
	// Applied is false where the event must change no refined row: a stale one, or a delete of what never existed.
	Applied bool
}

// Apply changes the state by one accepted delivery, as the manifest routes it.
func (s *State) Apply(e Event) (Effect, error) {
	if s.notObject(e.Body) {
		return Effect{}, nil
	}
	route, obj := s.route(e)
	if route == nil {
		return Effect{}, nil
	}
	key, ok := keyOf(e.Body, obj.Key)
	if !ok {
		return Effect{}, nil
	}
	effect := Effect{Object: obj.Name, Key: key}
	have := s.Objects[obj.Name][key]
	if route.Event == manifest.Delete {
		if have != nil {
			have.Deleted, have.ValuesStale, have.deletion = true, true, &e.Received
			effect.Applied = true
		}
		return effect, nil
	}
	updated, timed, err := updatedAt(obj, e.Body)
	if err != nil {
		return effect, err
	}
	if have == nil {
		effect.Applied = true
		return effect, s.put(obj, &Item{Key: key, Body: e.Body, Ref: e.Ref})
	}
	// A restore lifts a delete event whatever its time; a body does if it is newer than the event, or has no time.
	deletion := have.deletion
	if route.Event == manifest.Restore || !timed || deletion != nil && updated.After(*deletion) {
		deletion = nil
	}
	if timed && updated.Before(have.Updated) {
		if have.deletion != nil && deletion == nil {
			have.Deleted, have.deletion = false, nil
			effect.Applied = true
		}
		return effect, nil
	}
	effect.Applied = true
	if err := s.put(obj, &Item{Key: key, Body: e.Body, Ref: e.Ref}); err != nil {
		return effect, err
	}
	if deletion != nil {
		have.Deleted, have.deletion = true, deletion
	}
	return effect, nil
}

// Latest returns each object as the last body about it says, and nothing else: no staleness, no merging. It is a second,
// simpler reading of the same events, against which State can be held.
func (o *Offer) Latest(events []Event) (*State, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	for _, e := range events {
		route, obj := s.route(e)
		if route == nil || s.notObject(e.Body) {
			continue
		}
		key, ok := keyOf(e.Body, obj.Key)
		if !ok {
			continue
		}
		if route.Event == manifest.Delete {
			if have := s.Objects[obj.Name][key]; have != nil {
				have.Deleted, have.ValuesStale = true, true
			}
			continue
		}
		delete(s.Objects[obj.Name], key)
		if err := s.put(obj, &Item{Key: key, Body: e.Body, Ref: e.Ref}); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// route finds the object that an event is about. A payload of key fields only, under a topic that several objects
// share, is about whichever of them has that key; else about the first.
func (s *State) route(e Event) (*manifest.Topic, *manifest.Object) {
	var topic *manifest.Topic
	var object *manifest.Object
	for i := range s.Manifest.Objects {
		obj := &s.Manifest.Objects[i]
		for j := range obj.Webhooks {
			t := &obj.Webhooks[j]
			if t.Topic != e.Topic || !Holds(t.When, e.Body) {
				continue
			}
			if key, ok := keyOf(e.Body, obj.Key); ok && s.Objects[obj.Name][key] != nil {
				return t, obj
			}
			if topic == nil {
				topic, object = t, obj
			}
		}
	}
	return topic, object
}

func (s *State) notObject(body map[string]any) bool {
	fields := s.Manifest.Webhooks.NotObject
	if len(fields) == 0 || len(body) != len(fields) {
		return false
	}
	for _, f := range fields {
		if _, ok := body[f]; !ok {
			return false
		}
	}
	return true
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

func (o *Object) children(children []manifest.Child, body map[string]any, parent, ref string) error {
	for i := range children {
		c := &children[i]
		v, present := lookup(body, nil, c.At)
		if !present {
			continue
		}
		list, _ := v.([]any)
		old := map[string]*Row{}
		kept := o.Children[c.Table][:0:0]
		for _, r := range o.Children[c.Table] {
			if r.Parent == parent {
				old[r.Key] = r
			} else {
				kept = append(kept, r)
			}
		}
		for n, e := range list {
			m, ok := e.(map[string]any)
			if !ok {
				return fmt.Errorf("%s[%d] is no object", c.At, n)
			}
			key, ok := keyOf(m, c.Key)
			if !ok {
				return fmt.Errorf("%s[%d] lacks its key %v", c.At, n, c.Key)
			}
			row := old[key]
			if row == nil {
				row = &Row{Table: c.Table, Key: key, Parent: parent, Values: map[string]Value{}}
			}
			row.Ref = ref
			if err := fill(row, c.Fields, m, nil); err != nil {
				return err
			}
			kept = append(kept, row)
			if err := o.children(c.Children, m, key, ref); err != nil {
				return err
			}
		}
		o.Children[c.Table] = kept
		for key := range old {
			if !slices.ContainsFunc(kept, func(r *Row) bool { return r.Parent == parent && r.Key == key }) {
				o.prune(c.Children, key)
			}
		}
	}
	return nil
}

// prune removes the rows below a child that is gone.
func (o *Object) prune(children []manifest.Child, parent string) {
	for i := range children {
		c := &children[i]
		o.Children[c.Table] = slices.DeleteFunc(o.Children[c.Table], func(r *Row) bool {
			if r.Parent != parent {
				return false
			}
			o.prune(c.Children, r.Key)
			return true
		})
	}
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
