package scenario

import (
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/recording"
)

// candidate is a recorded delivery of a whole object.
type candidate struct {
	recording.Delivery
	object *manifest.Object
	key    string
}

// candidates returns deliveries of distinct objects without an enforced parent, of the object that has most.
func (b *builder) candidates() ([]candidate, error) {
	const need = 14
	recorded, err := b.env.Recording.Deliveries()
	if err != nil {
		return nil, err
	}
	empty := &oracle.State{Manifest: b.env.Manifest, Objects: map[string]map[string]*oracle.Object{}}
	found := map[string][]candidate{}
	best := ""
	for _, d := range recorded {
		if d.Topic == "" {
			continue
		}
		body, err := object(d.Body)
		if err != nil {
			return nil, fmt.Errorf("reading the recorded delivery %s: %w", d.File, err)
		}
		effect, err := empty.Apply(oracle.Event{Topic: d.Topic, Body: body, Ref: d.File})
		if err != nil {
			return nil, err
		}
		obj, ok := b.env.Manifest.Object(effect.Object)
		if !ok || !effect.Applied || obj.Parent != nil ||
			slices.ContainsFunc(found[obj.Name], func(c candidate) bool { return c.key == effect.Key }) {
			continue
		}
		found[obj.Name] = append(found[obj.Name], candidate{d, obj, effect.Key})
		if len(found[obj.Name]) > len(found[best]) {
			best = obj.Name
		}
	}
	if len(found[best]) < need {
		return nil, fmt.Errorf("the recording has deliveries of %d distinct objects of one kind, %d are needed to probe the webhook endpoint", len(found[best]), need)
	}
	return found[best], nil
}
