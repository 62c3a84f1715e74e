package defects

import (
	"bytes"
	"regexp"
	"strconv"

	"github.com/syncspec/syncspec/internal/reference"
)

func signatureOverReserialisedBody() Defect {
	return Defect{
		Name:     "signature-over-reserialised-body",
		Breaks:   `the signature is checked over the parsed body written anew, where the provider's \/ has become / and its \u003c a <`,
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

// needless are escapes that no writer of JSON has to make: the slash, and ASCII that is neither a control character nor
// a quote nor a backslash.
var needless = regexp.MustCompile(`\\(?:/|u00[2-7][0-9a-fA-F])`)

func (v reserialising) Verify(d reference.Delivery) error {
	// What JSON.stringify(JSON.parse(body)) makes of them; all else stays, as it mostly does.
	anew := needless.ReplaceAllFunc(d.Body, func(escape []byte) []byte {
		if escape[1] == '/' {
			return []byte("/")
		}
		code, err := strconv.ParseUint(string(escape[2:]), 16, 8)
		if err != nil || code == '"' || code == '\\' {
			return escape
		}
		return []byte{byte(code)}
	})
	if !bytes.Equal(anew, d.Body) {
		v.fired()
	}
	d.Body = anew
	return v.Verifier.Verify(d)
}
