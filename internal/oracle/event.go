package oracle

import (
	"fmt"
	"slices"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Event is one accepted delivery.
type Event struct {
	Topic string
	Body  map[string]any
	// Current is the object as the source offers it now, where the body only refers to it; nil where it offers it no more.
	Current map[string]any
	Ref     string
	// Received is when the target got it. A delete event has no time of the source's own: a body that is not newer than
	// its receipt tells of the time before it.
	Received time.Time
}

// Effect is what an event did to the expected state.
type Effect struct {
	// Object and Key name what the event is about; Object is empty for a notice and for a body that is no object.
	Object, Key string
	// Type and ID are what the body itself is in the raw layer: the object, or else the topic and what the body refers to.
	Type, ID string
	// Applied is false where the event must change no refined row: a stale one, or a delete of what never existed.
	Applied bool
}

// Apply changes the state by one accepted delivery, as the manifest routes it.
func (s *State) Apply(e Event) (Effect, error) {
	if s.notice(e.Topic) {
		return Effect{Type: e.Topic}, nil
	}
	if s.notObject(e.Body) {
		return Effect{}, nil
	}
	route, obj := s.route(e)
	if route == nil {
		return Effect{}, nil
	}
	body, key, err := subject(route, obj, e)
	if key == "" || err != nil {
		return Effect{}, err
	}
	effect := Effect{Object: obj.Name, Key: key, Type: obj.Name, ID: key}
	if route.Payload == payloadReference {
		effect.Type = e.Topic
		if body == nil {
			return effect, nil
		}
	}
	if route.Event == manifest.Delete {
		if have := s.Objects[obj.Name][key]; have != nil {
			have.tombstone(e.Received)
			effect.Applied = true
		}
		return effect, nil
	}
	if effect.Applied, err = s.update(obj, &Item{Key: key, Body: body, Ref: e.Ref}, route.Event == manifest.Restore); !effect.Applied || err != nil {
		return effect, err
	}
	return effect, s.elements(obj, key, body, e, func(obj *manifest.Object, item *Item) error {
		_, err := s.update(obj, item, true) // what a parent shows is alive
		return err
	})
}

// tombstone notes that an object was deleted: what it was then nobody says.
func (o *Object) tombstone(at time.Time) { o.Deleted, o.ValuesStale, o.deletion = true, true, &at }

// update applies a body that is not of a delete; applied is false where what is there is newer. A delete event is lifted
// by a restore whatever its time, else by a body that is newer than the event, or has no time.
func (s *State) update(obj *manifest.Object, item *Item, restore bool) (applied bool, err error) {
	updated, timed, err := updatedAt(obj, item.Body)
	if err != nil {
		return false, err
	}
	have := s.Objects[obj.Name][item.Key]
	if have == nil {
		return true, s.put(obj, item)
	}
	deletion := have.deletion
	if restore || !timed || deletion != nil && updated.After(*deletion) {
		deletion = nil
	}
	if timed && updated.Before(have.Updated) {
		if have.deletion == nil || deletion != nil {
			return false, nil
		}
		have.Deleted, have.deletion = false, nil
		return true, nil
	}
	if err := s.put(obj, item); err != nil {
		return false, err
	}
	if deletion != nil {
		have.Deleted, have.deletion = true, deletion
	}
	return true, nil
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
		body, key, err := subject(route, obj, e)
		if err != nil {
			return nil, err
		}
		if key == "" || body == nil {
			continue
		}
		if route.Event == manifest.Delete {
			if have := s.Objects[obj.Name][key]; have != nil {
				have.tombstone(e.Received)
			}
			continue
		}
		replace := func(obj *manifest.Object, item *Item) error {
			delete(s.Objects[obj.Name], item.Key)
			return s.put(obj, item)
		}
		if err := replace(obj, &Item{Key: key, Body: body, Ref: e.Ref}); err != nil {
			return nil, err
		}
		if err := s.elements(obj, key, body, e, replace); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// The kinds of payload that are not the object itself: one names it, the other is its parent.
const (
	payloadReference = "reference"
	payloadElements  = "elements"
)

// subject returns the object that an event tells of and its key: the body itself, or what the body refers to as the
// source has it now, nil where it has it no more. The key is empty where the body is no such object.
func subject(route *manifest.Topic, obj *manifest.Object, e Event) (body map[string]any, key string, err error) {
	if route.Payload != payloadReference {
		key, _ = keyOf(e.Body, nil, obj.Key)
		return e.Body, key, nil
	}
	key, ok := keyOf(e.Body, nil, []string{route.At})
	if !ok || e.Current == nil {
		return nil, key, nil
	}
	if current, _ := keyOf(e.Current, nil, obj.Key); current != key {
		return nil, "", fmt.Errorf("%s (%s) refers to %s %s, and what was read for it is %q", e.Topic, e.Ref, obj.Name, key, current)
	}
	return e.Current, key, nil
}

// notice tells whether a topic tells of no object.
func (s *State) notice(topic string) bool {
	return slices.ContainsFunc(s.Manifest.Webhooks.Notices, func(n manifest.Notice) bool { return n.Topic == topic })
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
			if t.Topic != e.Topic || t.Payload == payloadElements || !Holds(t.When, e.Body) {
				continue
			}
			if _, key, err := subject(t, obj, e); err == nil && key != "" && s.Objects[obj.Name][key] != nil {
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
