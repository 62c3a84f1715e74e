package sync_test

import (
	"net/http"
	"slices"
	"testing"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

func TestCauses(t *testing.T) {
	checktest.Phase{
		Name: "sync", Database: true,
		Cases: slices.Concat(inventory(), pagination(), counts(), rateLimits(), backoffs(), survivals(), boundaries(), keeps(), lacks()),
		NeverUnproven: map[string]string{
			"sync/reported-counts": "a function without counts fails",
		},
	}.Test(t)
}

const (
	orders  = "fetch_and_ingest_orders"
	parts   = "fetch_and_ingest_parts"
	reports = "fetch_and_ingest_reports"
)

func inventory() []checktest.Case {
	const id = "sync/function-inventory"
	forget := func(w *checktest.World) {
		w.Described.Functions = []string{orders}
		delete(w.Step(scenario.FirstSync).Stats, parts)
	}
	return []checktest.Case{
		{Check: id, Subject: parts, Name: "no such function", Cause: "function-not-listed", Says: orders, Break: forget},
		{Check: id, Subject: parts, Name: "described and not run", Status: result.Pass,
			Break: func(w *checktest.World) { delete(w.Step(scenario.FirstSync).Stats, parts) }},
		{Check: id, Subject: parts, Name: "no request", Cause: "never-requested", Says: "8 requests to other paths",
			Break: func(w *checktest.World) { w.Unask("parts#1") }},
		{Check: id, Subject: parts, Name: "a search is no walk over the list", Cause: "never-requested", Says: "no list of parts",
			Break: func(w *checktest.World) { w.Exchange(scenario.FirstSync, "parts#1").Query = "search=nut" }},
		{Check: id, Subject: parts, Name: "no raw row", Cause: "nothing-stored", Says: "GET /v1/parts",
			Break: func(w *checktest.World) { delete(w.Step(scenario.FirstSync).RawRows, "parts") }},
		{Check: id, Subject: parts, Name: "nothing is offered", Status: result.Pass, Break: func(w *checktest.World) {
			delete(w.Step(scenario.FirstSync).RawRows, "parts")
			clear(w.Offer.Populations["parts"].Items)
		}},
		{Check: id, Subject: parts, Name: "one of its objects is not asked for", Cause: "never-requested", Says: "no list of stock was asked for",
			Break: func(w *checktest.World) { w.Unask("stock#1") }},
		{Check: id, Subject: parts, Name: "one of its objects is not stored", Cause: "nothing-stored", Says: "no raw row of stock",
			Break: func(w *checktest.World) { delete(w.Step(scenario.FirstSync).RawRows, "stock") }},
		{Check: id, Subject: "fetch_and_ingest_notes", Name: "there is nothing to ask about", Status: result.Unproven, Cause: "too-little-data",
			Says: "had nothing to ask for", Break: func(w *checktest.World) {
				w.Unask("notes#1", "notes#2", "notes#3", "notes#4")
				delete(w.Step(scenario.FirstSync).RawRows, "notes")
				clear(w.Offer.Populations["orders"].Items)
				clear(w.Offer.Populations["notes"].Items)
			}},
		{Check: id, Subject: reports, Name: "nobody offers its objects", Status: result.NotApplicable, Cause: "not-offered",
			Says: "2026-01-01: nobody offers them", Break: func(*checktest.World) {}},
	}
}

func pagination() []checktest.Case {
	const (
		id      = "sync/pagination-complete"
		subject = "shop"
	)
	lose := func(w *checktest.World, key string) {
		w.SQL("DELETE FROM shop_raw_ingest WHERE object_type = 'orders' AND shop_object_id = $1", key)
	}
	again := func(w *checktest.World, times int) {
		step := w.Step(scenario.FirstSync)
		for range times {
			step.Traffic = append(step.Traffic, *w.Exchange(scenario.FirstSync, "orders#1"))
		}
	}
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "a page is not asked for", Cause: "page-not-requested", Says: "/orders?status=any: page 2 of 2",
			Break: func(w *checktest.World) { w.Unask("orders#2"); lose(w, "3") }},
		{Check: id, Subject: subject, Name: "a page is not needed where its objects came another way", Status: result.Pass,
			Break: func(w *checktest.World) { w.Unask("orders#2") }},
		{Check: id, Subject: subject, Name: "a list is not asked for", Cause: "list-not-requested", Says: "/orders?status=trash was never asked for",
			Break: func(w *checktest.World) { w.Unask("trash#1"); lose(w, "4") }},
		{Check: id, Subject: subject, Name: "an object of a page is not stored", Cause: "page-lost", Says: "orders: 1 of 4 objects have no raw row, e.g. 3",
			Break: func(w *checktest.World) { lose(w, "3") }},
		{Check: id, Subject: subject, Name: "an object is stored for another integration", Cause: "page-lost", Says: "e.g. 3", Break: func(w *checktest.World) {
			w.SQL("UPDATE shop_raw_ingest SET integration_id = 'i2' WHERE object_type = 'orders' AND shop_object_id = '3'")
		}},
		{Check: id, Subject: subject, Name: "a walk in circles", Cause: "page-twice", Says: "/orders?status=any page 1 was asked for 4 times",
			Break: func(w *checktest.World) { again(w, 3) }},
		{Check: id, Subject: subject, Name: "a page asked for again", Status: result.Pass, Break: func(w *checktest.World) { again(w, 1) }},
		{Check: id, Subject: subject, Name: "every list has one page", Status: result.Unproven, Cause: "too-little-data",
			Break: func(w *checktest.World) { w.Manifest.API.Pagination.Size.Default = 100 }},
		{Check: id, Subject: subject, Name: "a list is not asked about all it must be asked about", Cause: "list-not-requested",
			Says: "/stock was never asked about 1 of 2 parts", Break: func(w *checktest.World) {
				w.Exchange(scenario.FirstSync, "stock#1").Query = "part_ids=5"
				w.SQL("DELETE FROM shop_raw_ingest WHERE object_type = 'stock' AND shop_object_id = '6/north'")
			}},
		{Check: id, Subject: subject, Name: "an object that a list was asked about is not stored", Cause: "page-lost",
			Says: "stock: 1 of 3 objects have no raw row, e.g. 5/south", Break: func(w *checktest.World) {
				w.SQL("DELETE FROM shop_raw_ingest WHERE object_type = 'stock' AND shop_object_id = '5/south'")
			}},
		{Check: id, Subject: subject, Name: "links are followed to the end", Status: result.Pass, Says: "2 pages", Break: func(w *checktest.World) { linked(w) }},
		{Check: id, Subject: subject, Name: "a link is not followed", Cause: "page-not-requested", Says: "/orders?status=any: page 2 of 2 was never asked for",
			Break: func(w *checktest.World) { linked(w); w.Unask("orders#2"); lose(w, "3") }},
		{Check: id, Subject: subject, Name: "a link is not needed where the objects came another way", Status: result.Pass,
			Break: func(w *checktest.World) { linked(w); w.Unask("orders#2") }},
		{Check: id, Subject: subject, Name: "a filter stands beside the cursor", Cause: "filter-beside-cursor", Says: "status=any -> 400", Break: func(w *checktest.World) {
			linked(w)
			lose(w, "3")
			x := w.Exchange(scenario.FirstSync, "orders#2")
			x.Query, x.Status = x.Query+"&status=any", 400
		}},
		{Check: id, Subject: subject, Name: "a link is followed in circles", Cause: "page-twice", Says: "/orders?status=any page 2 was asked for 4 times",
			Break: func(w *checktest.World) {
				linked(w)
				step := w.Step(scenario.FirstSync)
				for range 3 {
					step.Traffic = append(step.Traffic, *w.Exchange(scenario.FirstSync, "orders#2"))
				}
			}},
	}
}

// linked makes the shop one whose pages lead to each other by a Link header.
func linked(w *checktest.World) {
	w.Manifest.API.Pagination.Next = manifest.Next{From: "header_link", As: "url", Param: "after", With: []string{"per_page"}}
	for _, step := range []string{scenario.FirstSync, scenario.SecondSync} {
		first, second := w.Exchange(step, "orders#1"), w.Exchange(step, "orders#2")
		first.Query, second.Query = "status=any", "after=abc"
		first.ResponseHeader = http.Header{"Link": {`<http://shop/v1/orders?after=>; rel="previous", <http://shop/v1/orders?after=abc>; rel="next"`}}
	}
}

func counts() []checktest.Case {
	const id = "sync/reported-counts"
	says := func(s target.Stats) func(*checktest.World) {
		return func(w *checktest.World) { w.Step(scenario.FirstSync).Stats[orders] = s }
	}
	return []checktest.Case{
		{Check: id, Subject: reports, Name: "nobody offers its objects", Status: result.NotApplicable, Cause: "not-offered",
			Says: "2026-01-01: nobody offers them", Break: func(*checktest.World) {}},
		{Check: id, Subject: parts, Name: "one of its objects is not counted", Cause: "count-untrue", Says: "fetched 2",
			Break: func(w *checktest.World) {
				w.Step(scenario.FirstSync).Stats[parts] = target.Stats{Fetched: 2, Ingested: 2}
			}},
		{Check: id, Subject: orders, Name: "nobody knows which list shows an object, and all were read", Status: result.Pass, Says: "fetched 5",
			Break: func(w *checktest.World) {
				w.Offer.Populations["orders"].Items["5"] = &oracle.Item{Key: "5"}
				step := w.Step(scenario.FirstSync)
				step.RawRows["orders"], step.Stats[orders] = 5, target.Stats{Fetched: 5, Ingested: 5}
			}},
		{Check: id, Subject: orders, Name: "nobody knows which list shows an object, and one was not read", Status: result.Warning, Cause: "fetched-not-judged",
			Break: func(w *checktest.World) {
				w.Unask("trash#1")
				w.Offer.Populations["orders"].Items["5"] = &oracle.Item{Key: "5"}
				step := w.Step(scenario.FirstSync)
				step.RawRows["orders"], step.Stats[orders] = 5, target.Stats{Fetched: 5, Ingested: 5}
			}},
		{Check: id, Subject: orders, Name: "links are followed", Status: result.Pass, Break: func(w *checktest.World) { linked(w) }},
		{Check: id, Subject: orders, Name: "a link is not followed, and the rest comes another way", Status: result.Warning, Cause: "fetched-not-judged",
			Break: func(w *checktest.World) { linked(w); w.Unask("orders#2") }},
		{Check: id, Subject: orders, Name: "no counts", Cause: "count-missing", Says: orders,
			Break: func(w *checktest.World) { delete(w.Step(scenario.FirstSync).Stats, orders) }},
		{Check: id, Subject: orders, Name: "errors", Cause: "errors-counted", Says: "errors 1", Break: says(target.Stats{Fetched: 4, Ingested: 3, Errors: 1})},
		{Check: id, Subject: orders, Name: "more ingested than stored", Cause: "count-untrue", Says: "ingested 5", Break: says(target.Stats{Fetched: 5, Ingested: 5})},
		{Check: id, Subject: orders, Name: "more fetched than served", Cause: "count-untrue", Says: "fetched 9", Break: says(target.Stats{Fetched: 9, Ingested: 4})},
		{Check: id, Subject: orders, Name: "fewer fetched than stored", Cause: "count-untrue", Says: "fetched 3", Break: says(target.Stats{Fetched: 3, Ingested: 4})},
		{Check: id, Subject: orders, Name: "zeros", Cause: "count-untrue", Says: "fetched 0", Break: says(target.Stats{})},
		{Check: id, Subject: orders, Name: "another route to the last page", Status: result.Warning, Cause: "fetched-not-judged", Says: "fetched 4, ingested 4",
			Break: func(w *checktest.World) { w.Unask("orders#2") }},
		{Check: id, Subject: orders, Name: "another route, and fewer fetched than stored", Cause: "count-untrue", Says: "fetched 3", Break: func(w *checktest.World) {
			w.Unask("orders#2")
			says(target.Stats{Fetched: 3, Ingested: 4})(w)
		}},
		{Check: id, Subject: orders, Name: "another route, and ingested is untrue", Cause: "count-untrue", Says: "ingested 5", Break: func(w *checktest.World) {
			w.Unask("orders#2")
			says(target.Stats{Fetched: 5, Ingested: 5})(w)
		}},
	}
}
