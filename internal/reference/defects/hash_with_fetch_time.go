package defects

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/syncspec/syncspec/internal/reference"
)

func hashWithFetchTime() Defect {
	return Defect{
		Name:     "hash-with-fetch-time",
		Breaks:   "the time of the fetch is put into the payload before it is hashed, so no two hashes are ever equal",
		KilledBy: "dedupe/hash-unique", Cause: "unchanged-row-added",
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Hasher = timedHash{p.Hasher, fired}
			return p
		},
	}
}

type timedHash struct {
	reference.Hasher
	fired func()
}

func (h timedHash) Hash(doc reference.Document) (string, error) {
	hash, err := h.Hasher.Hash(doc)
	if err != nil {
		return "", err
	}
	h.fired()
	sum := sha256.Sum256(fmt.Appendf(nil, "%s fetched at %d", hash, time.Now().UnixNano()))
	return hex.EncodeToString(sum[:]), nil
}
