package sync_test

import (
	"net/http"
	"time"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

const tooLittle = "too-little-data"

// struck is the exchange of the faulty sync with this note, e.g. "notes#1, try 2"; the sound answer's is "notes#1".
func struck(w *checktest.World, note string) *scenario.Exchange {
	return w.Exchange(scenario.FaultySync, note)
}

// hasten makes the answer with this note come so much earlier.
func hasten(note string, by time.Duration) func(*checktest.World) {
	return func(w *checktest.World) { struck(w, note).At = struck(w, note).At.Add(-by) }
}

func rateLimits() []checktest.Case {
	const (
		id      = "sync/rate-limit-honoured"
		subject = "shop"
		limited = "orders#2, try 1"
	)
	waits := func(text string) func(*checktest.World) {
		return func(w *checktest.World) { struck(w, limited).ResponseHeader = http.Header{"Retry-After": {text}} }
	}
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "the page is given up", Cause: "not-retried", Says: "GET /v1/orders?status=any&page=2 -> 429",
			Break: func(w *checktest.World) { w.Unask("orders#2") }},
		{Check: id, Subject: subject, Name: "another page came instead", Cause: "not-retried", Says: "rate-limit",
			Break: func(w *checktest.World) { struck(w, "orders#2").Query = "status=any&page=3" }},
		{Check: id, Subject: subject, Name: "a millisecond too soon", Cause: "retried-too-soon", Says: "1.499s",
			Break: hasten("orders#2", 101*time.Millisecond)},
		{Check: id, Subject: subject, Name: "just in time", Status: result.Pass, Says: "1.5s", Break: hasten("orders#2", 100*time.Millisecond)},
		{Check: id, Subject: subject, Name: "the fraction was cut off", Cause: "retried-too-soon", Says: "asked for 1.75s", Break: waits("1.75")},
		{Check: id, Subject: subject, Name: "parameters in another order are the same request", Status: result.Pass,
			Break: func(w *checktest.World) { struck(w, "orders#2").Query = "page=2&status=any" }},
		{Check: id, Subject: subject, Name: "a request that was under way already is no second try", Cause: "not-retried", Says: "429",
			Break: hasten("orders#2", 1602*time.Millisecond)},
		{Check: id, Subject: subject, Name: "no time is named", Status: result.Warning, Cause: "wait-not-measured", Says: "no answer named a time", Break: waits("")},
		{Check: id, Subject: subject, Name: "the time cannot be read", Status: result.Warning, Cause: "wait-not-measured", Says: "1 limited", Break: waits("soon")},
		{Check: id, Subject: subject, Name: "nothing was limited", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Unask(limited) }},
	}
}

func backoffs() []checktest.Case {
	const (
		id      = "sync/backoff-grows"
		subject = "shop"
	)
	// pauses sets the time from each answer to the next try of the notes.
	pauses := func(lengths ...time.Duration) func(*checktest.World) {
		return func(w *checktest.World) {
			at := struck(w, "notes#1, try 1").At
			for n, note := range []string{"notes#1, try 2", "notes#1, try 3", "notes#1"} {
				at = at.Add(5*time.Millisecond + lengths[n])
				struck(w, note).At = at
			}
		}
	}
	const ms = time.Millisecond
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "given up", Cause: "not-retried", Says: "/v1/orders/1/notes",
			Break: func(w *checktest.World) { w.Unask("notes#1", "notes#1, try 2", "notes#1, try 3") }},
		{Check: id, Subject: subject, Name: "at once", Cause: "no-pause", Says: "2ms, 1ms, 3ms", Break: pauses(2*ms, 1*ms, 3*ms)},
		{Check: id, Subject: subject, Name: "every second", Cause: "pause-constant", Says: "1s, 1.003s, 1.001s", Break: pauses(1000*ms, 1003*ms, 1001*ms)},
		{Check: id, Subject: subject, Name: "by chance alone", Status: result.Warning, Cause: "growth-unclear", Says: "may be chance", Break: pauses(900*ms, 500*ms, 1000*ms)},
		{Check: id, Subject: subject, Name: "every half second on a busy machine", Cause: "pause-constant", Says: "700ms", Break: pauses(500*ms, 700*ms, 520*ms, 900*ms)},
		{Check: id, Subject: subject, Name: "doubled, with as much chance as can be", Status: result.Pass, Says: "500ms, 510ms, 1s", Break: pauses(500*ms, 510*ms, 1000*ms)},
		{Check: id, Subject: subject, Name: "two failures only", Status: result.Unproven, Cause: tooLittle, Says: "three times in a row",
			Break: func(w *checktest.World) { w.Unask("notes#1, try 3") }},
		{Check: id, Subject: subject, Name: "a success between them", Status: result.Unproven, Cause: tooLittle, Break: func(w *checktest.World) {
			struck(w, "notes#1, try 2").Status = http.StatusOK
		}},
		{Check: id, Subject: subject, Name: "told when to come back", Status: result.Unproven, Cause: tooLittle, Says: "without being told",
			Break: func(w *checktest.World) {
				for _, note := range []string{"notes#1, try 1", "notes#1, try 2", "notes#1, try 3"} {
					struck(w, note).ResponseHeader = http.Header{"Retry-After": {"1"}}
				}
			}},
	}
}

func survivals() []checktest.Case {
	const id = "sync/faults-survived"
	lose := func(w *checktest.World) { w.SQL("DELETE FROM shop_part WHERE shop_object_id = 6") }
	return []checktest.Case{
		{Check: id, Subject: "cut-body", Name: "the broken page is taken for the last", Cause: "request-not-repeated", Says: "GET /v1/parts -> 200",
			Break: func(w *checktest.World) { lose(w); w.Unask("parts#1") }},
		{Check: id, Subject: "cut-body", Name: "the function gave up", Cause: "sync-failed", Says: "fetch_and_ingest_parts gave up (1 errors: unexpected EOF)",
			Break: func(w *checktest.World) {
				lose(w)
				w.Unask("parts#1")
				w.Step(scenario.FaultySync).Stats[parts] = target.Stats{Errors: 1, Error: "unexpected EOF"}
			}},
		{Check: id, Subject: "cut-body", Name: "the second answer is lost too", Cause: "data-lost", Says: "shop_part 6 has no row", Break: lose},
		{Check: id, Subject: "server-error", Name: "a value is wrong", Cause: "data-lost", Says: "shop_note 11: text must be",
			Break: func(w *checktest.World) { w.SQL("UPDATE shop_note SET text = 'HTTP 500' WHERE shop_object_id = 11") }},
		{Check: id, Subject: "rate-limit", Name: "the limited page is not there", Cause: "request-not-repeated", Says: "shop_order 3 has no row",
			Break: func(w *checktest.World) {
				w.SQL("DELETE FROM shop_order WHERE shop_object_id = 3")
				w.Unask("orders#2")
			}},
		{Check: id, Subject: "rate-limit", Name: "another object's loss is not this fault's", Status: result.Pass, Break: lose},
		{Check: id, Subject: "rate-limit", Name: "all came another way", Status: result.Pass, Break: func(w *checktest.World) { w.Unask("orders#2") }},
		{Check: id, Subject: "server-error", Name: "it struck nothing", Status: result.Unproven, Cause: tooLittle, Says: "no request was struck",
			Break: func(w *checktest.World) { w.Faults[1].Struck = 0 }},
		{Check: id, Subject: "cut-body", Name: "what it struck is empty", Status: result.Unproven, Cause: tooLittle, Says: "offers nothing",
			Break: func(w *checktest.World) {
				clear(w.Expected.Objects["parts"])
				w.SQL("DELETE FROM shop_part")
			}},
	}
}

func boundaries() []checktest.Case {
	const id = "sync/incremental-boundary"
	ask := func(w *checktest.World, path, query string) {
		step := w.Step(scenario.ResumedSync)
		step.Traffic = append(step.Traffic, scenario.Exchange{Method: "GET", Path: path, Query: query, Status: 200})
	}
	return []checktest.Case{
		{Check: id, Subject: "orders", Name: "the change of that very second", Cause: "boundary-missed", Says: `status must be "edited"`,
			Break: func(w *checktest.World) { w.SQL("UPDATE shop_order SET status = 'open' WHERE shop_object_id = 3") }},
		{Check: id, Subject: "orders", Name: "a later change", Cause: "change-missed", Says: `status must be "paid"`,
			Break: func(w *checktest.World) {
				w.SQL("UPDATE shop_order SET status = 'open' WHERE shop_object_id = 1 AND integration_id = 'i1'")
			}},
		{Check: id, Subject: "orders", Name: "both", Cause: "change-missed", Says: "updated_since%3D2026", Break: func(w *checktest.World) {
			w.SQL("UPDATE shop_order SET status = 'open' WHERE integration_id = 'i1'")
			w.Exchange(scenario.ResumedSync, "since#1").Query = "updated_since%3D2026"
		}},
		{Check: id, Subject: "notes", Name: "a new object below a changed one", Cause: "change-missed", Says: "shop_note 13 has no row",
			Break: func(w *checktest.World) { w.SQL("DELETE FROM shop_note WHERE shop_object_id = 13") }},
		{Check: id, Subject: "notes", Name: "nothing was asked for", Cause: "change-missed", Says: "none for notes", Break: func(w *checktest.World) {
			w.SQL("DELETE FROM shop_note WHERE shop_object_id = 13")
			w.Unask("since#3", "since#4")
		}},
		{Check: id, Subject: "orders", Name: "a row that was never offered is another check's", Status: result.Pass,
			Break: func(w *checktest.World) { w.SQL("INSERT INTO shop_order (shop_object_id) VALUES (99)") }},
		{Check: id, Subject: "orders", Name: "read again from the beginning", Status: result.Warning, Cause: "filter-not-sent", Says: "without updated_since",
			Break: func(w *checktest.World) { ask(w, "/v1/orders", "status=any&page=1") }},
		{Check: id, Subject: "orders", Name: "the page of a link carries the filter on", Status: result.Pass, Break: func(w *checktest.World) {
			w.Manifest.API.Pagination.Next = manifest.Next{From: "header_link", As: "url", Param: "page_info"}
			ask(w, "/v1/orders", "page_info=x")
		}},
		{Check: id, Subject: "notes", Name: "all orders were asked for theirs", Status: result.Warning, Cause: "filter-not-sent", Says: "all 4 orders",
			Break: func(w *checktest.World) {
				ask(w, "/v1/orders/2/notes", "")
				ask(w, "/v1/orders/4/notes", "")
			}},
		{Check: id, Subject: "orders", Name: "a change that another one brought with it", Cause: "change-missed", Says: `total must be`, Break: func(w *checktest.World) {
			w.Expected.Objects["orders"]["2"].Updated = w.Boundary.Add(time.Hour)
			w.SQL("UPDATE shop_order SET total = NULL WHERE shop_object_id = 2")
		}},
		{Check: id, Subject: "orders", Name: "nothing changed", Status: result.Unproven, Cause: tooLittle, Break: func(w *checktest.World) {
			w.Quiet, w.Boundary = nil, w.Boundary.AddDate(1, 0, 0)
		}},
	}
}

func keeps() []checktest.Case {
	const id = "sync/incremental-keeps"
	return []checktest.Case{
		{Check: id, Subject: "orders", Name: "the rest was taken for deleted", Cause: "unchanged-lost", Says: "shop_order 2: deleted must be false",
			Break: func(w *checktest.World) {
				w.SQL("UPDATE shop_order SET deleted_at = now() WHERE shop_object_id NOT IN (1, 3)")
			}},
		{Check: id, Subject: "notes", Name: "the rest was removed", Cause: "unchanged-lost", Says: "shop_note 11 has no row",
			Break: func(w *checktest.World) { w.SQL("DELETE FROM shop_note WHERE shop_object_id <> 13") }},
		{Check: id, Subject: "orders", Name: "a value was emptied", Cause: "unchanged-altered", Says: "shop_order 2: total must be",
			Break: func(w *checktest.World) { w.SQL("UPDATE shop_order SET total = NULL WHERE shop_object_id = 2") }},
		{Check: id, Subject: "orders", Name: "what changed is another check's", Status: result.Pass,
			Break: func(w *checktest.World) { w.SQL("UPDATE shop_order SET status = 'open' WHERE shop_object_id = 3") }},
		{Check: id, Subject: "orders", Name: "everything changed", Status: result.Unproven, Cause: tooLittle, Break: func(w *checktest.World) {
			for _, key := range []string{"2", "4"} {
				w.Quiet = append(w.Quiet, scenario.Change{Object: "orders", Key: key})
			}
		}},
	}
}
