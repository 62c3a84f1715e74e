package defects

import (
	"net/http"
	"strings"

	"github.com/syncspec/syncspec/internal/reference"
)

func brokenBodyRefused() Defect {
	return Defect{
		Name:     "broken-body-refused",
		Breaks:   "the body is parsed by the framework before the handler sees it, and one that cannot be parsed is answered 400",
		KilledBy: "webhook/odd-payloads", Cause: "refused",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Responder = parser{p.Responder, fired}
			return p
		},
	}
}

type parser struct {
	reference.Responder
	fired func()
}

func (r parser) Respond(o reference.Outcome) (int, any) {
	if o.Kind == reference.OutcomeFailed && strings.Contains(o.Err.Error(), "no JSON") {
		r.fired()
		return http.StatusBadRequest, map[string]string{"error": "malformed request"}
	}
	return r.Responder.Respond(o)
}
