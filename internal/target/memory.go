package target

import (
	"sync"
	"time"
)

// Memory is the resident memory of all processes of a target and their descendants, in bytes. Pages that they share count once
// for each.
type Memory struct {
	Now, Peak int64
}

// between is the time between two looks at the memory. A peak that is shorter may be missed.
const between = 200 * time.Millisecond

// sampler looks at the memory again and again.
type sampler struct {
	look func() int64
	end  chan struct{}
	once sync.Once

	mu   sync.Mutex
	peak int64
}

func sample(look func() int64) *sampler {
	s := &sampler{look: look, end: make(chan struct{})}
	go func() {
		tick := time.NewTicker(between)
		defer tick.Stop()
		for {
			s.now()
			select {
			case <-tick.C:
			case <-s.end:
				return
			}
		}
	}()
	return s
}

func (s *sampler) now() Memory {
	now := s.look()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.peak = max(s.peak, now)
	return Memory{Now: now, Peak: s.peak}
}

func (s *sampler) stop() { s.once.Do(func() { close(s.end) }) }

// Memory returns the resident memory: what it is now, and the most that was seen since the start.
func (r *Running) Memory() Memory { return r.memory.now() }

// resident adds up what the processes and the commands have.
func (r *Running) resident() int64 {
	var sum int64
	for _, p := range r.processes() {
		if n, err := p.Resident(); err == nil { // of one that ended meanwhile there is none
			sum += n
		}
	}
	return sum
}
