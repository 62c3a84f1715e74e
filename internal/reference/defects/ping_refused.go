package defects

import (
	"net/http"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func pingRefused() Defect {
	return Defect{
		Name:     "ping-refused",
		Breaks:   "whatever has no signature is answered 401, also the provider's own first call to a new webhook",
		Needs:    "an unsigned first call to a new webhook",
		KilledBy: "webhook/odd-payloads", Cause: "refused",
		applies: func(m *manifest.Manifest) bool { return m.Webhooks.Ping != nil },
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Responder = strictResponder{p.Responder, fired}
			return p
		},
	}
}

type strictResponder struct {
	reference.Responder
	fired func()
}

func (r strictResponder) Respond(o reference.Outcome) (int, any) {
	if o.Kind == reference.OutcomePing {
		r.fired()
		return http.StatusUnauthorized, map[string]string{"error": "signature missing"}
	}
	return r.Responder.Respond(o)
}
