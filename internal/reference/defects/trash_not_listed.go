package defects

import (
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

func trashNotListed() Defect {
	return Defect{
		Name:     "trash-not-listed",
		Breaks:   "the list that says \"any\" was taken at its word, and the deleted objects, which have a list of their own, never came",
		Needs:    "deleted objects that have a list of their own",
		KilledBy: "accuracy/counts", Cause: "deleted-list-skipped",
		applies: func(m *manifest.Manifest) bool { return slices.ContainsFunc(m.Objects, listsDeleted) },
		mutate: func(m *manifest.Manifest, fired func()) {
			for i := range m.Objects {
				if o := &m.Objects[i]; listsDeleted(*o) {
					o.Lists = o.Lists[:1]
					fired()
				}
			}
		},
	}
}

// listsDeleted tells whether an object's deleted ones are listed apart.
func listsDeleted(o manifest.Object) bool { return o.DeletedWhen != nil && len(o.Lists) > 1 }
