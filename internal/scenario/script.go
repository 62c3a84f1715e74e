package scenario

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/sandbox"
)

// updatesPerObject is how many objects of each kind are updated.
const updatesPerObject = 3

// script is what happens at the sandbox after a backfill. It is the same in every run: what is chosen by chance is
// chosen by a fixed seed.
type script struct {
	*imitated
	chance *rand.Rand
	copier copier
	post   func(delivery) (bool, error)
	// touched are the objects that were changed already, by kind and key: each change is to another one.
	touched map[string]bool
	// told are the topics of which a delivery went out.
	told map[string]bool
}

func newScript(i *imitated, post func(delivery) (bool, error)) *script {
	return &script{imitated: i, chance: rand.New(rand.NewPCG(20, 26)), post: post, touched: map[string]bool{}, told: map[string]bool{}}
}

// deliveries changes objects of every kind that the manifest has topics for: updates, one delivered twice and two in the
// wrong order; then a new object, one deleted, and one deleted and restored.
func (i *imitated) deliveries(_ signer, post func(delivery) (bool, error)) error {
	s := newScript(i, post)
	if err := i.enter(phaseChanges); err != nil {
		return err
	}
	for _, obj := range i.applicable() {
		events := map[manifest.Event]bool{}
		for _, t := range obj.Webhooks {
			events[t.Event] = true
		}
		if err := s.play(obj, events); err != nil {
			return fmt.Errorf("changing %s at the sandbox: %w", obj.Name, err)
		}
	}
	return s.occasions()
}

// occasions looks for objects that give occasion for the topics of which nothing was told yet.
func (s *script) occasions() error {
	for _, t := range s.manifest.Topics() {
		if s.told[t.Topic] || !t.Object.Applies() {
			continue
		}
		for _, o := range s.account.Objects(t.Object.Name) {
			did := false
			if err := s.tell(false, func() (err error) { did, err = s.account.Provoke(t.Object.Name, o.Key, t.Topic); return err }); err != nil {
				return fmt.Errorf("bringing about what %s tells of: %w", t.Topic, err)
			}
			if did {
				break
			}
		}
	}
	return nil
}

// play is the script for one kind of object.
func (s *script) play(obj *manifest.Object, events map[manifest.Event]bool) error {
	if events[manifest.Update] {
		for n := range updatesPerObject {
			if err := s.tell(n == 0, func() error { return s.update(obj, s.pick(obj), time.Time{}) }); err != nil {
				return err
			}
		}
		if obj.UpdatedAt != nil {
			if err := s.overtaken(obj); err != nil {
				return err
			}
		}
	}
	var made string
	if events[manifest.Create] {
		if err := s.tell(false, func() (err error) { made, err = s.create(obj); return err }); err != nil {
			return err
		}
	}
	if events[manifest.Delete] {
		if err := s.tell(false, func() error { return s.remove(obj, s.spare(obj, made)) }); err != nil {
			return err
		}
	}
	if events[manifest.Restore] && obj.DeletedWhen != nil {
		return s.restored(obj)
	}
	return nil
}

// tell makes a change and posts what the source tells of it; the first of it once more where repeat says so.
func (s *script) tell(repeat bool, change func() error) error {
	if err := change(); err != nil {
		return err
	}
	for n, d := range s.account.Outbox() {
		if err := s.send(d, func(*delivery) {}); err != nil {
			return err
		}
		if n == 0 && repeat {
			if err := s.send(d, func(next *delivery) { next.repeats = true }); err != nil {
				return err
			}
		}
	}
	return nil
}

// send posts a delivery, and again as often as the source does where it is not accepted.
func (s *script) send(d sandbox.Delivery, mark func(*delivery)) error {
	next, err := s.delivery(d)
	if err != nil {
		return err
	}
	mark(&next)
	accepted, err := s.post(next)
	if err != nil {
		return err
	}
	if accepted {
		s.account.Arrived(d)
		return nil
	}
	if s.account.Failed(d) {
		for _, again := range s.account.Outbox() {
			if err := s.send(again, func(next *delivery) { next.repeats = true }); err != nil {
				return err
			}
		}
	}
	return nil
}

// delivery makes of the sandbox's what is posted.
func (s *script) delivery(d sandbox.Delivery) (delivery, error) {
	s.told[d.Topic] = true
	out := delivery{ref: strings.TrimSpace("sandbox: " + d.Topic + " " + d.ID), topic: d.Topic, header: d.Header, body: d.Body}
	obj, id, err := reference(s.manifest, d.Topic, d.Body)
	if obj == nil || err != nil {
		return out, err
	}
	now, err := s.find(obj, id)
	if err != nil {
		return out, nil // the source offers it no more
	}
	out.current, err = object(now.Body)
	return out, err
}

// overtaken changes one object twice, and posts what tells of the second change first.
func (s *script) overtaken(obj *manifest.Object) error {
	key := s.pick(obj)
	if key == "" {
		return nil
	}
	var changes [2][]sandbox.Delivery
	for n := range changes {
		if err := s.update(obj, key, time.Time{}); err != nil {
			return err
		}
		changes[n] = s.account.Outbox()
	}
	for n, of := range [][]sandbox.Delivery{changes[1], changes[0]} {
		for _, d := range of {
			if err := s.send(d, func(next *delivery) { next.late = n == 1 }); err != nil {
				return err
			}
		}
	}
	return nil
}

// restored deletes an object and brings it back.
func (s *script) restored(obj *manifest.Object) error {
	key := s.pick(obj)
	if key == "" {
		return nil
	}
	before, err := s.find(obj, key)
	if err != nil {
		return err
	}
	body, err := object(before.Body)
	if err != nil {
		return err
	}
	was, _ := at(body, obj.DeletedWhen.Field)
	if err := s.tell(false, func() error { return s.remove(obj, key) }); err != nil {
		return err
	}
	return s.tell(false, func() error {
		_, err := s.account.Update(obj.Name, key, map[string]any{obj.DeletedWhen.Field: was})
		return err
	})
}
