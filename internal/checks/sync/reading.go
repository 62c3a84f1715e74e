package sync

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/scenario"
)

// reading is what the traffic shows of how one list was read.
type reading struct {
	walk *oracle.Walk
	// total is how many objects the list holds, pages how many pages that makes, as they were asked for.
	total, pages int
	// size is the size of a page; times is how often each was asked for.
	size  int
	times map[page]int
	// values are those that were asked about, where the list gives the objects of many others at once.
	values map[string]bool
	// unread are the pages that are there, as far as the traffic shows, and that nobody asked for.
	unread []page
	// refused are the requests that sent a filter beside a cursor which takes none.
	refused []string
}

// page is one page of a list, counted from 1; about is the batch of values that it was asked for.
type page struct {
	about  string
	number int
}

// read finds the requests for one list in the traffic. Only answers of success count: what failed is asked for again.
func read(m *manifest.Manifest, traffic []scenario.Exchange, w *oracle.Walk) reading {
	next := m.API.Pagination.Next
	r := reading{walk: w, total: max(w.Total, len(w.Keys())), size: max(m.API.Pagination.Size.Default, 1), times: map[page]int{}, values: map[string]bool{}}
	match := manifest.MatchPath(m.BasePath() + pathOf(w))
	ahead := map[string]page{} // where cursors lead
	for _, x := range traffic {
		if x.Method != "GET" || !match.MatchString(x.Path) {
			continue
		}
		q, err := url.ParseQuery(x.Query)
		if err != nil {
			continue
		}
		cursor := q.Get(next.Param)
		at, ok := r.place(m, q, ahead)
		if ok && cursor != "" && x.Status/100 == 4 && next.From == "header_link" && len(foreign(m, q)) > 0 {
			r.refused = append(r.refused, fmt.Sprintf("%s %s -> %d", x.Method, x.URL(), x.Status))
		}
		if !ok || x.Status != 200 || x.Fault != "" {
			continue
		}
		if n, err := strconv.Atoi(q.Get(m.API.Pagination.Size.Param)); err == nil && n > 0 {
			r.size = n
		}
		r.times[at]++
		if b := w.List.Batch; b != nil && cursor == "" {
			for v := range strings.SplitSeq(q.Get(b.Param), ",") {
				r.values[v] = true
			}
		}
		switch further := linked(x, next.Param); {
		case next.From == "header_link" && further != "":
			ahead[further] = page{at.about, at.number + 1}
		case next.From != "header_link" && next.From != "number" && cursor != "":
			ahead[cursor] = at
		}
	}
	r.count(next, ahead)
	return r
}

// place says which page of the list a request asks for; ok is false where it asks for another list.
func (r *reading) place(m *manifest.Manifest, q url.Values, ahead map[string]page) (at page, ok bool) {
	next, list := m.API.Pagination.Next, r.walk.List
	cursor := q.Get(next.Param)
	if cursor != "" && next.From == "header_link" { // such a cursor carries the list's own parameters
		at, ok = ahead[cursor]
		return at, ok
	}
	at = page{number: max(next.First, 1)}
	if list.Batch != nil {
		at.about = q.Get(list.Batch.Param)
		q = maps.Clone(q)
		q.Del(list.Batch.Param)
	}
	if !oracle.SameList(m, list, q) {
		return page{}, false
	}
	switch known, seen := ahead[cursor]; {
	case cursor == "":
	case next.From == "number":
		if n, err := strconv.Atoi(cursor); err == nil {
			at.number = n
		}
	case seen:
		at = known
	default: // a cursor that nobody can follow has no number: pages count in the order in which their cursors were used
		at.number += len(ahead) + 1
	}
	return at, true
}

// count finds out how many pages there are and which of them nobody asked for.
func (r *reading) count(next manifest.Next, ahead map[string]page) {
	if next.From == "header_link" {
		for _, p := range ahead {
			if r.times[p] == 0 && !slices.Contains(r.unread, p) { // each answer may have a link of its own
				r.unread = append(r.unread, p)
			}
		}
		r.pages = len(r.times) + len(r.unread)
		return
	}
	if r.walk.List.Unpaged || r.walk.List.Batch != nil { // how many pages a batch makes nobody says
		r.pages = len(r.times)
		return
	}
	r.pages = (r.total + r.size - 1) / r.size
	for n := range r.pages {
		if p := (page{number: n + max(next.First, 1)}); r.times[p] == 0 && len(r.times) > 0 {
			r.unread = append(r.unread, p)
		}
	}
}

// several tells whether the list has more than one page.
func (r *reading) several() bool {
	if r.walk.List.Batch != nil {
		return slices.ContainsFunc(r.places(), func(p page) bool { return p.number > 1 })
	}
	return !r.walk.List.Unpaged && r.pages > 1
}

func (r *reading) places() []page {
	var all []page
	for p := range r.times {
		all = append(all, p)
	}
	return append(all, r.unread...)
}

// served is how many objects the answers held; known is false where the traffic does not tell.
func (r *reading) served() (n int, known bool) {
	switch {
	case len(r.times) == 0:
		return 0, true
	case len(r.unread) == 0:
		return r.total, true
	case r.walk.List.Batch != nil:
		return 0, false
	}
	for p := range r.times {
		first := (p.number - 1) * r.size
		n += max(0, min(r.size, r.total-first))
	}
	return n, true
}

// name is the list's, with the object that a fan-out asks it of.
func (r *reading) name() string {
	if r.walk.Parent == "" {
		return r.walk.Name
	}
	return r.walk.Name + " of " + r.walk.List.Each.Object + " " + r.walk.Parent
}

// pathOf is the path of a walk, with the fan-out's value in it.
func pathOf(w *oracle.Walk) string {
	if w.List.Each == nil {
		return w.List.Path
	}
	return strings.ReplaceAll(w.List.Path, "{"+w.List.Each.As+"}", w.Parent)
}

// foreign are the parameters of a request that must not stand beside its cursor.
func foreign(m *manifest.Manifest, q url.Values) []string {
	next := m.API.Pagination.Next
	if len(next.With) == 0 {
		return nil
	}
	var names []string
	for name := range q {
		if name != next.Param && !slices.Contains(next.With, name) {
			names = append(names, name)
		}
	}
	return names
}

// relNext finds the address of the next page in a Link header.
var relNext = regexp.MustCompile(`<([^>]*)>\s*;[^,<]*rel="?next"?`)

// linked is the cursor of the next page that an answer's Link header offers, empty where it offers none.
func linked(x scenario.Exchange, param string) string {
	found := relNext.FindStringSubmatch(x.ResponseHeader.Get("Link"))
	if found == nil {
		return ""
	}
	u, err := url.Parse(found[1])
	if err != nil {
		return ""
	}
	return u.Query().Get(param)
}
