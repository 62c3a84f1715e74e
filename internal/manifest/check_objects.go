package manifest

import (
	"fmt"
	"slices"
	"strings"
)

const syncPrefix = "fetch_and_ingest_"

// checkObjects checks each object's own description; its tables and topics follow apart.
func (c *checker) checkObjects() {
	names := c.unique("object")
	for i := range c.manifest.Objects {
		o, path := &c.manifest.Objects[i], index("objects", i)
		names.add(path+".name", o.Name)
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
	applicable := func(o Object) bool { return o.NotApplicable == "" }
	if all := c.manifest.Objects; len(all) > 0 && !slices.ContainsFunc(all, applicable) {
		c.at("objects", "no object is applicable, so there is nothing to copy", "")
	}
}

// checkComplete reports what only an object without a protocol may lack.
func (c *checker) checkComplete(path string, o *Object) {
	if o.NotApplicable != "" {
		return
	}
	for _, key := range []string{"lists", "key", "table", "fields"} {
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
	if c.given(path+".table") && o.Table == "" {
		c.at(path+".table", `"table" must not be empty`, "")
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
			place := index(path+".lists", j)
			if list.Each != nil && list.Each.Object != o.Name {
				edges[o.Name] = append(edges[o.Name], edge{list.Each.Object, place + ".each.object"})
			}
			if list.Batch != nil && list.Each == nil && list.Batch.Object != o.Name {
				edges[o.Name] = append(edges[o.Name], edge{list.Batch.Object, place + ".batch.object"})
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
