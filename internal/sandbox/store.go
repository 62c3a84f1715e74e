package sandbox

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// record is one object of a store. It is never changed: a change puts another in its place, so that readers need no copy.
type record struct {
	key     string
	body    []byte
	context map[string]string
	// born is its place among all objects of its kind in the order of creation.
	born int
	// changed is the time of its last change; zero where the provider says none.
	changed time.Time
	// known are values that lists look at for every record, read once.
	known map[string]string
}

// text returns the scalar at a path of the body.
func (r *record) text(path string) string {
	if s, ok := r.known[path]; ok {
		return s
	}
	s, _ := text(r.body, path)
	return s
}

func (r *record) object() Object {
	return Object{Key: r.key, Body: r.body, Context: r.context}
}

// keyOf joins an object's identifying values as the raw layer does; ok is false where one is missing.
func keyOf(body []byte, fields []string) (string, bool) {
	parts := make([]string, len(fields))
	for i, f := range fields {
		s, ok := text(body, f)
		if !ok || s == "" {
			return "", false
		}
		parts[i] = s
	}
	return strings.Join(parts, "/"), true
}

// kind is one kind of object and how a store keeps it.
type kind struct {
	*manifest.Object
	// known are the paths whose values records keep at hand.
	known []string
	// clock is the field by which the provider knows what changed since: that of the last change, else that of creation.
	clock *manifest.TimeField
	// created is the field of the time of creation, nil where the manifest knows none.
	created *manifest.TimeField
}

// newKind reads from the manifest what a store must know of an object. Further are paths that a provider's lists look at.
func newKind(m *manifest.Manifest, o *manifest.Object, further []string) *kind {
	k := &kind{Object: o, known: slices.Clone(further)}
	if f, ok := o.Fields.Column(m.Source + "_created_at"); ok {
		k.created = &manifest.TimeField{Field: f.Path, Format: f.Format}
	}
	if k.clock = o.UpdatedAt; k.clock == nil {
		k.clock = k.created
	}
	if o.DeletedWhen != nil {
		k.known = append(k.known, o.DeletedWhen.Field)
	}
	if o.Parent != nil {
		if f, ok := o.Fields.Column(o.Parent.Column); ok && f.Path[0] != '@' {
			k.known = append(k.known, f.Path)
		}
	}
	return k
}

// record makes a record of a body; its key must be there.
func (k *kind) record(body []byte, context map[string]string, born int) (*record, error) {
	key, _ := keyOf(body, k.Key)
	r := &record{key: key, body: body, context: context, born: born, known: make(map[string]string, len(k.known))}
	for _, path := range k.known {
		if s, ok := text(body, path); ok {
			r.known[path] = s
		}
	}
	if k.clock != nil {
		if s := r.text(k.clock.Field); s != "" {
			at, err := parseTime(k.clock.Format, s)
			if err != nil {
				return nil, err
			}
			r.changed = at
		}
	}
	return r, nil
}

// collection is all objects of a kind, in the order of creation.
type collection struct {
	records []*record
	byKey   map[string]*record
	// shared says that other accounts have it too, so that it must be copied before it is changed.
	shared bool
}

func newCollection() *collection { return &collection{byKey: map[string]*record{}} }

// own returns a collection that may be changed: itself, or a copy where it is shared.
func (c *collection) own() *collection {
	if !c.shared {
		return c
	}
	return &collection{records: slices.Clone(c.records), byKey: maps.Clone(c.byKey)}
}

// next is the place in the order of creation that comes after all others.
func (c *collection) next() int {
	if len(c.records) == 0 {
		return 0
	}
	return c.records[len(c.records)-1].born + 1
}

// index is where a record of that age stands, or would stand.
func (c *collection) index(born int) int {
	i, _ := slices.BinarySearchFunc(c.records, born, func(r *record, born int) int { return r.born - born })
	return i
}

// put adds a record, or puts it in the place of the one with its key.
func (c *collection) put(r *record) {
	if old := c.byKey[r.key]; old != nil {
		r.born = old.born
		c.records[c.index(old.born)] = r
	} else {
		c.records = append(c.records, r)
	}
	c.byKey[r.key] = r
}

func (c *collection) remove(key string) {
	if old := c.byKey[key]; old != nil {
		i := c.index(old.born)
		c.records = slices.Delete(c.records, i, i+1)
		delete(c.byKey, key)
	}
}

// store is what one account has, by the objects' names.
type store map[string]*collection

// share returns the store as it is now: neither it nor what it was copied from is changed any more, for the next change
// copies first.
func (s store) share() store {
	for _, c := range s {
		if !c.shared { // the seed's are so from the beginning, and other accounts may read them just now
			c.shared = true
		}
	}
	return maps.Clone(s)
}

// writable returns a kind's collection for changing.
func (s store) writable(name string) *collection {
	c := s[name].own()
	s[name] = c
	return c
}
