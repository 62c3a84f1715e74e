package defects

import (
	"context"

	"github.com/syncspec/syncspec/internal/reference"
)

func registrationStatusNotStored() Defect {
	return Defect{
		Name:     "registration-status-not-stored",
		Breaks:   "the ids of the registrations are kept, and not whether there is a registration",
		KilledBy: "webhook/registration-stored", Cause: "topic-not-stored",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Registrar = idsOnly{p.Registrar, fired}
			return p
		},
	}
}

type idsOnly struct {
	reference.Registrar
	fired func()
}

func (r idsOnly) Store(ctx context.Context, integrationID string, all map[string]reference.Registration) error {
	ids := map[string]reference.Registration{}
	for topic, registration := range all {
		r.fired()
		ids[topic] = reference.Registration{Topic: topic, ID: registration.ID}
	}
	return r.Registrar.Store(ctx, integrationID, ids)
}
