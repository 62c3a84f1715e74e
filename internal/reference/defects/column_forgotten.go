package defects

import (
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

func columnForgotten() Defect {
	return Defect{
		Name:     "column-forgotten",
		Breaks:   "one amount of the payload was overlooked when the model was written, so no migration ever made its column",
		KilledBy: "configuration/tables-exist", Cause: "column-missing",
		mutate: func(m *manifest.Manifest, fired func()) {
			for i := range m.Objects {
				o := &m.Objects[i]
				at := slices.IndexFunc(o.Fields, func(f manifest.Field) bool { return f.Type == manifest.Decimal })
				if at >= 0 {
					o.Fields = slices.Delete(o.Fields, at, at+1)
					fired()
					return
				}
			}
		},
	}
}
