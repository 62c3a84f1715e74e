package manifest

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

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
		c.checkPlaceholders(join("webhooks.headers", name), value, headerPlaceholders())
	}
	if w.Ping != nil {
		c.checkPlaceholders("webhooks.ping.body", w.Ping.Body, []string{"id"})
	}
	if w.Registration != nil {
		c.checkRegistration(*w.Registration)
	}
	c.checkDeadTopics(w.DeadTopics)
	c.checkNotices(w)
}

// headerPlaceholders are what the value of a delivery's header may name.
func headerPlaceholders() []string {
	return []string{"topic", "resource", "event", "account_url", "account_host", "delivery_id", "time"}
}

// checkRegistration checks how webhooks are registered.
func (c *checker) checkRegistration(r Registration) {
	const path = "webhooks.registration"
	c.checkRoute(path+".path", r.Path)
	c.checkPayloadPath(path+".at", r.At)
	c.checkPayloadPath(path+".list_at", r.ListAt)
	fields := c.unique("field")
	for _, f := range []struct{ key, name string }{{"topic", r.Topic}, {"url", r.URL}, {"secret", r.Secret}, {"name", r.Name}} {
		fields.add(path+"."+f.key, f.name)
	}
	for _, name := range slices.Sorted(maps.Keys(r.Params)) {
		fields.add(join(path+".params", name), name)
	}
	c.eachAlike(path+".match", "field", r.Match)
	for i, name := range r.Match {
		if _, sent := fields.lines[name]; name != "" && !sent {
			c.at(index(path+".match", i), fmt.Sprintf("%q is no field of the request", name), suggest(name, slices.Collect(maps.Keys(fields.lines))))
		}
	}
	if r.Scope != "" {
		c.checkEnabled(path+".scope", r.Scope, webhooksEnabled)
		return
	}
	for _, s := range c.manifest.Scopes {
		if slices.Contains(s.Enables, webhooksEnabled) && s.Status != "retired" {
			c.missing(path, "scope", fmt.Sprintf("scope %q enables %s, but registering does not name it", s.Name, webhooksEnabled), fmt.Sprintf("add scope: %s", s.Name))
		}
	}
}

// checkNotices checks the topics that tell of no object.
func (c *checker) checkNotices(w Webhooks) {
	names, mapped, dead := c.unique("topic"), map[string]string{}, map[string]bool{}
	for _, t := range c.manifest.Topics() {
		mapped[t.Topic] = t.Object.Name
	}
	for _, d := range w.DeadTopics {
		dead[d.Path] = true
	}
	for i, n := range w.Notices {
		place := index("webhooks.notices", i) + ".topic"
		names.add(place, n.Topic)
		c.inCatalogue(c.topics, place, "topic", n.Topic)
		if object, also := mapped[n.Topic]; also && n.Topic != "" {
			c.at(place, fmt.Sprintf("topic %q is a notice, but %s maps it", n.Topic, object), "drop one of the two")
		}
		if dead[n.Topic] && n.Topic != "" {
			c.at(place, fmt.Sprintf("topic %q is a notice, but also dead", n.Topic), "drop one of the two")
		}
	}
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
