package defects

import "github.com/syncspec/syncspec/internal/reference"

func signatureUnchecked() Defect {
	return Defect{
		Name:     "signature-unchecked",
		Breaks:   "the signature check was switched off in development and never on again",
		KilledBy: "webhook/signature-refused", Cause: "forgery-accepted",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Verifier = trusting{p.Verifier, fired}
			return p
		},
	}
}

type trusting struct {
	reference.Verifier
	fired func()
}

func (v trusting) Verify(d reference.Delivery) error {
	if v.Verifier.Verify(d) != nil {
		v.fired()
	}
	return nil
}
