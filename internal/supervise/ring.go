package supervise

import "sync"

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
