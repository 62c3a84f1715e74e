package defects

import "github.com/syncspec/syncspec/internal/manifest"

func trashNotListed() Defect {
	return Defect{
		Name:     "trash-not-listed",
		Breaks:   "the list that says \"any\" was taken at its word, and the deleted objects, which have a list of their own, never came",
		KilledBy: "accuracy/counts", Cause: "deleted-list-skipped",
		mutate: func(m *manifest.Manifest, fired func()) {
			for i := range m.Objects {
				if o := &m.Objects[i]; len(o.Lists) > 1 {
					o.Lists = o.Lists[:1]
					fired()
				}
			}
		},
	}
}
