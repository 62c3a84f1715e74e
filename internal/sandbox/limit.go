package sandbox

import (
	"math"
	"sync"
	"time"
)

// Limit is how fast an account may be asked: a bucket that each request fills by one and time empties.
type Limit struct {
	// Bucket is how many requests it holds, Leak how many run out of it per second.
	Bucket int
	Leak   float64
	// Clock tells the time; nil is the machine's.
	Clock func() time.Time
}

// bucket is a limit in use.
type bucket struct {
	limit Limit

	mu    sync.Mutex
	level float64
	at    time.Time
}

func newBucket(l *Limit) *bucket {
	if l == nil {
		return nil
	}
	b := &bucket{limit: *l}
	if b.limit.Clock == nil {
		b.limit.Clock = time.Now
	}
	return b
}

// spend takes a request from the account's limit.
func (a *Account) spend(q *query) *refusal {
	b := a.bucket
	if b == nil {
		return nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.limit.Clock()
	if !b.at.IsZero() {
		b.level = max(0, b.level-now.Sub(b.at).Seconds()*b.limit.Leak)
	}
	b.at = now
	q.bucket = b.limit.Bucket
	if over := b.level + 1 - float64(b.limit.Bucket); over > 0 {
		q.used = b.limit.Bucket
		wait := time.Second
		if b.limit.Leak > 0 {
			wait = max(wait, time.Duration(math.Ceil(over/b.limit.Leak))*time.Second)
		}
		return &refusal{why: tooFast, wait: wait}
	}
	b.level++
	q.used = int(math.Ceil(b.level))
	return nil
}
