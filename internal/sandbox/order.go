package sandbox

import (
	"cmp"
	"slices"
)

// rank is what records are sorted by: a number, such as a time, then a text.
type rank struct {
	N int64  `json:"n,omitempty"`
	S string `json:"s,omitempty"`
	// Born breaks ties: the place in the order of creation.
	Born int `json:"b"`
}

func (r rank) compare(other rank) int {
	return cmp.Or(cmp.Compare(r.N, other.N), cmp.Compare(r.S, other.S), cmp.Compare(r.Born, other.Born))
}

// order is how a list is sorted. By returns a record's rank but for its age; nil is the order of creation.
type order struct {
	by   func(*record) rank
	desc bool
}

func (o order) rank(r *record) rank {
	var k rank
	if o.by != nil {
		k = o.by(r)
	}
	k.Born = r.born
	return k
}

func (o order) compare(a, b rank) int {
	if o.desc {
		return b.compare(a)
	}
	return a.compare(b)
}

// sort returns records in order; it may change the slice it is given.
func (o order) sort(records []*record) []*record {
	if o.by == nil {
		if o.desc {
			slices.Reverse(records)
		}
		return records
	}
	type ranked struct {
		rank   rank
		record *record
	}
	all := make([]ranked, len(records))
	for i, r := range records {
		all[i] = ranked{o.rank(r), r}
	}
	slices.SortFunc(all, func(a, b ranked) int { return o.compare(a.rank, b.rank) })
	for i, r := range all {
		records[i] = r.record
	}
	return records
}

// byChange sorts by the time of the last change.
func byChange(r *record) rank { return rank{N: r.changed.Unix()} }

// after is where the first record stands that comes after a rank; records are in order.
func (o order) after(records []*record, at rank) int {
	i, _ := slices.BinarySearchFunc(records, at, func(r *record, at rank) int {
		if o.compare(o.rank(r), at) <= 0 {
			return -1
		}
		return 1
	})
	return i
}

// before is where the first record stands that does not come before a rank.
func (o order) before(records []*record, at rank) int {
	i, _ := slices.BinarySearchFunc(records, at, func(r *record, at rank) int { return o.compare(o.rank(r), at) })
	return i
}
