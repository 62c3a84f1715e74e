package defects

import (
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

func functionForgotten() Defect {
	return Defect{
		Name:     "function-forgotten",
		Breaks:   "the last object on the list was left for later, and later never came",
		KilledBy: "sync/function-inventory", Cause: "function-not-listed",
		mutate: func(m *manifest.Manifest, fired func()) {
			// Objects that others hang on would be missed at once; so they are some that no other function needs.
			needed := map[string]bool{}
			for _, o := range m.Objects {
				for _, other := range hangsOn(o) {
					if at, ok := m.Object(other); ok && at.Sync != o.Sync {
						needed[at.Sync] = true
					}
				}
			}
			for _, function := range slices.Backward(m.Functions()) {
				if !needed[function] {
					m.Objects = without(m.Objects, fired, func(o manifest.Object) bool { return o.Sync == function })
					return
				}
			}
		},
	}
}

// hangsOn names the objects without which one cannot be fetched or stored.
func hangsOn(o manifest.Object) []string {
	var names []string
	if o.Parent != nil {
		names = append(names, o.Parent.Object)
	}
	for _, l := range o.Lists {
		if l.Each != nil {
			names = append(names, l.Each.Object)
		}
		if l.Batch != nil {
			names = append(names, l.Batch.Object)
		}
	}
	return names
}
