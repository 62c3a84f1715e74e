package manifest

import (
	"fmt"
	"slices"
	"strings"
)

// route is one topic of one object, and where that stands.
type route struct {
	path, object string
	topic        Topic
}

// checkTopics checks the topics of all objects together: a delivery must have one object it belongs to.
func (c *checker) checkTopics() {
	routes := map[string][]route{}
	for i, o := range c.manifest.Objects {
		for j, t := range o.Webhooks {
			path := index(index("objects", i)+".webhooks", j)
			c.checkTopic(path, o, t)
			if t.Topic != "" {
				routes[t.Topic] = append(routes[t.Topic], route{path, o.Name, t})
			}
		}
	}
	for name, served := range routes {
		c.checkRoutes(name, served)
	}
}

// checkRoutes checks that the routes of one topic can be told apart. Elements go with the route of their parent and take
// nothing from it.
func (c *checker) checkRoutes(name string, served []route) {
	lines := map[string]int{}
	rivals := 0
	for _, r := range served {
		line := c.places[r.path].Line
		// Routes without a condition are alike within one object; between objects they lack the condition.
		what, label := "object "+r.object, name
		if r.topic.When != nil {
			what, label = condition(*r.topic.When), fmt.Sprintf("%s when %s", name, condition(*r.topic.When))
		}
		if first, twice := lines[what]; twice {
			c.at(r.path, fmt.Sprintf("topic %q is there twice", label), fmt.Sprintf("the first is on line %d", first))
			continue
		}
		lines[what] = line
		if r.topic.Payload != elements {
			rivals++
		}
	}
	// A payload of keys alone carries no field to route by: such a delivery belongs to whichever object has that key.
	for _, r := range served {
		if rivals > 1 && r.topic.When == nil && r.topic.Payload != "key" && r.topic.Payload != elements {
			c.at(r.path, fmt.Sprintf("topic %q has %d routes, and this one says not when it applies", name, rivals),
				"add when: {field: …, equals: …}, or payload: key where only ids come")
		}
	}
}

// The payloads that are not the object itself.
const (
	reference = "reference"
	elements  = "elements"
)

func (c *checker) checkTopic(path string, o Object, t Topic) {
	c.inCatalogue(c.topics, path+".topic", "topic", t.Topic)
	c.checkCondition(path+".when", t.When)
	c.checkTopicScope(path, o, t)
	if t.Event == Delete && !c.given(path+".payload") {
		c.at(path, fmt.Sprintf("topic %q tells of deletes and must say what it carries", t.Topic), "add payload: key (the identifying fields alone) or payload: object")
	}
	if t.Payload == "key" && t.When != nil && !slices.Contains(o.Key, t.When.Field) {
		c.at(path+".when", fmt.Sprintf("a payload of keys alone has no field %q", t.When.Field), "drop when, or write payload: object")
	}
	c.checkReread(path, o, t)
	c.checkElements(path, o, t)
	c.checkPayloadPath(path+".at", t.At)
	inside := t.Payload == reference || t.Payload == elements
	switch {
	case inside && !c.given(path+".at"):
		c.missing(path, "at", fmt.Sprintf("payload %q needs at", t.Payload), "add at: the path in the body of the id or of the array")
	case inside && t.At == "":
		c.at(path+".at", `"at" must not be empty`, "")
	case !inside && t.At != "":
		c.at(path+".at", fmt.Sprintf("a payload that is the %s has nothing inside to look for", t.Payload), "drop the key, or write payload: reference or payload: elements")
	}
	if t.Payload == elements {
		c.checkMost(path, t.Most)
	} else if c.given(path + ".most") {
		c.at(path+".most", "only payloads of elements have an array that could be cut", "drop the key")
	}
}

// checkTopicScope checks what subscribing needs, against the scopes and against the provider's own list.
func (c *checker) checkTopicScope(path string, o Object, t Topic) {
	scope, place := o.Scope, path
	if t.Scope != "" {
		scope, place = t.Scope, path+".scope"
		c.checkEnabled(place, scope, o.Name)
	}
	if c.topics == nil || scope == "" {
		return
	}
	if enough := c.topics.notes[t.Topic]; len(enough) > 0 && !slices.Contains(enough, scope) {
		c.at(place, fmt.Sprintf("topic %q needs scope %s, not %q (%s)", t.Topic, strings.Join(enough, " or "), scope, c.topics.file),
			fmt.Sprintf("write scope: %s", enough[0]))
	}
}

// checkReread checks the topics after which the object has to be read: nothing but its id is known then.
func (c *checker) checkReread(path string, o Object, t Topic) {
	switch {
	case t.Payload == reference && t.Event == Delete:
		c.at(path+".payload", "what is deleted cannot be read anew", "write payload: key where the body has the identifying fields")
	case t.Payload == reference && !byID(o):
		c.at(path+".payload", "a payload that only refers to the object needs a way to read it by its id", "give the object one: /…/{id}")
	case t.Payload == "key" && t.Event != "" && t.Event != Delete && !byID(o):
		c.at(path+".payload", fmt.Sprintf("a %s that carries keys alone needs a way to read the object", t.Event), "give the object one: /…/{id}")
	}
}

// checkElements checks a topic that tells of an object within its parent.
func (c *checker) checkElements(path string, o Object, t Topic) {
	if t.Payload != elements {
		return
	}
	if t.Event == Delete || t.Event == Restore {
		c.at(path+".event", fmt.Sprintf("elements tell of a create or an update, not of a %s", t.Event), "an element that is gone is known by its absence")
	}
	if t.When != nil {
		c.at(path+".when", "elements go with their parent's route, whichever that is", "drop when")
	}
	if o.Parent == nil {
		c.at(path+".payload", "whose elements these are is not known", "give the object a parent")
		return
	}
	parent, ok := c.manifest.Object(o.Parent.Object)
	whole := func(own Topic) bool { return own.Topic == t.Topic && own.Payload == "object" }
	if ok && t.Topic != "" && !slices.ContainsFunc(parent.Webhooks, whole) {
		c.at(path+".topic", fmt.Sprintf("topic %q does not carry %s, of which these are elements", t.Topic, parent.Name), fmt.Sprintf("add the topic to %s", parent.Name))
	}
}

func condition(w Condition) string {
	if w.Not != "" {
		return w.Field + " is not " + w.Not
	}
	return w.Field + " is " + w.Equals
}
