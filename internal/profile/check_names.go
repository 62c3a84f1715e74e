package profile

import (
	"fmt"
	"maps"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

// kepts are the forms in which values are kept, and the types of values that have them.
var kepts = map[Kept]manifest.FieldType{
	MinorUnits: manifest.Decimal, Unix: manifest.Timestamp, UnixMillis: manifest.Timestamp, NaiveUTC: manifest.Timestamp,
}

// checkNames reports what is wrong with names whatever the source is.
func (t *Target) checkNames(at manifest.Report) {
	n := t.Names
	if n.Deletes == "hard" && n.DeletedAt != "" {
		at("names.deleted_at", "with deletes: hard there are no tombstones", "remove it, or write deletes: soft")
	}
	for _, table := range slices.Sorted(maps.Keys(n.Tables)) {
		path, spec := manifest.Key("names.tables", table), n.Tables[table]
		if slices.Contains(Verbs(), Notion(table)) {
			at(path, table+" is a verb, and names.tables has tables", "move it to verbs")
			continue
		}
		for _, column := range slices.Sorted(maps.Keys(spec.Kept)) {
			if _, ok := kepts[Kept(spec.Kept[column])]; !ok {
				var forms []string
				for _, k := range slices.Sorted(maps.Keys(kepts)) {
					forms = append(forms, string(k))
				}
				at(manifest.Key(path+".kept", column), fmt.Sprintf("%q is no form that a value is kept in", spec.Kept[column]), manifest.Suggest(spec.Kept[column], forms))
			}
		}
		for _, column := range slices.Sorted(maps.Keys(spec.Lacks)) {
			_, renamed := spec.Columns[column]
			_, kept := spec.Kept[column]
			if renamed || kept {
				at(manifest.Key(path+".lacks", column), fmt.Sprintf("%s is named too, and so it is there", column), "remove one of the two")
			}
			if spec.Lacks[column] == "" {
				at(manifest.Key(path+".lacks", column), "the reason is missing", "say why the target does not have it")
			}
		}
		for _, column := range slices.Sorted(maps.Keys(spec.Columns)) {
			if spec.Columns[column] == "" {
				at(manifest.Key(path+".columns", column), "the name is missing", "put it in lacks if the target does not have it")
			}
		}
	}
}
