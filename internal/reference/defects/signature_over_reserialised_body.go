package defects

import (
	"bytes"

	"github.com/syncspec/syncspec/internal/reference"
)

func signatureOverReserialisedBody() Defect {
	return Defect{
		Name:     "signature-over-reserialised-body",
		Breaks:   `the signature is checked over the parsed body written anew, where the provider's \/ has become /`,
		KilledBy: "realtime/delivery-applied", Cause: "delivery-refused",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Verifier = reserialising{p.Verifier, fired}
			return p
		},
	}
}

type reserialising struct {
	reference.Verifier
	fired func()
}

func (v reserialising) Verify(d reference.Delivery) error {
	// What JSON.stringify(JSON.parse(body)) makes of PHP's escaped slashes; all else stays, as it mostly does.
	anew := bytes.ReplaceAll(d.Body, []byte(`\/`), []byte(`/`))
	if !bytes.Equal(anew, d.Body) {
		v.fired()
	}
	d.Body = anew
	return v.Verifier.Verify(d)
}
