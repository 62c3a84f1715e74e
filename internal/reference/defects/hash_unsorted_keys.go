package defects

import (
	"crypto/sha256"
	"encoding/hex"

	"github.com/syncspec/syncspec/internal/reference"
)

func hashUnsortedKeys() Defect {
	return Defect{
		Name:     "hash-unsorted-keys",
		Breaks:   "the payload is hashed as it came over the wire, so the order of its keys counts",
		KilledBy: "dedupe/hash-key-order", Cause: "key-order-hashed",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Hasher = wireHash{fired}
			return p
		},
	}
}

type wireHash struct{ fired func() }

func (h wireHash) Hash(doc reference.Document) (string, error) {
	h.fired()
	sum := sha256.Sum256(doc.Payload)
	return hex.EncodeToString(sum[:]), nil
}
