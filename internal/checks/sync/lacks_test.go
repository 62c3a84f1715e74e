package sync_test

import (
	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

// lacks are the cases of targets without a raw layer, which are judged by their rows, or that say nothing of themselves.
func lacks() []checktest.Case {
	raw := func(then func(*checktest.World)) func(*checktest.World) {
		return func(w *checktest.World) {
			w.Lack(profile.Raw, "it refines at once")
			if then != nil {
				then(w)
			}
		}
	}
	const inventory, pages, counted = "sync/function-inventory", "sync/pagination-complete", "sync/reported-counts"
	return []checktest.Case{
		{Check: inventory, Subject: parts, Name: "nobody says what functions there are", Status: result.Pass, Break: func(w *checktest.World) {
			w.Lack(profile.Describe, "it has no such page")
			w.Described.Functions = nil
			delete(w.Step(scenario.FirstSync).Stats, parts)
		}},
		{Check: inventory, Subject: parts, Name: "no raw layer", Status: result.Pass, Says: "brought 5 rows", Break: raw(nil)},
		{Check: inventory, Subject: parts, Name: "no raw layer, and no row", Cause: "nothing-stored", Says: "there is no row of parts",
			Break: raw(func(w *checktest.World) { delete(w.Step(scenario.FirstSync).RawRows, "parts") })},
		{Check: pages, Subject: "shop", Name: "no raw layer", Status: result.Pass, Break: raw(nil)},
		{Check: pages, Subject: "shop", Name: "no raw layer, and a row is missing", Cause: "page-lost", Says: "orders: 1 of 4 objects have no row, e.g. 3",
			Break: raw(func(w *checktest.World) { w.SQL("DELETE FROM shop_order WHERE shop_object_id = 3") })},
		{Check: pages, Subject: "shop", Name: "no raw layer, and the deleted ones go", Status: result.Pass, Break: raw(func(w *checktest.World) {
			w.Name(func(n *profile.Names) { n.HardDeletes, n.Deleted = true, "" })
			w.SQL("DELETE FROM shop_order WHERE shop_object_id = 4")
		})},
		{Check: pages, Subject: "shop", Name: "what is left out is not asked for", Status: result.Pass, Break: func(w *checktest.World) {
			w.Manifest.Objects[2].Excluded = "no parts yet"
			w.SQL("DELETE FROM shop_raw_ingest WHERE object_type = 'parts'")
		}},
		{Check: counted, Subject: parts, Name: "no raw layer, and counts that are not of the rows", Cause: "count-untrue", Says: "5 rows are there",
			Break: raw(func(w *checktest.World) {
				w.Step(scenario.FirstSync).Stats[parts] = target.Stats{Fetched: 5, Ingested: 3}
			})},
	}
}
