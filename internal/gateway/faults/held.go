package faults

import (
	"bytes"
	"maps"
	"net/http"
)

// maxHeld bounds how much of an answer a fault holds back; pages are a few MB at most.
const maxHeld = 16 << 20

// held is an answer that a handler wrote and nobody has got yet.
type held struct {
	header http.Header
	status int
	body   bytes.Buffer
	// over counts the bytes that were too many to hold.
	over int
}

// hold lets a handler answer into memory.
func hold(next http.Handler, r *http.Request) *held {
	h := &held{header: http.Header{}}
	next.ServeHTTP(h, r)
	h.WriteHeader(http.StatusOK) // for a handler that wrote nothing
	return h
}

func (h *held) Header() http.Header { return h.header }

func (h *held) WriteHeader(status int) {
	if h.status == 0 {
		h.status = status
	}
}

func (h *held) Write(p []byte) (int, error) {
	h.WriteHeader(http.StatusOK)
	room := min(len(p), maxHeld-h.body.Len())
	h.body.Write(p[:room])
	h.over += len(p) - room
	return len(p), nil
}

// size is the length of the whole body.
func (h *held) size() int { return h.body.Len() + h.over }

// head sends what comes before the body.
func (h *held) head(w http.ResponseWriter) {
	maps.Copy(w.Header(), h.header)
	w.WriteHeader(h.status)
}
