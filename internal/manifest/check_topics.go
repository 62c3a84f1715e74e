package manifest

import (
	"fmt"
	"slices"
	"strings"
	"time"
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

// checkRoutes checks that the routes of one topic can be told apart.
func (c *checker) checkRoutes(name string, served []route) {
	lines := map[string]int{}
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
	}
	// A payload of keys alone carries no field to route by: such a delivery belongs to whichever object has that key.
	for _, r := range served {
		if len(lines) > 1 && r.topic.When == nil && r.topic.Payload != "key" {
			c.at(r.path, fmt.Sprintf("topic %q has %d routes, and this one says not when it applies", name, len(lines)),
				"add when: {field: …, equals: …}, or payload: key where only ids come")
		}
	}
}

func (c *checker) checkTopic(path string, o Object, t Topic) {
	c.inCatalogue(c.topics, path+".topic", "topic", t.Topic)
	c.checkCondition(path+".when", t.When)
	if t.Event == Delete && !c.given(path+".payload") {
		c.at(path, fmt.Sprintf("topic %q tells of deletes and must say what it carries", t.Topic), "add payload: key (the identifying fields alone) or payload: object")
	}
	if t.Payload == "key" && t.Event != "" && t.Event != Delete && o.One == "" {
		c.at(path+".payload", fmt.Sprintf("a %s that carries keys alone needs a way to read the object", t.Event), "give the object one: /…/{id}")
	}
	if t.Payload == "key" && t.When != nil && !slices.Contains(o.Key, t.When.Field) {
		c.at(path+".when", fmt.Sprintf("a payload of keys alone has no field %q", t.When.Field), "drop when, or write payload: object")
	}
}

func condition(w Condition) string {
	if w.Not != "" {
		return w.Field + " is not " + w.Not
	}
	return w.Field + " is " + w.Equals
}

// signable are the parts that a signature may cover.
func signable() []string { return []string{"body", "timestamp", "url", "delivery_id"} }

// checkWebhooks checks deliveries and registration.
func (c *checker) checkWebhooks() {
	w := c.manifest.Webhooks
	const signs = "webhooks.signature.signs"
	c.eachAlike(signs, "part", w.Signature.Signs)
	for i, part := range w.Signature.Signs {
		if part != "" && !slices.Contains(signable(), part) {
			c.at(index(signs, i), fmt.Sprintf("%q is not a part that can be signed", part), oneOf(part, signable()))
		}
	}
	if len(w.Signature.Signs) > 0 && !slices.Contains(w.Signature.Signs, "body") {
		c.at(signs, "a signature that leaves out the body proves nothing about it", "add body")
	}
	if w.Deadline != "" {
		if d, err := time.ParseDuration(w.Deadline); err != nil || d <= 0 {
			c.at("webhooks.deadline", fmt.Sprintf("%q is not a positive duration", shorten(w.Deadline, 60)), "write e.g. 5s")
		}
	}
	for name, value := range w.Headers {
		c.checkPlaceholders(join("webhooks.headers", name), value, []string{"topic", "resource", "event", "account_url"})
	}
	if w.Ping != nil {
		c.checkPlaceholders("webhooks.ping.body", w.Ping.Body, []string{"id"})
	}
	if w.Registration != nil {
		c.checkRoute("webhooks.registration.path", w.Registration.Path)
		c.checkEnabled("webhooks.registration.scope", w.Registration.Scope, webhooksEnabled)
	}
	c.checkDeadTopics(w.DeadTopics)
}

func (c *checker) checkDeadTopics(dead []Excluded) {
	names := c.unique("topic")
	for i, d := range dead {
		place := index("webhooks.dead_topics", i) + ".path"
		names.add(place, d.Path)
		for _, t := range c.manifest.Topics() {
			if t.Topic == d.Path && !strings.HasSuffix(d.Path, "*") {
				c.at(place, fmt.Sprintf("topic %q is dead, but %s maps it", d.Path, t.Object.Name), "drop one of the two")
				break
			}
		}
	}
}
