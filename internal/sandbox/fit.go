package sandbox

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Problem is one thing in a seed that does not fit the manifest.
type Problem struct {
	// Object and Key are what it is about; Key may be empty.
	Object, Key string
	// Where is the object's place in the seed: orders[3], or where it came from.
	Where string
	What  string
}

func (p Problem) String() string {
	place := p.Where
	if place == "" {
		place = p.Object
	}
	if p.Key != "" {
		place += " (key " + p.Key + ")"
	}
	return place + ": " + p.What
}

// Problems are all that is wrong with a seed.
type Problems []Problem

// Error lists the problems, a line each.
func (ps Problems) Error() string {
	lines := make([]string, 0, len(ps)+1)
	lines = append(lines, fmt.Sprintf("the seed does not fit the manifest (%d):", len(ps)))
	for _, p := range ps {
		lines = append(lines, "  "+p.String())
	}
	return strings.Join(lines, "\n")
}

// fit makes the store that every account begins with, or says what does not fit.
func fit(m *manifest.Manifest, kinds map[string]*kind, seed *Seed) (store, Problems) {
	var problems Problems
	s := make(store, len(kinds))
	for name := range kinds {
		s[name] = newCollection()
	}
	where := map[*record]string{}
	for _, name := range sortedKeys(seed.Objects) {
		k := kinds[name]
		if k == nil || name == hooksName {
			what := "the manifest has no such object"
			if o, ok := m.Object(name); ok {
				what = "the manifest says that it is not applicable: " + o.NotApplicable
			}
			problems = append(problems, Problem{Object: name, What: what})
			continue
		}
		for i, o := range seed.Objects[name] {
			place := fmt.Sprintf("%s[%d]", name, i)
			if o.Ref != "" {
				place = o.Ref
			}
			r, what := k.fit(o, s[name])
			if what != "" {
				problems = append(problems, Problem{Object: name, Where: place, What: what})
				continue
			}
			where[r] = place
			s[name].put(r)
		}
	}
	for _, name := range sortedKeys(kinds) {
		for _, r := range s[name].records {
			if lacks := hangs(kinds, s, kinds[name], r); lacks != "" {
				problems = append(problems, Problem{Object: name, Key: r.key, Where: where[r], What: lacks})
			}
		}
	}
	return s, problems
}

// fit makes a record of a seed's object, or says what is wrong with it.
func (k *kind) fit(o Object, c *collection) (*record, string) {
	if !json.Valid(o.Body) || o.Body[skipSpace(o.Body, 0)] != '{' {
		return nil, "its body is no JSON object"
	}
	key, ok := keyOf(o.Body, k.Key)
	switch {
	case !ok:
		return nil, fmt.Sprintf("it lacks its key %s", strings.Join(k.Key, ", "))
	case o.Key != "" && o.Key != key:
		return nil, fmt.Sprintf("its key is said to be %s, and is %s in its body", o.Key, key)
	case c.byKey[key] != nil:
		return nil, fmt.Sprintf("there is another with the key %s", key)
	}
	r, err := k.record(o.Body, o.Context, c.next())
	if err != nil {
		return nil, err.Error()
	}
	return r, ""
}

// hangs says what an object lacks of what it hangs on; empty for nothing.
func hangs(kinds map[string]*kind, all store, k *kind, r *record) string {
	loose, each := true, manifest.Each{}
	for _, l := range k.Lists {
		if l.Each == nil {
			loose = false
		} else {
			each = *l.Each
		}
	}
	if loose && each.As != "" {
		value := hangsOn(k, r, each.As)
		if value == "" {
			return fmt.Sprintf("it hangs on one of %s: give %s in its context", each.Object, each.As)
		}
		if !exists(kinds, all, each, value) {
			return fmt.Sprintf("it hangs on one of %s that is not there: %s %s", each.Object, each.As, value)
		}
	}
	if k.Parent == nil {
		return ""
	}
	if value := hangsOn(k, r, k.Parent.Column); value != "" && all[k.Parent.Object] != nil && all[k.Parent.Object].byKey[value] == nil {
		return fmt.Sprintf("its parent is not there: %s %s", k.Parent.Object, value)
	}
	return ""
}
