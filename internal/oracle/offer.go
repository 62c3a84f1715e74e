// Package oracle computes the rows that must exist from what the source offered: never from the target, and never
// from what the target happened to ask for.
package oracle

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"

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
	// Count is the source's own count of the population, asked for apart; -1 where it does not say.
	Count int
	// Unavailable is the manifest's reason where the source answered that the account does not have the object.
	Unavailable string
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

func newOffer(m *manifest.Manifest) *Offer {
	o := &Offer{Manifest: m, Populations: make(map[string]*Population, len(m.Objects))}
	for i := range m.Objects {
		obj := &m.Objects[i]
		o.Populations[obj.Name] = &Population{Object: obj, Items: map[string]*Item{}, Count: -1}
	}
	return o
}

// Collect gathers what the answers offer.
func Collect(m *manifest.Manifest, answers []Answer) (*Offer, error) {
	o := newOffer(m)
	pages := newPages(m, answers)
	for i := range m.Objects {
		p := o.Populations[m.Objects[i].Name]
		for _, list := range p.Object.Lists {
			if err := o.collect(p, list, pages); err != nil {
				return nil, err
			}
		}
	}
	o.unread()
	if err := o.Counted(answers); err != nil {
		return nil, err
	}
	for _, p := range o.Populations {
		if p.Count >= 0 && p.Count != len(p.Items) && !o.gap(p.Object.Name) {
			o.Incomplete = append(o.Incomplete, Gap{p.Object.Name, fmt.Sprintf("the lists of %s hold %d objects, but %s counts %d",
				p.Object.Name, len(p.Items), p.Object.Count.Path, p.Count)})
		}
	}
	slices.SortStableFunc(o.Incomplete, func(a, b Gap) int { return o.place(a.Object) - o.place(b.Object) })
	return o, nil
}

// gap tells whether it is known of an object that the answers do not hold it whole.
func (o *Offer) gap(object string) bool {
	return slices.ContainsFunc(o.Incomplete, func(g Gap) bool { return g.Object == object })
}

func (o *Offer) place(object string) int {
	return slices.IndexFunc(o.Manifest.Objects, func(obj manifest.Object) bool { return obj.Name == object })
}

// add makes an object part of its population. What two lists offer is one object.
func (p *Population) add(item *Item) {
	if p.Items[item.Key] == nil {
		p.Keys = append(p.Keys, item.Key)
	}
	p.Items[item.Key] = item
}

// unread notes the lists of which there is no answer at all.
func (o *Offer) unread() {
	for i := range o.Manifest.Objects {
		obj := &o.Manifest.Objects[i]
		p := o.Populations[obj.Name]
		if obj.NotApplicable != "" || p.Unavailable != "" {
			continue
		}
		for _, list := range obj.Lists {
			if what := o.unasked(p, list); what != "" {
				o.Incomplete = append(o.Incomplete, Gap{obj.Name, what})
			}
		}
	}
}

// unasked says what the answers lack of one list, empty where they lack nothing.
func (o *Offer) unasked(p *Population, list manifest.List) string {
	var other, field, asked string
	switch {
	case list.Each != nil:
		other, field, asked = list.Each.Object, list.Each.Field, "of"
	case list.Batch != nil:
		other, field, asked = list.Batch.Object, list.Batch.Field, "about"
	case slices.ContainsFunc(p.Walks, func(w *Walk) bool { return w.Name == listName(list) }):
		return ""
	default:
		return fmt.Sprintf("there is no answer for %s", listName(list))
	}
	read := map[string]bool{}
	for _, w := range p.Walks {
		if w.Name == listName(list) {
			read[w.Parent] = true
			for _, v := range w.asked {
				read[v] = true
			}
		}
	}
	values := o.values(other, field)
	missing := 0
	for _, v := range values {
		if !read[v] {
			missing++
		}
	}
	if missing == 0 {
		return ""
	}
	return fmt.Sprintf("there are answers for %s %s %d of %d %s", listName(list), asked, len(values)-missing, len(values), other)
}

// values are the values of a field of all offered objects of a kind, each once; objects without one are left out.
func (o *Offer) values(object, field string) []string {
	p := o.Populations[object]
	if p == nil {
		return nil
	}
	var values []string
	seen := map[string]bool{}
	for _, key := range p.Keys {
		v, ok := lookup(p.Items[key].Body, p.Items[key].Context, field)
		if !ok || v == nil {
			continue
		}
		if text, err := scalar(v); err == nil && text != "" && !seen[text] {
			seen[text] = true
			values = append(values, text)
		}
	}
	return values
}
