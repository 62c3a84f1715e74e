package oracle

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Drift is one object on which the source's present state differs from everything it has offered until then: no list
// that was read and no delivery shows the change. No target can have copied it, so it is reported and not failed.
type Drift struct {
	Object, Key string
	// Kind is changed, gone (deleted without a word) or revived (live again without a word).
	Kind string
	// Columns are the columns that changed, as table.column.
	Columns []string
	// Contradicts says that the last body about the object has what the source has now: then the expected state is
	// wrong, and there is nothing to explain.
	Contradicts bool
}

func (d Drift) String() string {
	s := fmt.Sprintf("%s %s %s", d.Object, d.Key, d.Kind)
	if len(d.Columns) > 0 {
		s += " (" + strings.Join(d.Columns, ", ") + ")"
	}
	return s
}

// DriftFrom compares the state that deliveries and lists lead to with a later full reading of the source; latest is
// each object's last body alone. Objects of which the later reading has none are left out.
func (s *State) DriftFrom(later, latest *State) []Drift {
	var out []Drift
	for name, now := range later.Objects {
		if len(now) == 0 {
			continue
		}
		for key, o := range s.Objects[name] {
			if _, ok := now[key]; !ok && !o.Deleted {
				out = append(out, Drift{Object: name, Key: key, Kind: "gone"})
			}
		}
		for key, l := range now {
			o := s.Objects[name][key]
			switch {
			case o == nil || o.Deleted && !l.Deleted:
				last := latest.Objects[name][key]
				out = append(out, Drift{Object: name, Key: key, Kind: "revived", Contradicts: last != nil && !last.Deleted})
			case o.ValuesStale: // both are deleted; a delete without a body cannot tell the values
			default:
				l = l.Keeping(o, s.Manifest)
				if columns := changed(o, l); len(columns) > 0 {
					out = append(out, Drift{Object: name, Key: key, Kind: "changed", Columns: columns,
						Contradicts: contradicted(columns, latest.Objects[name][key], l)})
				}
			}
		}
	}
	slices.SortFunc(out, func(a, b Drift) int {
		if c := strings.Compare(a.Object, b.Object); c != 0 {
			return c
		}
		return CompareKeys(a.Key, b.Key)
	})
	return out
}

// contradicted tells whether the last body has, in one of the columns, what the later reading has.
func contradicted(columns []string, last, later *Object) bool {
	if last == nil {
		return false
	}
	differ := changed(last, later)
	return slices.ContainsFunc(columns, func(c string) bool { return !slices.Contains(differ, c) })
}

// CompareKeys orders keys as numbers where they are numbers of any length.
func CompareKeys(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// changed lists the columns in which two states of one object differ.
func changed(o, l *Object) []string {
	seen := map[string]bool{}
	compare := func(a, b *Row) {
		for col, v := range b.Values {
			if have, ok := a.Values[col]; !ok || have != v {
				seen[a.Table+"."+col] = true
			}
		}
	}
	compare(o.Row, l.Row)
	for table, rows := range l.Children {
		have := map[string]*Row{}
		for _, r := range o.Children[table] {
			have[r.Parent+"/"+r.Key] = r
		}
		if len(have) != len(rows) {
			seen[table] = true
		}
		for _, r := range rows {
			if h := have[r.Parent+"/"+r.Key]; h != nil {
				compare(h, r)
			} else {
				seen[table] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
