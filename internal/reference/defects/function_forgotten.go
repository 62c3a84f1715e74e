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
			// An object that others hang on would be missed at once; so it is one that nothing needs.
			needed := map[string]bool{}
			for _, o := range m.Objects {
				if o.Parent != nil {
					needed[o.Parent.Object] = true
				}
				for _, l := range o.Lists {
					if l.Each != nil {
						needed[l.Each.Object] = true
					}
				}
			}
			for i, o := range slices.Backward(m.Objects) {
				if !needed[o.Name] && o.NotApplicable == "" {
					m.Objects = slices.Delete(m.Objects, i, i+1)
					fired()
					return
				}
			}
		},
	}
}
