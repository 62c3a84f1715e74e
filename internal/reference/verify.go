package reference

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
)

// ErrSignature is why a delivery is refused.
var ErrSignature = errors.New("signature")

// verifier is the Verifier that follows the manifest.
type verifier struct{}

// Verify checks the signature over the bytes as received; re-encoding them first would already change them.
func (verifier) Verify(d Delivery) error {
	sig := d.Manifest.Webhooks.Signature
	got := d.Header.Get(sig.Header)
	switch {
	case got == "":
		return fmt.Errorf("%w missing: header %s is not there", ErrSignature, sig.Header)
	case d.Secret == "":
		return fmt.Errorf("%w cannot be checked: the integration has no webhook secret (disconnected, or connected without one)", ErrSignature)
	}
	mac := hmac.New(sha256.New, []byte(d.Secret))
	for _, part := range sig.Signs {
		switch part {
		case "body":
			mac.Write(d.Body)
		case "url":
			mac.Write([]byte(d.URL))
		case "delivery_id":
			mac.Write([]byte(d.Header.Get(d.Manifest.Webhooks.DeliveryIDHeader)))
		}
	}
	var given []byte
	var err error
	if sig.Encoding == "hex" {
		given, err = hex.DecodeString(got)
	} else {
		given, err = base64.StdEncoding.DecodeString(got)
	}
	// hmac.Equal takes the same time wherever the first difference is.
	if err != nil || !hmac.Equal(given, mac.Sum(nil)) {
		return fmt.Errorf("%w mismatch: header %s does not fit the body and the integration's secret", ErrSignature, sig.Header)
	}
	return nil
}
