package sandbox

import (
	"net/http"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

func (g generic) fill(c *change, k *kind, body []byte) ([]byte, error) {
	var err error
	for _, f := range []*manifest.TimeField{k.created, k.UpdatedAt} {
		if f == nil {
			continue
		}
		if _, has := text(body, f.Field); has {
			continue
		}
		if body, err = set(body, f.Field, writeTime(f.Format, c.now)); err != nil {
			return nil, err
		}
	}
	return body, nil
}

func (g generic) stamp(c *change, k *kind, body []byte, fields map[string]any) ([]byte, error) {
	if k.UpdatedAt == nil {
		return body, nil
	}
	if _, said := fields[k.UpdatedAt.Field]; said {
		return body, nil
	}
	return set(body, k.UpdatedAt.Field, writeTime(k.UpdatedAt.Format, c.now))
}

// erase marks what the provider only marks, as the trash does, and removes everything else.
func (g generic) erase(c *change, k *kind, r *record) error {
	if k.DeletedWhen == nil || k.DeletedWhen.Equals == "" || holds(k.DeletedWhen, r.body) {
		c.remove(k, r)
		return c.provider.along(c, manifest.Delete, k, r, nil)
	}
	after, err := c.rewrite(k, r, map[string]any{k.DeletedWhen.Field: k.DeletedWhen.Equals})
	if err != nil {
		return err
	}
	return c.provider.along(c, manifest.Delete, k, r, after)
}

// along makes the deliveries of the object's first topic for the event.
func (g generic) along(c *change, event manifest.Event, k *kind, before, after *record) error {
	r := after
	if r == nil {
		r = before
	}
	for _, t := range k.Webhooks {
		if t.Event == event && holds(t.When, r.body) {
			return c.send(t, k, r)
		}
	}
	return nil
}

func (g generic) payload(_ *change, t manifest.Topic, k *kind, r *record) ([]byte, error) {
	switch t.Payload {
	case "key":
		body := []byte("{}")
		for _, field := range k.Key {
			value, _ := raw(r.body, field) // no record lacks its key
			var err error
			if body, err = set(body, field, value); err != nil {
				return nil, err
			}
		}
		return body, nil
	case "reference":
		value, _ := raw(r.body, k.Key[0])
		return wrap(t.At, value), nil
	}
	return r.body, nil
}

func (g generic) deliveryID(c *change, _ *record) string { return c.unique("delivery") }

func (g generic) further(*record) http.Header { return nil }

func (g generic) notice(c *change, topic string) ([]byte, error) {
	if body, ok := c.notices[topic]; ok {
		return body, nil
	}
	return []byte("{}"), nil
}

func (g generic) retries() int { return 0 }

func (g generic) giveUp(*change, *record, int) error { return nil }

func (g generic) live(*record) bool { return true }

func (g generic) unhook(*query, *record) *refusal { return nil }

// topicScope returns the scope that subscribing to a topic needs; ok is false where there is no such topic.
func (g generic) topicScope(topic string) (scope string, ok bool) {
	for _, t := range g.manifest.Topics() {
		if t.Topic == topic {
			return t.Scope, true
		}
	}
	for _, n := range g.manifest.Webhooks.Notices {
		if n.Topic == topic && n.Kind == "lifecycle" {
			return "", true
		}
	}
	return "", slices.ContainsFunc(g.manifest.Webhooks.DeadTopics, func(d manifest.Excluded) bool { return d.Path == topic })
}

// hook keeps what was sent, with an id.
func (g generic) hook(c *change, old *record, fields map[string][]byte) ([]byte, *refusal) {
	var body []byte
	if old != nil {
		body = old.body
	} else {
		body = []byte(`{"id":` + c.hookID() + `}`)
	}
	reg := g.manifest.Webhooks.Registration
	for _, name := range sortedKeys(fields) {
		if name == reg.Secret || name == "id" {
			continue
		}
		next, err := set(body, name, fields[name])
		if err != nil {
			return nil, &refusal{why: badBody}
		}
		body = next
	}
	return body, nil
}
