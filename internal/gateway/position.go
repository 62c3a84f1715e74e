package gateway

// position is how far one route has come in an index: which accepted writes it has seen, and where it stands in
// each run of equal requests. It is guarded by its route.
type position struct {
	ix *index
	// seen are the accepted writes asked for, by entry number; reached counts, per cassette, how many of the first
	// writes have all been seen. Targets may write in another order than the recorder did.
	seen    map[int]bool
	reached map[string]int
	// turn is the place in a run of equal requests, by the number of the run's first entry.
	turn map[int]int
	used map[int]bool
}

func newPosition(ix *index) *position {
	return &position{ix: ix, seen: map[int]bool{}, reached: map[string]int{}, turn: map[int]int{}, used: map[int]bool{}}
}

// take picks the answer among the candidates for a request and moves on. If the candidates were all recorded after
// a write that has not been seen yet, missing is the first such write: to answer would show the future.
func (p *position) take(candidates []*entry) (found, missing *entry) {
	if candidates[0].write {
		found = p.takeWrite(candidates)
	} else if found = p.takeRead(candidates); found == nil {
		return nil, p.firstUnseen(candidates[0])
	}
	p.used[found.number] = true
	return found, nil
}

// takeWrite answers equal writes in the order recorded; the last answer stays.
func (p *position) takeWrite(candidates []*entry) *entry {
	run := candidates[0].number
	e := candidates[min(p.turn[run], len(candidates)-1)]
	p.turn[run]++
	if e.changed && !p.seen[e.number] {
		p.seen[e.number] = true
		writes := p.ix.writes[e.Cassette]
		for p.reached[e.Cassette] < len(writes) && p.seen[writes[p.reached[e.Cassette]].number] {
			p.reached[e.Cassette]++
		}
	}
	return e
}

// takeRead answers with the first reading of the newest state that has been reached. Asking again changes nothing,
// except in a cassette whose equal requests are a sequence.
func (p *position) takeRead(candidates []*entry) *entry {
	newest := -1
	for i, e := range candidates {
		if e.after <= p.reached[e.Cassette] && (newest < 0 || e.after > candidates[newest].after) {
			newest = i
		}
	}
	if newest < 0 {
		return nil
	}
	if !candidates[newest].Sequence {
		return candidates[newest]
	}
	run := candidates[0].number
	at := max(newest, p.turn[run])
	for at >= len(candidates) || candidates[at].after > p.reached[candidates[at].Cassette] {
		at--
	}
	p.turn[run] = at + 1
	return candidates[at]
}

// firstUnseen is the first accepted write before e that has not been asked for.
func (p *position) firstUnseen(e *entry) *entry {
	for _, w := range p.ix.writes[e.Cassette] {
		if !p.seen[w.number] {
			return w
		}
	}
	return nil
}
