package oracle

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Walk is one list and what its pages hold.
type Walk struct {
	// Name is the list's path and parameters, e.g. "/orders?status=any".
	Name string
	List manifest.List
	// Total is what the source itself says the list holds; -1 where it does not say.
	Total int
	// Parent is the fan-out's value, for lists with one walk per parent.
	Parent string

	items map[string]*Item
	keys  []string
	// asked are the values that a list was asked about which gives the objects of many others at once.
	asked []string
	// whole is set when some way through the list came to its end, broken says where others stopped.
	whole  bool
	broken []string
}

func newWalk(list manifest.List, parent string) *Walk {
	return &Walk{Name: listName(list), List: list, Total: -1, Parent: parent, items: map[string]*Item{}}
}

// Keys are the keys of all that the walk offered, in its order.
func (w *Walk) Keys() []string { return slices.Clone(w.keys) }

// collect adds what one list's answers offer.
func (o *Offer) collect(p *Population, list manifest.List, pages *pages) error {
	match := manifest.MatchPath(o.Manifest.BasePath() + list.Path)
	walks := map[string]*Walk{}
	var inOrder []*Walk
	lacking := false
	for i := range pages.answers {
		a := &pages.answers[i]
		if a.Method != http.MethodGet || !match.MatchString(a.URL.Path) || !SameList(o.Manifest, list, a.URL.Query()) {
			continue
		}
		if a.Status != http.StatusOK {
			lacking = lacking || p.Object.Unavailable != nil && a.Status == p.Object.Unavailable.Status
			continue
		}
		parent := ""
		if list.Each != nil {
			parent = match.FindStringSubmatch(a.URL.Path)[match.SubexpIndex(list.Each.As)]
		}
		w := walks[parent]
		if w == nil {
			w = newWalk(list, parent)
			walks[parent] = w
			inOrder = append(inOrder, w)
		}
		if list.Batch != nil {
			w.asked = append(w.asked, strings.Split(a.URL.Query().Get(list.Batch.Param), ",")...)
		}
		if err := o.follow(p, w, a, pages); err != nil {
			return err
		}
	}
	p.Walks = append(p.Walks, inOrder...)
	if lacking && len(p.Walks) == 0 {
		p.Unavailable = p.Object.Unavailable.Why
	}
	for _, w := range inOrder {
		if what := w.gap(); what != "" {
			o.Incomplete = append(o.Incomplete, Gap{p.Object.Name, what})
			continue
		}
		for _, key := range w.keys {
			p.add(w.items[key])
		}
	}
	return nil
}

// gap says what is missing of a list, empty where nothing is.
func (w *Walk) gap() string {
	switch {
	case w.Total >= 0 && len(w.items) != w.Total:
		return fmt.Sprintf("the answers for %s hold %d objects, but the source counted %d", w.Name, len(w.items), w.Total)
	case len(w.broken) > 0 && (!w.whole || w.List.Batch != nil):
		return fmt.Sprintf("the answers for %s break off: %s", w.Name, w.broken[0])
	}
	return ""
}

// follow adds a page to a walk, and those that its links lead to.
func (o *Offer) follow(p *Population, w *Walk, first *Answer, pages *pages) error {
	chain, broken := pages.chain(first)
	for _, a := range chain {
		if err := o.page(p, w, a); err != nil {
			return fmt.Errorf("reading %s (%s): %w", a.URL, a.Ref, err)
		}
	}
	if broken != "" {
		w.broken = append(w.broken, broken)
	} else {
		w.whole = true
	}
	return nil
}

// page adds one page to a walk.
func (o *Offer) page(p *Population, w *Walk, a *Answer) error {
	items, err := elements(a.Body, w.List.At)
	if err != nil {
		return err
	}
	// Past its end a list's total may be 0 (orders and refunds of WooCommerce): only pages with objects count.
	if n, err := strconv.Atoi(a.Header.Get(o.Manifest.API.Pagination.TotalHeader)); err == nil && (len(items) > 0 || w.Total < 0) {
		w.Total = max(w.Total, n)
	}
	context := map[string]string{}
	if w.List.Each != nil {
		context[w.List.Each.As] = w.Parent
	}
	for _, body := range items {
		key, ok := keyOf(body, context, p.Object.Key)
		if !ok {
			return fmt.Errorf("an object without its key %v", p.Object.Key)
		}
		w.add(&Item{Key: key, Body: body, Context: context, Ref: a.Ref})
	}
	return nil
}

// add notes an object. A phase shows one state: another reading of the object says nothing new.
func (w *Walk) add(item *Item) {
	if w.items[item.Key] == nil {
		w.keys = append(w.keys, item.Key)
		w.items[item.Key] = item
	}
}
