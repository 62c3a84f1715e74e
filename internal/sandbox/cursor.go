package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/url"
	"slices"
)

// cursor is what a page_info carries: what the first request asked for, and the object that the page begins after. So
// a walk neither skips nor repeats what was there when it began, whatever comes and goes meanwhile.
type cursor struct {
	Path   string     `json:"p"`
	Params url.Values `json:"q,omitempty"`
	At     rank       `json:"a"`
	// Back asks for the page that ends before the object.
	Back bool `json:"r,omitempty"`
}

func (c cursor) String() string {
	b, _ := json.Marshal(c)
	return base64.RawURLEncoding.EncodeToString(b)
}

// fromStart gives the first page of a walk by cursor.
func (q *query) fromStart(size int) (*page, *refusal) {
	records, o, r := q.selected()
	if r != nil {
		return nil, r
	}
	return q.cut(records, o, 0, min(size, len(records))), nil
}

// byCursor gives the page that a cursor names; the filters are the first request's.
func (q *query) byCursor() (*page, *refusal) {
	next := q.manifest.API.Pagination.Next
	sent := q.params.Get(next.Param)
	for _, name := range sortedKeys(q.params) {
		if name != next.Param && len(next.With) > 0 && !slices.Contains(next.With, name) {
			return nil, &refusal{why: besideCursor, param: name}
		}
	}
	size, r := q.size()
	if r != nil {
		return nil, r
	}
	var c cursor
	data, err := base64.RawURLEncoding.DecodeString(sent)
	if err != nil || json.Unmarshal(data, &c) != nil || c.Path != q.URL.Path {
		return nil, &refusal{why: badCursor, param: next.Param, value: sent}
	}
	now := q.params
	if q.params = c.Params; q.params == nil {
		q.params = url.Values{}
	}
	for _, name := range q.manifest.API.Query.Partial { // which fields, each request says anew
		if delete(q.params, name); len(now[name]) > 0 {
			q.params[name] = now[name]
		}
	}
	records, o, r := q.selected()
	if r != nil {
		return nil, r
	}
	if c.Back {
		end := o.before(records, c.At)
		return q.cut(records, o, max(0, end-size), end), nil
	}
	start := o.after(records, c.At)
	return q.cut(records, o, start, min(start+size, len(records))), nil
}

// cut makes a page of a part of the records, with cursors to the pages around it.
func (q *query) cut(records []*record, o order, start, end int) *page {
	p := &page{records: records[start:end], total: len(records)}
	paging := q.manifest.API.Pagination
	filters := maps.Clone(q.params)
	maps.DeleteFunc(filters, func(name string, _ []string) bool {
		return name == paging.Next.Param || name == paging.Size.Param || slices.Contains(q.manifest.API.Query.Partial, name)
	})
	if start >= end {
		return p
	}
	if end < len(records) {
		p.next = cursor{Path: q.URL.Path, Params: filters, At: o.rank(records[end-1])}.String()
	}
	if start > 0 {
		p.prev = cursor{Path: q.URL.Path, Params: filters, At: o.rank(records[start]), Back: true}.String()
	}
	return p
}
