package defects

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/syncspec/syncspec/internal/reference"
)

func hashEscapesHTML() Defect {
	return Defect{
		Name:     "hash-escapes-html",
		Breaks:   "the keys are sorted by a JSON encoder that also writes <, > and & as escapes, so nobody else gets the same hash",
		KilledBy: "dedupe/hash-recipe", Cause: "recipe-differs",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Hasher = escapingHash{fired}
			return p
		},
	}
}

type escapingHash struct{ fired func() }

func (h escapingHash) Hash(doc reference.Document) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(doc.Payload))
	decoder.UseNumber()
	var value map[string]any
	if err := decoder.Decode(&value); err != nil {
		return "", err
	}
	for _, field := range doc.Object.VolatileFields() {
		delete(value, field)
	}
	text, err := json.Marshal(value)
	if err != nil {
		return "", err
	}
	if bytes.Contains(text, []byte(`\u003c`)) {
		h.fired()
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}
