package oracle

import (
	"fmt"

	"github.com/syncspec/syncspec/internal/manifest"
)

// elements applies the objects that a parent's body carries and that are objects of their own. Those of that parent which
// a whole array lacks are gone.
func (s *State) elements(parent *manifest.Object, key string, body map[string]any, e Event, apply func(*manifest.Object, *Item) error) error {
	for i := range s.Manifest.Objects {
		obj := &s.Manifest.Objects[i]
		if obj.Parent == nil || obj.Parent.Object != parent.Name {
			continue
		}
		for _, t := range obj.Webhooks {
			v, present := lookup(body, nil, t.At)
			if t.Topic != e.Topic || t.Payload != payloadElements || !present {
				continue
			}
			array, _ := v.([]any)
			there := map[string]bool{}
			for n, element := range array {
				item, err := elementOf(obj, parent.Name, key, element)
				if err != nil {
					return fmt.Errorf("%s[%d] of %s %s: %w", t.At, n, parent.Name, key, err)
				}
				item.Ref = e.Ref
				there[item.Key] = true
				if err := apply(obj, item); err != nil {
					return err
				}
			}
			if t.Most > 0 && len(array) >= t.Most {
				continue // there may be more than it shows
			}
			for _, o := range s.Objects[obj.Name] {
				if !there[o.Key] && o.Row.Values[obj.Parent.Column].Text == key {
					o.tombstone(e.Received)
				}
			}
		}
	}
	return nil
}

// elementOf makes an item of an element, as if the list of its parent had offered it.
func elementOf(obj *manifest.Object, parent, key string, element any) (*Item, error) {
	body, ok := element.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("it is no object")
	}
	context := map[string]string{}
	for _, list := range obj.Lists {
		if list.Each != nil && list.Each.Object == parent {
			context[list.Each.As] = key
		}
	}
	own, ok := keyOf(body, context, obj.Key)
	if !ok {
		return nil, fmt.Errorf("it lacks its key %v", obj.Key)
	}
	return &Item{Key: own, Body: body, Context: context}, nil
}
