package manifest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// checkLists checks the object's routes.
func (c *checker) checkLists(path string, o *Object) {
	var fanOut []string
	for i, list := range o.Lists {
		fanOut = append(fanOut, c.checkList(index(path+".lists", i), o, list)...)
	}
	for i, list := range o.Alternatives {
		fanOut = append(fanOut, c.checkList(index(path+".alternatives", i), o, list)...)
	}
	c.checkOne(path, o, fanOut)
	if o.Count != nil {
		c.checkRoute(path+".count.path", o.Count.Path)
		c.checkPlaceholders(path+".count.path", o.Count.Path, nil)
		c.checkPayloadPath(path+".count.at", o.Count.At)
	}
	c.checkUnavailable(path+".unavailable", o.Unavailable)
}

// checkList checks one walk and returns the name of its fan-out value.
func (c *checker) checkList(path string, o *Object, list List) []string {
	c.checkRoute(path+".path", list.Path)
	c.checkPayloadPath(path+".at", list.At)
	if list.Batch != nil {
		c.checkBatch(path, o, list)
	}
	if list.Each == nil {
		c.checkPlaceholders(path+".path", list.Path, nil)
		return nil
	}
	each := list.Each
	c.checkWaits(path+".each", o, each.Object, each.Field)
	if parent, ok := c.manifest.Object(each.Object); ok && each.Changed && !changesKnown(parent) {
		c.at(path+".each.changed", fmt.Sprintf("which %s changed cannot be asked for", parent.Name),
			fmt.Sprintf("drop the key, or give %s what is incremental", parent.Name))
	}
	if c.checkIdentifier(path+".each.as", each.As) && "@"+each.As == Index {
		c.at(path+".each.as", fmt.Sprintf("%s is the place of a child in its array", Index), "name the value otherwise, e.g. order_id")
	}
	if each.As == "" || list.Path == "" {
		return nil
	}
	if !slices.Contains(placeholders(list.Path), each.As) {
		c.at(path+".path", fmt.Sprintf("{%s} is missing", each.As), "each makes one walk per value, which the path must carry")
	}
	c.checkPlaceholders(path+".path", list.Path, []string{each.As})
	return []string{each.As}
}

// checkWaits checks what a list takes from another object.
func (c *checker) checkWaits(path string, o *Object, object, field string) {
	if !c.checkPayloadPath(path+".field", field) || !c.declared(path+".object", object) {
		return
	}
	if object == o.Name {
		c.at(path+".object", "an object's list cannot wait for that object's own list", "name another object")
		return
	}
	other, _ := c.manifest.Object(object)
	if other.NotApplicable != "" && o.NotApplicable == "" {
		c.at(path+".object", fmt.Sprintf("%s is not applicable, so this list can never be read", object), "")
		return
	}
	known := append(slices.Clone(other.Key), paths("", other.Fields, nil)...)
	if field != "" && len(other.Key) > 0 && !slices.Contains(known, field) {
		c.at(path+".field", fmt.Sprintf("%s has no field %q", object, shorten(field, 60)), suggest(field, known))
	}
}

// changesKnown tells whether an incremental sync can know which objects changed.
func changesKnown(o *Object) bool {
	return o.Incremental != nil || slices.ContainsFunc(o.Lists, func(l List) bool { return l.Each != nil && l.Each.Changed })
}

// checkBatch checks a list that is told whose objects it gives.
func (c *checker) checkBatch(path string, o *Object, list List) {
	batch := list.Batch
	if list.Each != nil {
		c.at(path+".batch", "a list has one of each and batch", "each puts one value into the path, batch many into a parameter")
		return
	}
	c.checkWaits(path+".batch", o, batch.Object, batch.Field)
	if c.given(path+".batch.max") && batch.Max < 1 {
		c.at(path+".batch.max", "a batch has one value at least", "write how many values the provider takes at once")
	}
	p := c.manifest.API.Pagination
	taken := slices.DeleteFunc(append(slices.Sorted(maps.Keys(list.Params)), p.Size.Param, p.Next.Param), func(s string) bool { return s == "" })
	if slices.Contains(taken, batch.Param) {
		c.at(path+".batch.param", fmt.Sprintf("parameter %q carries something else already", batch.Param), "name the parameter that takes the values")
	}
}

// checkOne checks the route to a single object.
func (c *checker) checkOne(path string, o *Object, fanOut []string) {
	c.checkPayloadPath(path+".one_at", o.OneAt)
	if o.One == "" {
		if o.OneAt != "" {
			c.at(path+".one_at", "there is no route whose answer this could be in", "add one: /…/{id}, or drop the key")
		}
		return
	}
	place := path + ".one"
	c.checkRoute(place, o.One)
	if !slices.Contains(placeholders(o.One), "id") {
		c.at(place, "{id} is missing", "it stands for the object's id")
	}
	c.checkPlaceholders(place, o.One, append(fanOut, "id"))
	if len(o.Key) > 1 {
		c.at(place, fmt.Sprintf("a key of %d fields does not fit into {id}", len(o.Key)), "drop the key: such objects are read by their lists")
	}
}

// byID tells whether an object can be read when nothing but its id is known.
func byID(o Object) bool { return slices.Equal(placeholders(o.One), []string{"id"}) }

// checkUnavailable checks the answer that says that an account lacks a feature: it must not be one that says more.
func (c *checker) checkUnavailable(path string, u *Unavailable) {
	if u == nil || !c.given(path+".status") {
		return
	}
	limits := slices.ContainsFunc(c.manifest.API.RateLimits, func(l RateLimit) bool { return l.Status == u.Status })
	switch {
	case u.Status < 400 || u.Status > 499:
		c.at(path+".status", fmt.Sprintf("%d does not say that something is not there", u.Status), "404 and 403 are usual")
	case u.Status == http.StatusUnauthorized:
		c.at(path+".status", "401 says that the credential is no good", "404 and 403 are usual")
	case limits || u.Status == http.StatusTooManyRequests:
		c.at(path+".status", fmt.Sprintf("%d asks the caller to slow down", u.Status), "404 and 403 are usual")
	}
}

// checkRoute reports a path that cannot be joined to the base URL.
func (c *checker) checkRoute(path, route string) {
	switch {
	case route == "":
	case !strings.HasPrefix(route, "/"):
		c.at(path, fmt.Sprintf("%q does not begin with a slash", shorten(route, 60)), "write the path below the base URL")
	case strings.ContainsAny(route, "?#"):
		c.at(path, fmt.Sprintf("%q carries a query", shorten(route, 60)), "move it to params")
	}
}
