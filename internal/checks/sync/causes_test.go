package sync_test

import (
	"slices"
	"testing"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

func TestCauses(t *testing.T) {
	checktest.Phase{
		Name: "sync", Database: true,
		Cases: slices.Concat(inventory(), pagination(), counts()),
		NeverUnproven: map[string]string{
			"sync/function-inventory": "a request that was not made is what it looks for",
			"sync/reported-counts":    "a function without counts fails",
		},
	}.Test(t)
}

const (
	orders = "fetch_and_ingest_orders"
	parts  = "fetch_and_ingest_parts"
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
		{Check: id, Subject: parts, Name: "no request", Cause: "never-requested", Says: "7 requests to other paths",
			Break: func(w *checktest.World) { w.Unask("parts#1") }},
		{Check: id, Subject: parts, Name: "a search is no walk over the list", Cause: "never-requested", Says: "no list of parts",
			Break: func(w *checktest.World) { w.Exchange(scenario.FirstSync, "parts#1").Query = "search=nut" }},
		{Check: id, Subject: parts, Name: "no raw row", Cause: "nothing-stored", Says: "GET /v1/parts",
			Break: func(w *checktest.World) { delete(w.Step(scenario.FirstSync).RawRows, "parts") }},
		{Check: id, Subject: parts, Name: "nothing is offered", Status: result.Pass, Break: func(w *checktest.World) {
			delete(w.Step(scenario.FirstSync).RawRows, "parts")
			clear(w.Offer.Populations["parts"].Items)
		}},
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
	}
}

func counts() []checktest.Case {
	const id = "sync/reported-counts"
	says := func(s target.Stats) func(*checktest.World) {
		return func(w *checktest.World) { w.Step(scenario.FirstSync).Stats[orders] = s }
	}
	return []checktest.Case{
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
