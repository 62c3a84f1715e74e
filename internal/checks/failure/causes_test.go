package failure_test

import (
	"slices"
	"testing"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

func TestCauses(t *testing.T) {
	checktest.Phase{Name: "failure", Cases: slices.Concat(kept(), answered(), healed())}.Test(t)
}

const (
	subject   = "shop"
	tooLittle = "too-little-data"
)

// refusal lets a case change what came of the refused delivery.
func refusal(change func(*scenario.Refusal)) func(*checktest.World) {
	return func(w *checktest.World) { change(w.Refusal) }
}

// nothingRefused are the cases in which there is no failure to judge.
func nothingRefused(id string) []checktest.Case {
	return []checktest.Case{
		{Check: id, Subject: subject, Name: "nothing was delivered", Status: result.Unproven, Cause: tooLittle,
			Break: func(w *checktest.World) { w.Refusal = nil }},
		{Check: id, Subject: subject, Name: "the database refused nothing", Status: result.Unproven, Cause: tooLittle, Says: "its refined row is there",
			Break: refusal(func(r *scenario.Refusal) { r.Row = checktest.RowOf(r.Expected) })},
	}
}

func kept() []checktest.Case {
	const id = "failure/refinement-kept"
	return append(nothingRefused(id), []checktest.Case{
		{Check: id, Subject: subject, Name: "no raw row", Cause: "raw-row-missing", Says: "0 raw rows of that object",
			Break: refusal(func(r *scenario.Refusal) { r.Raw = nil })},
		{Check: id, Subject: subject, Name: "the raw row of another payload", Cause: "raw-row-missing", Says: "1 raw rows of that object, none with it",
			Break: refusal(func(r *scenario.Refusal) { r.Raw[0].Payload = []byte(`{"id":3}`) })},
		{Check: id, Subject: subject, Name: "no raw row, and no later delivery was seen", Status: result.Unproven, Cause: tooLittle,
			Break: refusal(func(r *scenario.Refusal) { r.Raw, r.Sentinel = nil, false })},
		{Check: id, Subject: subject, Name: "processed, it says", Cause: "status-untrue", Says: `is "processed"`,
			Break: refusal(func(r *scenario.Refusal) { r.Raw[0].Status = "processed" })},
		{Check: id, Subject: subject, Name: "still pending", Cause: "status-untrue", Says: `is "pending"`,
			Break: refusal(func(r *scenario.Refusal) { r.Raw[0].Status = "pending" })},
		{Check: id, Subject: subject, Name: "not a word", Cause: "error-text-missing", Says: "an empty error_message",
			Break: refusal(func(r *scenario.Refusal) { r.Raw[0].Error = " " })},
		{Check: id, Subject: subject, Name: "words that say nothing", Cause: "error-text-vague", Says: "refinement failed",
			Break: refusal(func(r *scenario.Refusal) { r.Raw[0].Error = "refinement failed" })},
	}...)
}

func answered() []checktest.Case {
	const id = "failure/answered-ok"
	return append(nothingRefused(id), checktest.Case{Check: id, Subject: subject, Name: "answered 500", Cause: "delivery-refused", Says: "500 oops",
		Break: refusal(func(r *scenario.Refusal) { r.Delivery.Answer = target.Answer{Status: 500, Body: "oops"} })})
}

func healed() []checktest.Case {
	const id = "failure/retry-heals"
	return append(nothingRefused(id), []checktest.Case{
		{Check: id, Subject: subject, Name: "no refined row", Cause: "row-not-refined", Says: "the retry says 0 retried, 0 healed",
			Break: refusal(func(r *scenario.Refusal) {
				r.HealedRow, r.HealedRaw, r.Retried = nil, r.Raw, target.Retried{}
			})},
		{Check: id, Subject: subject, Name: "another value", Cause: "row-not-refined", Says: `status must be "open", is "closed"`,
			Break: refusal(func(r *scenario.Refusal) { r.HealedRow.Values["status"] = oracle.Value{Text: "closed"} })},
		{Check: id, Subject: subject, Name: "the raw row is as it was", Cause: "status-not-updated", Says: "violates check constraint",
			Break: refusal(func(r *scenario.Refusal) { r.HealedRaw = r.Raw })},
		{Check: id, Subject: subject, Name: "healed, and it never says anything", Status: result.Pass,
			Break: refusal(func(r *scenario.Refusal) { r.Retried = target.Retried{Silent: true} })},
		{Check: id, Subject: subject, Name: "healed, and it does not say so", Cause: "claim-contradicted", Says: "1 retried, 0 healed",
			Break: refusal(func(r *scenario.Refusal) { r.Retried.Healed = 0 })},
		{Check: id, Subject: subject, Name: "the raw row was never kept", Status: result.Unproven, Cause: tooLittle, Says: "nothing can be tried again",
			Break: refusal(func(r *scenario.Refusal) { r.HealedRaw = nil })},
	}...)
}
