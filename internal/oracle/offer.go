// Package oracle computes the rows that must exist from what the source offered: never from the target, and never
// from what the target happened to ask for.
package oracle

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
)

// Answer is one response that the source has on offer.
type Answer struct {
	Method string
	URL    *url.URL
	Status int
	Header http.Header
	Body   []byte
	// Ref says where it stands, e.g. "backfill-orders#3".
	Ref string
}

// Item is one object as a list offered it.
type Item struct {
	Key  string
	Body map[string]any
	// Context are the values of the fan-out, such as the order of a note.
	Context map[string]string
	Ref     string
}

// Population is all that one object's lists offered.
type Population struct {
	Object *manifest.Object
	Items  map[string]*Item
	// Keys are the items' keys in the order offered.
	Keys []string
	// Walks are the lists that were found among the answers.
	Walks []*Walk
}

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
}

// Offer is everything on offer in one phase.
type Offer struct {
	Manifest    *manifest.Manifest
	Populations map[string]*Population
	// Incomplete are the lists that the answers do not hold whole. What they hold of one is not part of the
	// populations: a list that was only begun says nothing about what must exist.
	Incomplete []Gap
}

// Gap is a list that the answers hold in part or not at all.
type Gap struct {
	Object string
	// What says it in one sentence.
	What string
}

func (g Gap) String() string { return g.What }

// Collect gathers what the answers offer.
func Collect(m *manifest.Manifest, answers []Answer) (*Offer, error) {
	base := m.BasePath()
	o := &Offer{Manifest: m, Populations: make(map[string]*Population, len(m.Objects))}
	for i := range m.Objects {
		obj := &m.Objects[i]
		p := &Population{Object: obj, Items: map[string]*Item{}}
		o.Populations[obj.Name] = p
		for _, list := range obj.Lists {
			if err := o.collect(p, list, base, answers); err != nil {
				return nil, err
			}
		}
	}
	o.unread()
	return o, nil
}

// unread notes the lists of which there is no answer at all.
func (o *Offer) unread() {
	for i := range o.Manifest.Objects {
		obj := &o.Manifest.Objects[i]
		for _, list := range obj.Lists {
			if obj.NotApplicable != "" {
				continue
			}
			read := map[string]bool{}
			for _, w := range o.Populations[obj.Name].Walks {
				if w.Name == listName(list) {
					read[w.Parent] = true
				}
			}
			if list.Each == nil {
				if len(read) == 0 {
					o.Incomplete = append(o.Incomplete, Gap{obj.Name, fmt.Sprintf("there is no answer for %s", listName(list))})
				}
				continue
			}
			parents := o.Populations[list.Each.Object].Keys
			missing := 0
			for _, key := range parents {
				if !read[key] {
					missing++
				}
			}
			if missing > 0 {
				o.Incomplete = append(o.Incomplete, Gap{obj.Name, fmt.Sprintf("there are answers for %s of %d of %d %s",
					listName(list), len(parents)-missing, len(parents), list.Each.Object)})
			}
		}
	}
}

// collect adds what one list's answers offer.
func (o *Offer) collect(p *Population, list manifest.List, base string, answers []Answer) error {
	match := MatchPath(base + list.Path)
	walks := map[string]*Walk{}
	for _, a := range answers {
		if a.Method != http.MethodGet || a.Status != http.StatusOK || !match.MatchString(a.URL.Path) ||
			!SameList(o.Manifest, list, a.URL.Query()) {
			continue
		}
		parent := ""
		if list.Each != nil {
			parent = match.FindStringSubmatch(a.URL.Path)[match.SubexpIndex(list.Each.As)]
		}
		w := walks[parent]
		if w == nil {
			w = &Walk{Name: listName(list), List: list, Total: -1, Parent: parent, items: map[string]*Item{}}
			walks[parent] = w
			p.Walks = append(p.Walks, w)
		}
		if err := o.page(p, w, a); err != nil {
			return fmt.Errorf("reading %s (%s): %w", a.URL, a.Ref, err)
		}
	}
	for _, w := range p.Walks {
		if walks[w.Parent] != w {
			continue // another list's walk
		}
		if w.Total >= 0 && len(w.items) != w.Total {
			o.Incomplete = append(o.Incomplete, Gap{p.Object.Name,
				fmt.Sprintf("the answers for %s hold %d objects, but the source counted %d", w.Name, len(w.items), w.Total)})
			continue
		}
		for _, key := range w.keys {
			if p.Items[key] == nil {
				p.Keys = append(p.Keys, key)
			}
			p.Items[key] = w.items[key]
		}
	}
	return nil
}

// page adds one page to a walk.
func (o *Offer) page(p *Population, w *Walk, a Answer) error {
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
		key, ok := keyOf(body, p.Object.Key)
		if !ok {
			return fmt.Errorf("an object without its key %v", p.Object.Key)
		}
		if w.items[key] != nil {
			continue // a phase shows one state: another reading of the object says nothing new
		}
		w.keys = append(w.keys, key)
		w.items[key] = &Item{Key: key, Body: body, Context: context, Ref: a.Ref}
	}
	return nil
}

// MatchPath returns an expression for a path with {placeholders}, each of which is a group of that name.
func MatchPath(path string) *regexp.Regexp {
	var b strings.Builder
	b.WriteByte('^')
	seen := map[string]bool{}
	for path != "" {
		before, rest, ok := strings.Cut(path, "{")
		b.WriteString(regexp.QuoteMeta(before))
		if !ok {
			break
		}
		var name string
		name, path, _ = strings.Cut(rest, "}")
		// A name that an expression cannot have, or has already, makes a group without one.
		if seen[name] || !groupName(name) {
			b.WriteString("([^/]+)")
			continue
		}
		seen[name] = true
		b.WriteString("(?P<" + name + ">[^/]+)")
	}
	b.WriteByte('$')
	return regexp.MustCompile(b.String())
}

func groupName(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// SameList tells whether a request's parameters ask for the list: its own parameters and, besides, only ones that
// say how to walk it.
func SameList(m *manifest.Manifest, list manifest.List, q url.Values) bool {
	rest := map[string]string{}
	for name, values := range q {
		name, _, _ = strings.Cut(name, "[")
		rest[name] = values[len(values)-1]
	}
	if slices.ContainsFunc(m.API.Query.Partial, func(p string) bool { _, ok := rest[p]; return ok }) {
		return false
	}
	for name, want := range list.Params {
		if rest[name] != want {
			return false
		}
		delete(rest, name)
	}
	page := m.API.Pagination
	for name := range rest {
		_, ordering := page.Order[name]
		_, fallback := m.API.Query.Defaults[name]
		if !ordering && !fallback && name != page.Next.Param && name != page.Size.Param &&
			!slices.Contains(m.API.Auth.Credentials, name) {
			return false
		}
	}
	return true
}

func listName(l manifest.List) string {
	q := url.Values{}
	for k, v := range l.Params {
		q.Set(k, v)
	}
	if len(q) == 0 {
		return l.Path
	}
	return l.Path + "?" + q.Encode()
}

// elements returns the objects of a list's body.
func elements(body []byte, at string) ([]map[string]any, error) {
	v, err := canonical.Decode(body)
	if err != nil {
		return nil, err
	}
	if at != "" {
		root, _ := v.(map[string]any)
		v, _ = lookup(root, nil, at)
	}
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("there is no array at %q", at)
	}
	out := make([]map[string]any, len(list))
	for i, e := range list {
		if out[i], ok = e.(map[string]any); !ok {
			return nil, fmt.Errorf("element %d is no object", i)
		}
	}
	return out, nil
}
