package defects

import (
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

func compositeKeyByFirstPart() Defect {
	return Defect{
		Name:     "composite-key-by-first-part",
		Breaks:   "an object that two values identify is stored by the first of them, so of several that share it one is left",
		Needs:    "an object with a key of several parts",
		KilledBy: "accuracy/counts", Cause: "rows-missing",
		applies: func(m *manifest.Manifest) bool { return slices.ContainsFunc(m.Objects, composite) },
		mutate: func(m *manifest.Manifest, fired func()) {
			for i := range m.Objects {
				if o := &m.Objects[i]; composite(*o) {
					o.Key = o.Key[:1]
					fired()
				}
			}
		},
	}
}

func composite(o manifest.Object) bool { return len(o.Key) > 1 }
