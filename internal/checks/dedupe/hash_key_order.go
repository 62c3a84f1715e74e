package dedupe

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// HashKeyOrder delivers the same payload again, as it was and with its keys in another order.
func HashKeyOrder() check.Check {
	return check.Check{
		ID: "dedupe/hash-key-order", Phase: 4, SOP: []string{"4.1-2", "2.2-1"}, Level: check.Required, Scenario: scenario.Probed,
		Needs:    []profile.Notion{profile.Raw},
		Title:    "The same payload has the same hash, in whatever order its keys come.",
		Why:      "JSON objects have no order; a hash that has one sees changes where there are none",
		Remedy:   "sort the keys at every depth before hashing, and keep numbers exactly as they are written",
		Evidence: "a good delivery, and the same payload delivered again",
		Causes: map[string]string{
			"delivery-refused":  "a properly signed delivery was refused",
			"redelivery-stored": "the same delivery, byte for byte, made another raw row",
			"key-order-hashed":  "the same payload with its keys in another order made another raw row",
		},
		ByHand:   "--times 2",
		Subjects: check.Source,
		Run: func(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
			first, order, again := s.Probes[scenario.ProbeFirst], s.Probes[scenario.ProbeKeyOrder], s.Probes[scenario.ProbeDuplicate]
			about := fmt.Sprintf("%s %s", first.Object, first.Key)
			for _, p := range []*scenario.Probe{first, order, again} {
				if r, stop := notDelivered(p, about); stop {
					return r, nil
				}
			}
			switch {
			case len(first.Raw) == 0:
				return check.Unproven("the first delivery of %s made no raw row (answered %d)", about, first.Delivery.Answer.Status)
			case len(first.Raw) > 1:
				return check.Fail("redelivery-stored", "one delivery of %s made %d raw rows", about, len(first.Raw)).
					Expected("1 raw row").Actual("%d", len(first.Raw)).With("row", hashes(first.Raw)...).Done()
			// A target that stores the very same bytes twice does not dedupe at all; the order of keys is not to blame.
			case len(again.Raw) > len(order.Raw):
				return check.Fail("redelivery-stored", "the same delivery of %s again made another raw row", about).
					Expected("%d raw rows", len(order.Raw)).Actual("%d", len(again.Raw)).With("row", hashes(again.Raw)...).Done()
			case len(order.Raw) > len(first.Raw):
				return check.Fail("key-order-hashed", "the payload of %s with its keys in another order made another raw row", about).
					Expected("%d raw row, hash %s", len(first.Raw), first.Raw[0].Hash).Actual("%d raw rows", len(order.Raw)).
					With("row", hashes(order.Raw)...).Done()
			}
			return check.Pass(3, "three deliveries of %s with one payload made one raw row", about)
		},
	}
}

// notDelivered is the result of a probe that shows nothing: a properly signed delivery that was refused, or one after
// which nothing was seen any more.
func notDelivered(p *scenario.Probe, about string) (result.Result, bool) {
	a := p.Delivery.Answer
	switch {
	case a.Status/100 != 2:
		r, _ := check.Fail("delivery-refused", "a properly signed delivery of %s was answered %d", about, a.Status).
			Expected("2xx").Actual("%d %s", a.Status, a.Body).Done()
		return r, true
	case !p.SentinelSeen:
		r, _ := check.Unproven("the good delivery that was sent afterwards was never seen, so more rows of %s may come", about)
		return r, true
	}
	return result.Result{}, false
}

func hashes(rows []scenario.RawRow) []string {
	out := make([]string, len(rows))
	for i, r := range rows {
		out[i] = fmt.Sprintf("%s %s hash %s", r.ObjectType, r.ObjectID, r.Hash)
	}
	return out
}
