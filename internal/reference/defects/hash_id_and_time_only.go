package defects

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/syncspec/syncspec/internal/reference"
)

func hashIDAndTimeOnly() Defect {
	return Defect{
		Name:     "hash-id-and-time-only",
		Breaks:   "the hash covers the id and the time of the last change, trusting that nothing changes without its time",
		KilledBy: "dedupe/hash-every-change", Cause: "change-not-stored",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Hasher = stampHash{fired}
			return p
		},
	}
}

type stampHash struct{ fired func() }

func (h stampHash) Hash(doc reference.Document) (string, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(doc.Payload, &fields); err != nil {
		return "", err
	}
	names := doc.Object.Key
	if doc.Object.UpdatedAt != nil {
		names = append(names[:len(names):len(names)], doc.Object.UpdatedAt.Field)
	}
	sum := sha256.New()
	for _, name := range names {
		sum.Write(append(fields[name], 0)) // the zero keeps (1, 23) and (12, 3) apart
	}
	h.fired()
	return hex.EncodeToString(sum.Sum(nil)), nil
}
