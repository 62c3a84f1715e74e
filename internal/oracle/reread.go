package oracle

import (
	"maps"
	"time"
)

// Reread is the state once a later reading of the whole source was copied over this one: what that lists is as it lists it,
// and what it lists no more is deleted. Neither state is changed.
func (s *State) Reread(later *State, at time.Time) *State {
	next := &State{Manifest: s.Manifest, Objects: map[string]map[string]*Object{}}
	for name, now := range later.Objects {
		next.Objects[name] = make(map[string]*Object, len(now))
		for key, o := range now {
			next.Objects[name][key] = o.Keeping(s.Objects[name][key], s.Manifest)
		}
	}
	for name, before := range s.Objects {
		if next.Objects[name] == nil {
			next.Objects[name] = map[string]*Object{}
		}
		for key, o := range before {
			if next.Objects[name][key] != nil {
				continue
			}
			gone := *o
			gone.Children = maps.Clone(o.Children)
			gone.tombstone(at)
			next.Objects[name][key] = &gone
		}
	}
	return next
}
