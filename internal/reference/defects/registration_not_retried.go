package defects

import "github.com/syncspec/syncspec/internal/reference"

func registrationNotRetried() Defect {
	return Defect{
		Name:     "registration-not-retried",
		Breaks:   "a topic that was tried once is on record, and what is on record is not registered again, whatever came of it",
		KilledBy: "webhook/registration-retried", Cause: "not-retried",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Registrar = triedOnce{p.Registrar, fired}
			return p
		},
	}
}

type triedOnce struct {
	reference.Registrar
	fired func()
}

func (r triedOnce) Missing(topics []string, known map[string]reference.Registration) []string {
	return without(r.Registrar.Missing(topics, known), r.fired, func(topic string) bool {
		_, tried := known[topic]
		return tried
	})
}
