package supervise

import (
	"bytes"
	"sync"
)

// ring keeps the last limit bytes that were written to it.
type ring struct {
	mu    sync.Mutex
	limit int
	buf   []byte // up to twice the limit, so that bytes move once per limit written and not at each write
}

func newRing(limit int) *ring { return &ring{limit: limit} }

// Write never fails and never blocks for long.
func (r *ring) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := len(p)
	if len(p) > r.limit {
		p = p[len(p)-r.limit:]
	}
	if len(r.buf)+len(p) > 2*r.limit {
		r.buf = append(r.buf[:0], r.buf[max(0, len(r.buf)-r.limit):]...)
	}
	r.buf = append(r.buf, p...)
	return n, nil
}

// tail returns a copy of the last limit bytes.
func (r *ring) tail() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]byte(nil), r.buf[max(0, len(r.buf)-r.limit):]...)
}

// drop forgets everything, and what is written from now on.
func (r *ring) drop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.limit, r.buf = 0, nil
}

// watch looks for a text in what is written to it.
type watch struct {
	mu    sync.Mutex
	text  []byte
	rest  []byte // what may be the text's beginning
	found func()
}

func newWatch(text string, found func()) *watch { return &watch{text: []byte(text), found: found} }

// Write never fails.
func (w *watch) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.text) == 0 {
		return len(p), nil
	}
	seen := append(w.rest, p...)
	if bytes.Contains(seen, w.text) {
		w.text, w.rest = nil, nil
		w.found()
		return len(p), nil
	}
	w.rest = append(w.rest[:0:0], seen[max(0, len(seen)-len(w.text)+1):]...)
	return len(p), nil
}
