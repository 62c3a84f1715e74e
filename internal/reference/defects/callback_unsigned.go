package defects

import "github.com/syncspec/syncspec/internal/manifest"

func callbackUnsigned() Defect {
	return Defect{
		Name:     "callback-unsigned",
		Breaks:   "the call back from the source is taken for good because its state is known, and its signature is never looked at",
		Needs:    "OAuth with a signed call back",
		KilledBy: "configuration/callback-verified", Cause: "forgery-accepted",
		applies: func(m *manifest.Manifest) bool { return m.OAuth != nil && m.OAuth.Callback != nil },
		mutate: func(m *manifest.Manifest, fired func()) {
			if m.OAuth != nil && m.OAuth.Callback != nil {
				m.OAuth.Callback = nil
				fired()
			}
		},
	}
}
