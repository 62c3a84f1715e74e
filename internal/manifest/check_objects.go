package manifest

import (
	"fmt"
	"slices"
	"strings"
)

const syncPrefix = "fetch_and_ingest_"

// checkObjects checks each object's own description; its tables and topics follow apart.
func (c *checker) checkObjects() {
	names, functions := c.unique("object"), c.unique("sync function")
	for i := range c.manifest.Objects {
		o, path := &c.manifest.Objects[i], index("objects", i)
		names.add(path+".name", o.Name)
		functions.add(path+".sync", o.Sync)
		if c.checkIdentifier(path+".name", o.Name) && o.Name == webhooksEnabled {
			c.at(path+".name", `"webhooks" is what a scope enables for registering webhooks`, "name the object otherwise")
		}
		if c.checkIdentifier(path+".sync", o.Sync) && o.Sync != "" && (!strings.HasPrefix(o.Sync, syncPrefix) || o.Sync == syncPrefix) {
			c.at(path+".sync", fmt.Sprintf("%q is not named %s*", o.Sync, syncPrefix), fmt.Sprintf("write %q", syncPrefix+o.Name))
		}
		c.checkEnabled(path+".scope", o.Scope, o.Name)
		c.checkComplete(path, o)
		c.checkLists(path, o)
		c.checkTimes(path, o)
		c.checkVolatile(path, o)
	}
}

// checkComplete reports what only an object without a protocol may lack.
func (c *checker) checkComplete(path string, o *Object) {
	if o.NotApplicable != "" {
		return
	}
	for _, key := range []string{"lists", "key", "fields"} {
		if !c.given(path + "." + key) {
			c.missing(path, key, fmt.Sprintf("key %q is missing", key), "only objects with not_applicable need none")
		}
	}
	if c.given(path+".lists") && len(o.Lists) == 0 {
		c.at(path+".lists", `"lists" must not be empty`, "only objects with not_applicable need none")
	}
	if c.given(path+".key") && len(o.Key) == 0 {
		c.at(path+".key", `"key" must not be empty`, "")
	}
}

// checkLists checks the object's routes.
func (c *checker) checkLists(path string, o *Object) {
	var fanOut []string
	for i, list := range o.Lists {
		fanOut = append(fanOut, c.checkList(index(path+".lists", i), o, list)...)
	}
	for i, list := range o.Alternatives {
		fanOut = append(fanOut, c.checkList(index(path+".alternatives", i), o, list)...)
	}
	if o.One == "" {
		return
	}
	place := path + ".one"
	c.checkRoute(place, o.One)
	if !slices.Contains(placeholders(o.One), "id") {
		c.at(place, "{id} is missing", "it stands for the object's id")
	}
	c.checkPlaceholders(place, o.One, append(fanOut, "id"))
}

// checkList checks one walk and returns the name of its fan-out value.
func (c *checker) checkList(path string, o *Object, list List) []string {
	c.checkRoute(path+".path", list.Path)
	c.checkPayloadPath(path+".at", list.At)
	if list.Each == nil {
		c.checkPlaceholders(path+".path", list.Path, nil)
		return nil
	}
	each := list.Each
	if c.declared(path+".each.object", each.Object) && each.Object == o.Name {
		c.at(path+".each.object", "an object's list cannot wait for that object's own list", "name another object")
	}
	c.checkIdentifier(path+".each.as", each.As)
	c.checkPayloadPath(path+".each.field", each.Field)
	if each.As == "" || list.Path == "" {
		return nil
	}
	if !slices.Contains(placeholders(list.Path), each.As) {
		c.at(path+".path", fmt.Sprintf("{%s} is missing", each.As), "each makes one walk per value, which the path must carry")
	}
	c.checkPlaceholders(path+".path", list.Path, []string{each.As})
	return []string{each.As}
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

// checkTimes checks what depends on time: the field of the last change, deletion.
func (c *checker) checkTimes(path string, o *Object) {
	if o.UpdatedAt != nil {
		c.checkPayloadPath(path+".updated_at.field", o.UpdatedAt.Field)
	}
	c.checkCondition(path+".deleted_when", o.DeletedWhen)
}

// checkCondition reports a condition that says nothing or two things.
func (c *checker) checkCondition(path string, condition *Condition) {
	if condition == nil {
		return
	}
	c.checkPayloadPath(path+".field", condition.Field)
	equals, not := c.given(path+".equals"), c.given(path+".not")
	if equals == not {
		if c.slips[path+".equals"] || c.slips[path+".not"] {
			return
		}
		c.at(path, "a condition has exactly one of equals and not", "")
		return
	}
	for _, key := range []string{"equals", "not"} {
		if c.given(path+"."+key) && condition.Equals+condition.Not == "" {
			c.at(path+"."+key, "must not be empty", "an empty value cannot be told from a missing one")
		}
	}
}

// checkVolatile checks the fields that are left out of comparison.
func (c *checker) checkVolatile(path string, o *Object) {
	fields := c.unique("field")
	for i, v := range o.Volatile {
		place := index(path+".volatile", i) + ".field"
		fields.add(place, v.Field)
		c.checkPayloadPath(place, v.Field)
		if slices.Contains(o.Key, v.Field) {
			c.at(place, fmt.Sprintf("%q identifies the object", v.Field), "what identifies an object cannot change from read to read")
		}
	}
}

// checkOrder reports objects that wait for each other: neither could be copied first.
func (c *checker) checkOrder() {
	type edge struct{ object, path string }
	edges := map[string][]edge{}
	for i, o := range c.manifest.Objects {
		path := index("objects", i)
		for j, list := range o.Lists {
			if list.Each != nil && list.Each.Object != o.Name {
				edges[o.Name] = append(edges[o.Name], edge{list.Each.Object, index(path+".lists", j) + ".each.object"})
			}
		}
		if o.Parent != nil {
			edges[o.Name] = append(edges[o.Name], edge{o.Parent.Object, path + ".parent.object"})
		}
	}
	const open, done = 1, 2
	state := map[string]int{}
	var walk func(name string, trail []string)
	walk = func(name string, trail []string) {
		state[name] = open
		trail = append(trail, name)
		for _, e := range edges[name] {
			switch state[e.object] {
			case open:
				cycle := append(slices.Clone(trail[slices.Index(trail, e.object):]), e.object)
				c.at(e.path, "objects wait for each other: "+strings.Join(cycle, " → "), "make one of them a reference")
			case done:
			default:
				walk(e.object, trail)
			}
		}
		state[name] = done
	}
	for _, o := range c.manifest.Objects {
		if state[o.Name] == 0 && o.Name != "" {
			walk(o.Name, nil)
		}
	}
}
