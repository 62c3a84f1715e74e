package defects

import (
	"net/http"

	"github.com/syncspec/syncspec/internal/reference"
)

func webhook500OnRefinementError() Defect {
	return Defect{
		Name:     "webhook-500-on-refinement-error",
		Breaks:   "any exception in the handler becomes a 500, also one that comes after the payload is safe",
		KilledBy: "failure/answered-ok", Cause: "delivery-refused",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Responder = alarmed{p.Responder, fired}
			return p
		},
	}
}

type alarmed struct {
	reference.Responder
	fired func()
}

func (r alarmed) Respond(o reference.Outcome) (int, any) {
	if o.Kind == reference.OutcomeFailed {
		r.fired()
		return http.StatusInternalServerError, map[string]string{"error": "internal server error"}
	}
	return r.Responder.Respond(o)
}
