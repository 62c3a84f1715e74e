package sandbox

import (
	"bytes"
	"net/url"
	"slices"
	"strconv"

	"github.com/syncspec/syncspec/internal/manifest"
)

// page is one page of a list.
type page struct {
	records []*record
	// total is how many objects the list has; number and pages are the page's number and how many there are, where they
	// are numbered.
	total, number, pages int
	// next and prev are the pages after and before it as they are asked for: values of the paging's parameter, empty
	// where there is none.
	next, prev string
	// whole says that the list comes at once.
	whole bool
}

// page finds the page that a request asks for.
func (q *query) page() (*page, *refusal) {
	from := q.manifest.API.Pagination.Next
	if from.From == "header_link" && q.has(from.Param) {
		return q.byCursor()
	}
	if !q.paged() {
		records, _, r := q.selected()
		return &page{records: records, total: len(records), whole: true}, r
	}
	size, r := q.size()
	if r != nil {
		return nil, r
	}
	switch from.From {
	case "header_link":
		return q.fromStart(size)
	case "last_id", "offset":
		return q.fromPlace(size)
	}
	return q.byNumber(size)
}

// paged tells whether the list comes in pages.
func (q *query) paged() bool {
	return !slices.ContainsFunc(q.route.lists, func(l manifest.List) bool { return l.Unpaged })
}

// size is how many objects the request wants per page.
func (q *query) size() (int, *refusal) {
	s := q.manifest.API.Pagination.Size
	if !q.has(s.Param) {
		if s.Default > 0 {
			return s.Default, nil
		}
		return s.Max, nil
	}
	sent := q.params.Get(s.Param)
	n, err := strconv.Atoi(sent)
	if err != nil || n < 1 || n > s.Max {
		return 0, &refusal{why: badSize, param: s.Param, value: sent}
	}
	return n, nil
}

// byNumber counts pages up.
func (q *query) byNumber(size int) (*page, *refusal) {
	from := q.manifest.API.Pagination.Next
	number := from.First
	if q.has(from.Param) {
		sent := q.params.Get(from.Param)
		n, err := strconv.Atoi(sent)
		if err != nil || n < from.First {
			return nil, &refusal{why: badPage, param: from.Param, value: sent}
		}
		number = n
	}
	records, _, r := q.selected()
	if r != nil {
		return nil, r
	}
	p := &page{total: len(records), number: number, pages: (len(records) + size - 1) / size}
	start := min(number-from.First, p.pages) * size
	if skip, ok := q.account.provider.skip(q); ok {
		start = skip
	}
	start = min(start, len(records))
	p.records = records[start:min(start+size, len(records))]
	if last := p.pages - 1 + from.First; number < last {
		p.next = strconv.Itoa(number + 1)
	}
	if number > from.First {
		p.prev = strconv.Itoa(min(number-1, p.pages-1+from.First))
	}
	return p, nil
}

// fromPlace begins after an object, or after a number of objects.
func (q *query) fromPlace(size int) (*page, *refusal) {
	from := q.manifest.API.Pagination.Next
	records, _, r := q.selected()
	if r != nil {
		return nil, r
	}
	start := 0
	if sent := q.params.Get(from.Param); sent != "" {
		if from.From == "offset" {
			n, err := strconv.Atoi(sent)
			if err != nil || n < 0 {
				return nil, &refusal{why: badPage, param: from.Param, value: sent}
			}
			start = min(n, len(records))
		} else {
			i := slices.IndexFunc(records, func(r *record) bool { return r.key == sent })
			if i < 0 {
				return nil, &refusal{why: badCursor, param: from.Param, value: sent}
			}
			start = i + 1
		}
	}
	p := &page{total: len(records), records: records[start:min(start+size, len(records))]}
	if end := start + len(p.records); end < len(records) {
		p.next = strconv.Itoa(end)
		if from.From == "last_id" {
			p.next = p.records[len(p.records)-1].key
		}
	}
	return p, nil
}

// body is the page as it goes over the wire.
func (p *page) body(q *query) []byte {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, r := range p.records {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(q.show(r))
	}
	b.WriteByte(']')
	return wrap(q.route.lists[0].At, b.Bytes())
}

// link is the address of another page of the list: that of the request with the parameter's value replaced.
func (q *query) link(value string) string {
	from := q.manifest.API.Pagination.Next
	params := url.Values{}
	for name, v := range q.URL.Query() {
		if len(from.With) == 0 || slices.Contains(from.With, name) {
			params[name] = v
		}
	}
	params.Set(from.Param, value)
	return q.account.config.URL + q.URL.EscapedPath() + "?" + params.Encode()
}
