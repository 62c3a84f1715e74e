package oracle

import (
	"fmt"
	"maps"
	"slices"
)

// Differences holds one row's values against what they must be, a line for each that differs; deleted says whether the
// row is a tombstone. Columns that the source said nothing about are not judged, nor are those that could not be read.
func (o *Object) Differences(values map[string]Value, deleted bool) []string {
	var lines []string
	if deleted != o.Deleted {
		lines = append(lines, fmt.Sprintf("deleted must be %v, is %v", o.Deleted, deleted))
	}
	if o.ValuesStale {
		return lines
	}
	for _, column := range slices.Sorted(maps.Keys(o.Row.Values)) {
		want := o.Row.Values[column]
		if have, read := values[column]; read && have != want {
			lines = append(lines, fmt.Sprintf("%s must be %s, is %s", column, want, have))
		}
	}
	return lines
}
