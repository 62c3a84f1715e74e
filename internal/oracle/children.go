package oracle

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// children merges the arrays inside a body into the rows of their tables. An array is whole: what it lacks is gone, but
// where the provider may have cut it.
func (o *Object) children(children []manifest.Child, body map[string]any, parent, ref string) error {
	for i := range children {
		c := &children[i]
		v, present := lookup(body, nil, c.At)
		if !present {
			continue
		}
		list, _ := v.([]any)
		all := o.Children[c.Table]
		others, old := partition(all, parent)
		o.Children[c.Table] = others
		listed := map[string]bool{}
		for n, e := range list {
			row, err := o.child(c, e, n, parent, ref, old)
			if err != nil {
				return fmt.Errorf("%s[%d]: %w", c.At, n, err)
			}
			listed[row.Key] = true
		}
		for _, r := range all {
			switch {
			case r.Parent != parent || listed[r.Key]:
			case open(c, len(list)):
				o.Children[c.Table] = append(o.Children[c.Table], r)
			default:
				o.prune(c.Children, r.Key)
			}
		}
	}
	return nil
}

// open tells whether there may be more elements than an array of that length shows.
func open(c *manifest.Child, length int) bool { return c.Most > 0 && length >= c.Most }

// partition parts a table's rows into those below other parents and, by key, those below this one.
func partition(rows []*Row, parent string) (others []*Row, own map[string]*Row) {
	own = map[string]*Row{}
	for _, r := range rows {
		if r.Parent == parent {
			own[r.Key] = r
		} else {
			others = append(others, r)
		}
	}
	return others, own
}

// child adds the row of one element, and those below it.
func (o *Object) child(c *manifest.Child, element any, n int, parent, ref string, old map[string]*Row) (*Row, error) {
	body, ok := element.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("it is no object")
	}
	place := map[string]string{strings.TrimPrefix(manifest.Index, "@"): strconv.Itoa(n)}
	key, ok := keyOf(body, place, c.Key)
	if !ok {
		return nil, fmt.Errorf("it lacks its key %v", c.Key)
	}
	row := old[key]
	if row == nil || slices.Contains(c.Key, manifest.Index) {
		// What has no id of its own is another thing at the same place: nothing of the former stays.
		row = &Row{Table: c.Table, Key: key, Parent: parent, Values: map[string]Value{}}
	}
	row.Ref = ref
	if err := fill(row, c.Fields, body, nil); err != nil {
		return nil, err
	}
	o.Children[c.Table] = append(o.Children[c.Table], row)
	return row, o.children(c.Children, body, key, ref)
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

// Keeping returns the object with the rows that an earlier state of it has besides, in arrays that the provider may have
// cut: nothing says that they are gone.
func (o *Object) Keeping(earlier *Object, m *manifest.Manifest) *Object {
	obj, ok := m.Object(o.Name)
	if !ok || earlier == nil || !slices.ContainsFunc(obj.Children, func(c manifest.Child) bool { return c.Most > 0 }) {
		return o
	}
	kept := *o
	kept.Children = maps.Clone(o.Children)
	kept.keep(earlier, obj.Children, o.Key)
	return &kept
}

// keep takes over the rows below one parent that a cut array no longer shows, and what is below them.
func (o *Object) keep(earlier *Object, children []manifest.Child, parent string) {
	for i := range children {
		c := &children[i]
		_, shown := partition(o.Children[c.Table], parent)
		_, before := partition(earlier.Children[c.Table], parent)
		for _, key := range slices.Sorted(maps.Keys(before)) {
			if shown[key] == nil && open(c, len(shown)) {
				o.Children[c.Table] = append(slices.Clip(o.Children[c.Table]), before[key])
				o.keepAll(earlier, c.Children, key)
			}
		}
	}
}

// keepAll takes over all rows below a row that was kept.
func (o *Object) keepAll(earlier *Object, children []manifest.Child, parent string) {
	for i := range children {
		c := &children[i]
		for _, r := range earlier.Children[c.Table] {
			if r.Parent == parent {
				o.Children[c.Table] = append(slices.Clip(o.Children[c.Table]), r)
				o.keepAll(earlier, c.Children, r.Key)
			}
		}
	}
}
