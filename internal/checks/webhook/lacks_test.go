package webhook_test

import (
	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/target"
)

// lacks are the cases of targets without a raw layer, or that say nothing of themselves. What needs no such thing is judged.
func lacks() []checktest.Case {
	const (
		odd, notice, stale, refetched, registered = "webhook/odd-payloads", "webhook/notice-acknowledged", "webhook/stale-delivery", "webhook/reference-refetched", "webhook/registered"
		says                                      = "the target has no raw: it refines at once"
	)
	raw := func(then func(*checktest.World)) func(*checktest.World) {
		return func(w *checktest.World) {
			w.Lack(profile.Raw, "it refines at once")
			for _, p := range w.Probes {
				p.Raw, p.SetAside = nil, 0
			}
			for _, p := range w.Notices {
				p.Raw, p.Seen = nil, false
			}
			if then != nil {
				then(w)
			}
		}
	}
	return []checktest.Case{
		{Check: odd, Subject: "broken", Name: "no raw layer", Cause: check.TargetLacks, Says: says, Break: raw(nil)},
		{Check: odd, Subject: "ping", Name: "no raw layer", Status: result.Pass, Break: raw(nil)},
		{Check: odd, Subject: "broken", Name: "no raw layer, and refused", Cause: "refused", Says: "500", Break: raw(func(w *checktest.World) {
			w.Probes[scenario.ProbeBroken].Delivery.Answer = target.Answer{Status: 500}
		})},
		{Check: notice, Subject: "app.removed", Name: "no raw layer", Cause: check.TargetLacks, Says: says, Break: raw(nil)},
		{Check: notice, Subject: "app.removed", Name: "no raw layer, and rows changed", Cause: "row-changed", Says: "shop_order 1 is gone",
			Break: raw(func(w *checktest.World) { w.Notices[0].Changes = []string{"shop_order 1 is gone"} })},
		{Check: stale, Subject: "shop", Name: "no raw layer", Cause: check.TargetLacks, Says: says, Break: raw(nil)},
		{Check: stale, Subject: "shop", Name: "no raw layer, and overwritten", Cause: "older-overwrote", Says: "the row is gone",
			Break: raw(func(w *checktest.World) { w.Probes[scenario.ProbeStale].Row = nil })},
		{Check: refetched, Subject: "order.edited", Name: "no raw layer", Cause: check.TargetLacks, Says: says, Break: raw(nil)},
		{Check: refetched, Subject: "order.edited", Name: "no raw layer, and not read anew", Cause: "not-refetched", Says: "never read anew",
			Break: raw(func(w *checktest.World) { w.Unask("order3#1") })},
		{Check: registered, Subject: "order.updated", Name: "nobody says what is registered", Status: result.Pass, Break: func(w *checktest.World) {
			w.Lack(profile.Describe, "it has no such page")
			w.Described, w.Registered, w.RegistersAlong = target.Described{}, nil, true
		}},
		{Check: registered, Subject: "order.updated", Name: "registered along, and not described", Cause: "claim-contradicted", Says: "describe does not list it",
			Break: func(w *checktest.World) { w.Described.Topics, w.Registered, w.RegistersAlong = nil, nil, true }},
	}
}
