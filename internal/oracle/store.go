package oracle

import (
	"fmt"
	"maps"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Stored is one object as a source has it in store, and would list it.
type Stored struct {
	Body []byte
	// Context are the values of the fan-out by which it is listed, such as the order of a note.
	Context map[string]string
	// Ref says where it stands.
	Ref string
}

// FromStore gathers what a source offers that holds these objects, by the manifest's names for their kinds: all that
// its lists would show, nothing more.
func FromStore(m *manifest.Manifest, objects map[string][]Stored) (*Offer, error) {
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		if _, ok := m.Object(name); !ok {
			return nil, fmt.Errorf("the store has %s, and the manifest of %s has no such object", name, m.Source)
		}
	}
	o := newOffer(m)
	for i := range m.Objects {
		p := o.Populations[m.Objects[i].Name]
		for n, stored := range objects[p.Object.Name] {
			if err := p.stored(stored); err != nil {
				return nil, fmt.Errorf("%s %d of the store (%s): %w", p.Object.Name, n, stored.Ref, err)
			}
		}
	}
	for i := range m.Objects {
		if err := o.list(o.Populations[m.Objects[i].Name]); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (p *Population) stored(s Stored) error {
	v, err := at(s.Body, "")
	if err != nil {
		return err
	}
	body, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("it is no object")
	}
	key, ok := keyOf(body, s.Context, p.Object.Key)
	switch {
	case !ok:
		return fmt.Errorf("it lacks its key %v", p.Object.Key)
	case p.Items[key] != nil:
		return fmt.Errorf("its key %s is taken by %s", key, p.Items[key].Ref)
	}
	p.add(&Item{Key: key, Body: body, Context: s.Context, Ref: s.Ref})
	return nil
}

// list makes the walks by which a population would be read.
func (o *Offer) list(p *Population) error {
	if p.Object.NotApplicable != "" {
		return nil
	}
	walks := map[string]*Walk{} // by list and parent
	place := func(list manifest.List, parent string) *Walk { return walks[listName(list)+" "+parent] }
	for _, list := range p.Object.Lists {
		parents := []string{""}
		if list.Each != nil {
			parents = o.values(list.Each.Object, list.Each.Field)
		}
		for _, parent := range parents {
			w := newWalk(list, parent)
			w.whole = true
			if list.Batch != nil {
				w.asked = o.values(list.Batch.Object, list.Batch.Field)
			}
			walks[listName(list)+" "+parent] = w
			p.Walks = append(p.Walks, w)
		}
	}
	rest := p.unselective()
	for _, key := range p.Keys {
		item := p.Items[key]
		list, ok := p.listOf(item, rest)
		if !ok {
			continue // it is offered all the same; only which list would show it is not known
		}
		parent := ""
		if list.Each != nil {
			parent = item.Context[list.Each.As]
		}
		w := place(list, parent)
		if w == nil {
			return fmt.Errorf("%s %s (%s) hangs below %s %q, which the source does not offer", p.Object.Name, key, item.Ref, list.Each.Object, parent)
		}
		w.add(item)
	}
	return nil
}

// listOf is the list by which an object is offered, where that can be told: the one whose parameters are the object's own
// fields, or else the only one of which that is true for no object, such as "any".
func (p *Population) listOf(item *Item, rest []manifest.List) (list manifest.List, ok bool) {
	lists := p.Object.Lists
	if len(lists) == 1 {
		return lists[0], true
	}
	if i := slices.IndexFunc(lists, func(l manifest.List) bool { return selects(l, item) }); i >= 0 {
		return lists[i], true
	}
	if len(rest) == 1 {
		return rest[0], true
	}
	return manifest.List{}, false
}

// unselective are the lists whose parameters are no object's own fields.
func (p *Population) unselective() []manifest.List {
	return slices.DeleteFunc(slices.Clone(p.Object.Lists), func(l manifest.List) bool {
		return slices.ContainsFunc(p.Keys, func(key string) bool { return selects(l, p.Items[key]) })
	})
}

// selects tells whether a list's parameters are fields of the object with just these values.
func selects(l manifest.List, item *Item) bool {
	for name, want := range l.Params {
		v, ok := lookup(item.Body, item.Context, name)
		if !ok || v == nil {
			return false
		}
		if text, err := scalar(v); err != nil || text != want {
			return false
		}
	}
	return len(l.Params) > 0
}
