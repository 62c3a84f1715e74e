package sandbox

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// plenty says how many objects a few templates become.
type plenty struct {
	// Multiply is how many of an object there are in the end.
	Multiply map[string]int `yaml:"multiply"`
	// Fresh are paths of an object's body whose values are told apart by more than its key: numbers count on from the
	// highest, tokens are drawn anew, other text gets a number. The same text anywhere below the object goes along.
	Fresh map[string][]string `yaml:"fresh"`
}

// omit leaves out the objects for which skip holds.
func (p plenty) omit(skip func(object string) bool) {
	maps.DeleteFunc(p.Multiply, func(name string, _ int) bool { return skip(name) })
	maps.DeleteFunc(p.Fresh, func(name string, _ []string) bool { return skip(name) })
}

// span of time over which clones are spread, and how far apart ids may be.
const (
	cloneYear = 365 * 24 * time.Hour
	idGap     = 90_000
)

// multiplier makes clones of templates. A clone is a family: the object and all that hangs below it, with keys of their
// own, older than the template. All it draws is drawn from a fixed seed, so that the same templates become the same seed.
type multiplier struct {
	manifest *manifest.Manifest
	// templates are the objects as they were written, by name.
	templates map[string][]Object
	plenty    plenty
	random    *rand.Rand
	// lowest is the lowest id so far of an object, or of a child by its table; highest is that of the fresh numbers, by
	// object and path.
	lowest, highest map[string]int64
}

func newMultiplier(m *manifest.Manifest, templates map[string][]Object, p plenty) *multiplier {
	return &multiplier{
		manifest: m, templates: templates, plenty: p, random: rand.New(rand.NewPCG(2026, 7)),
		lowest: map[string]int64{}, highest: map[string]int64{},
	}
}

// multiply returns the templates with the clones that plenty wants, the oldest first. A survey comes before it.
func (x *multiplier) multiply() (map[string][]Object, Problems) {
	var problems Problems
	out := maps.Clone(x.templates)
	for i := range x.manifest.Objects {
		name := x.manifest.Objects[i].Name
		want, have := x.plenty.Multiply[name], x.templates[name]
		families := make([]*lineage, len(have))
		for n := range want - len(have) {
			if len(problems) > 0 {
				break
			}
			at := n % len(have)
			if families[at] == nil {
				families[at] = x.family(&x.manifest.Objects[i], have[at])
			}
			clones, err := x.clone(families[at], n, want-len(have))
			if err != nil {
				problems = append(problems, Problem{Object: name, Key: have[at].Key, Where: have[at].Ref, What: "it cannot be cloned: " + err.Error()})
			}
			older := map[string][]Object{}
			for _, one := range clones {
				older[one.kind.Name] = append(older[one.kind.Name], one.object)
			}
			for name, objects := range older {
				out[name] = append(objects, out[name]...)
			}
		}
	}
	if len(problems) > 0 {
		return nil, problems
	}
	return out, nil
}

// survey holds the plan against the templates and finds the bounds of their ids and fresh numbers.
func (x *multiplier) survey() Problems {
	var problems Problems
	for _, name := range slices.Sorted(maps.Keys(x.plenty.Multiply)) {
		want, have := x.plenty.Multiply[name], len(x.templates[name])
		switch o, known := x.manifest.Object(name); {
		case !known || o.NotApplicable != "":
			problems = append(problems, Problem{Object: name, What: "multiply names it, and the manifest has no such object"})
		case have == 0:
			problems = append(problems, Problem{Object: name, What: "multiply names it, and there is no template"})
		case want < have:
			problems = append(problems, Problem{Object: name, What: fmt.Sprintf("multiply wants %d of it, and there are %d templates", want, have)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(x.plenty.Fresh)) {
		for _, path := range x.plenty.Fresh[name] {
			for _, o := range x.templates[name] {
				for _, v := range texts(o.Body, path) {
					x.highest[name+" "+path] = max(x.highest[name+" "+path], numberIn(v))
				}
			}
			if !slices.ContainsFunc(x.templates[name], func(o Object) bool { return len(texts(o.Body, path)) > 0 }) {
				problems = append(problems, Problem{Object: name, What: fmt.Sprintf("fresh names %s, which no template has", path)})
			}
		}
	}
	for i := range x.manifest.Objects {
		o := &x.manifest.Objects[i]
		for _, t := range x.templates[o.Name] {
			for id := range ownIDs(o, t.Body) {
				if n, err := strconv.ParseInt(id.value, 10, 64); err == nil {
					if low, ok := x.lowest[id.kind]; !ok || n < low {
						x.lowest[id.kind] = n
					}
				}
			}
		}
	}
	return problems
}

// clone returns the n-th of so many clones of a family.
func (x *multiplier) clone(f *lineage, n, of int) ([]member, error) {
	r := renaming{ids: map[string]string{}, texts: map[string]string{}}
	for _, id := range f.ids {
		if err := x.rename(&r, id); err != nil {
			return nil, err
		}
	}
	for _, fresh := range f.texts {
		if r.texts[fresh.value] == "" {
			r.texts[fresh.value] = x.freshen(fresh, n+1)
		}
	}
	step := cloneYear / time.Duration(of)
	r.back = time.Duration(n+1)*step + time.Duration(x.random.Int64N(int64(step)))
	r.back = r.back.Truncate(time.Second)
	out := make([]member, len(f.members))
	for i, one := range f.members {
		body := r.rewrite(one.kind, one.object.Body, x.next(one))
		key, _ := keyOf(body, one.kind.Key)
		if key == one.object.Key {
			return nil, fmt.Errorf("%s %s hangs below it, and its key names nothing of which there is a clone", one.kind.Name, key)
		}
		out[i] = member{one.kind, Object{Key: key, Body: body, Context: r.context(one.object.Context)}}
	}
	return out, nil
}

// rename gives an id of a clone: a number lower than all there are, as the clone is older, or another token.
func (x *multiplier) rename(r *renaming, id ownID) error {
	if _, err := strconv.ParseInt(id.value, 10, 64); err != nil {
		if len(id.value) < shortestToken {
			return fmt.Errorf("its key %q is text of less than %d characters: another could not be told from it", id.value, shortestToken)
		}
		r.texts[id.value] = x.token(len(id.value))
		return nil
	}
	next := x.lowest[id.kind] - 1 - x.random.Int64N(idGap)
	if text := strconv.FormatInt(next, 10); next > 0 && len(text) >= shortestID {
		x.lowest[id.kind], r.ids[id.value] = next, text
		return nil
	}
	return fmt.Errorf("its id %s leaves no room: ids of templates need %d digits and enough room below them", id.value, shortestID+1)
}

// freshen returns what the n-th clone has in the place of a text.
func (x *multiplier) freshen(text freshText, n int) string {
	switch old := text.value; {
	case isToken(old):
		return x.token(len(old))
	case numberIn(old) >= 0:
		x.highest[text.at]++
		return withNumber(old, x.highest[text.at])
	default:
		return withSuffix(old, strconv.Itoa(n))
	}
}

// next returns the new values of the fresh paths that hold JSON numbers.
func (x *multiplier) next(one member) map[string][]byte {
	out := map[string][]byte{}
	for _, path := range x.plenty.Fresh[one.kind.Name] {
		if v, ok := raw(one.object.Body, path); ok && v[0] != '"' {
			if _, err := strconv.ParseInt(string(v), 10, 64); err == nil {
				at := one.kind.Name + " " + path
				x.highest[at]++
				out[path] = strconv.AppendInt(nil, x.highest[at], 10)
			}
		}
	}
	return out
}

// token draws as many hexadecimal digits.
func (x *multiplier) token(length int) string {
	const digits = "0123456789abcdef"
	b := make([]byte, length)
	for i := range b {
		b[i] = digits[x.random.IntN(len(digits))]
	}
	return string(b)
}

// member is one object of a family.
type member struct {
	kind   *manifest.Object
	object Object
}

// lineage is a template and all that hangs below it.
type lineage struct {
	members []member
	// ids are those of all members, the greatest first: given new ones downwards in this order, they keep their order.
	ids []ownID
	// texts are those that a clone has of its own.
	texts []freshText
}

// freshText is a text that a clone has of its own; at is its object and path.
type freshText struct{ at, value string }

// family gathers what hangs below a template: by an enforced parent, by a fan-out, or by being asked for with the value of
// one of its fields.
func (x *multiplier) family(k *manifest.Object, o Object) *lineage {
	f := &lineage{members: []member{{k, o}}}
	for i := 0; i < len(f.members); i++ {
		for j := range x.manifest.Objects {
			below := &x.manifest.Objects[j]
			for _, candidate := range x.templates[below.Name] {
				if hangsBelow(below, candidate, f.members[i]) &&
					!slices.ContainsFunc(f.members, func(m member) bool { return m.kind == below && m.object.Key == candidate.Key }) {
					f.members = append(f.members, member{below, candidate})
				}
			}
		}
	}
	for _, one := range f.members {
		for id := range ownIDs(one.kind, one.object.Body) {
			if !slices.Contains(f.ids, id) {
				f.ids = append(f.ids, id)
			}
		}
		for _, path := range x.plenty.Fresh[one.kind.Name] {
			for _, v := range rawTexts(one.object.Body, path) {
				f.texts = append(f.texts, freshText{one.kind.Name + " " + path, v})
			}
		}
	}
	slices.SortStableFunc(f.ids, func(a, b ownID) int { return compareIDs(b.value, a.value) })
	return f
}

// hangsBelow tells whether an object of a kind goes with another.
func hangsBelow(k *manifest.Object, o Object, parent member) bool {
	r := &record{body: o.Body, context: o.Context}
	hangs := func(as, value string) bool { return value != "" && hangsOn(&kind{Object: k}, r, as) == value }
	if k.Parent != nil && k.Parent.Object == parent.kind.Name && hangs(k.Parent.Column, parent.object.Key) {
		return true
	}
	for _, l := range slices.Concat(k.Lists, k.Alternatives) {
		if l.Each != nil && l.Each.Object == parent.kind.Name {
			if v, _ := text(parent.object.Body, l.Each.Field); hangs(l.Each.As, v) {
				return true
			}
		}
		if l.Batch != nil && l.Batch.Object == parent.kind.Name {
			if v := r.text(batchField(&kind{Object: k}, l.Batch.Param)); v != "" && slices.Contains(texts(parent.object.Body, l.Batch.Field), v) {
				return true
			}
		}
	}
	return false
}
