package sandbox

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// hooksName is the kind of the webhooks, which are kept, listed and paged as objects are. No object of a manifest can
// have this name.
const hooksName = "@webhooks"

// hookObject describes webhooks as if the manifest had them among its objects.
func hookObject(r *manifest.Registration) *manifest.Object {
	return &manifest.Object{
		Name: hooksName, Key: []string{"id"}, Scope: r.Scope, OneAt: r.At,
		Lists: []manifest.List{{Path: r.Path, At: r.ListAt}},
	}
}

// Registration is one webhook that a client registered.
type Registration struct {
	ID, Topic, Address string
}

// Registrations are the account's webhooks in the order of their registration.
func (a *Account) Registrations() []Registration {
	reg := a.manifest.Webhooks.Registration
	if reg == nil {
		return nil
	}
	var out []Registration
	for _, r := range a.snapshot()[hooksName].records {
		out = append(out, Registration{ID: r.key, Topic: r.text(reg.Topic), Address: r.text(reg.URL)})
	}
	return out
}

// refused carries a refusal out of a change.
type refused struct{ refusal }

func (refused) Error() string { return "refused" }

// write registers, changes or deletes a webhook.
func (a *Account) write(q *query) (*answer, *refusal) {
	var ans *answer
	err := a.change(func(c *change) error {
		var r *refusal
		switch single := q.route.does == one; {
		case q.Method == http.MethodPost && !single:
			ans, r = c.register(q)
		case (q.Method == http.MethodPut || q.Method == http.MethodPatch) && single:
			ans, r = c.reregister(q)
		case q.Method == http.MethodDelete && single:
			ans, r = c.unregister(q)
		default:
			r = &refusal{why: noRoute}
		}
		if r != nil {
			return refused{*r}
		}
		return nil
	})
	if err != nil {
		var r refused
		if errors.As(err, &r) {
			return nil, &r.refusal
		}
		return nil, &refusal{why: badBody}
	}
	return ans, nil
}

// fieldsOf reads the fields of the webhook in a request.
func (c *change) fieldsOf(q *query) (map[string][]byte, *refusal) {
	var doc []byte
	if len(q.body) > 0 {
		if !json.Valid(q.body) {
			return nil, &refusal{why: badBody}
		}
		var ok bool
		if doc, ok = raw(q.body, c.manifest.Webhooks.Registration.At); !ok {
			return nil, &refusal{why: missingField, param: c.manifest.Webhooks.Registration.At}
		}
	}
	fields := map[string][]byte{}
	if len(doc) == 0 || doc[0] != '{' {
		return fields, nil
	}
	members(doc, 0, func(key, value span) bool {
		name, _ := scalar(doc[key.start:key.end])
		fields[name] = doc[value.start:value.end]
		return true
	})
	return fields, nil
}

func (c *change) register(q *query) (*answer, *refusal) {
	fields, r := c.fieldsOf(q)
	if r != nil {
		return nil, r
	}
	if r := c.sound(q, fields, true); r != nil {
		return nil, r
	}
	k := c.kinds[hooksName]
	body, r := c.provider.hook(c, nil, fields)
	if r != nil {
		return nil, r
	}
	hook, err := k.record(body, nil, c.store[hooksName].next())
	if err != nil {
		return nil, &refusal{why: badBody}
	}
	c.put(k, hook)
	c.remember(hook, fields)
	c.ping(hook)
	ans := reply(http.StatusCreated, wrap(k.OneAt, c.provider.show(q, hook)))
	return ans, nil
}

// sound looks at what every provider looks at: the topic, and the address to deliver to.
func (c *change) sound(q *query, fields map[string][]byte, isNew bool) *refusal {
	reg := c.manifest.Webhooks.Registration
	for _, name := range []string{reg.Topic, reg.URL} {
		if _, there := fields[name]; !there && isNew {
			return &refusal{why: missingField, param: name}
		}
	}
	if value, there := fields[reg.Topic]; there {
		topic, _ := scalar(value)
		scope, known := c.provider.topicScope(topic)
		if reg.Scope != "" {
			scope = "" // registering needs a scope of its own, and the topic none
		}
		if !known || scope != "" && !c.holds(q.token.scopes, scope) {
			return &refusal{why: badTopic, param: reg.Topic, value: topic}
		}
	}
	if value, there := fields[reg.URL]; there {
		address, _ := scalar(value)
		if !strings.HasPrefix(address, "http://") && !strings.HasPrefix(address, "https://") {
			return &refusal{why: badAddress, param: reg.URL, value: address}
		}
	}
	return nil
}

// remember keeps the secret that a webhook was given; it is never shown.
func (c *change) remember(hook *record, fields map[string][]byte) {
	value, given := fields[c.manifest.Webhooks.Registration.Secret]
	if !given {
		return
	}
	if secret, ok := scalar(value); ok && secret != "" {
		c.secrets[hook.key] = secret
	}
}

func (c *change) reregister(q *query) (*answer, *refusal) {
	k := c.kinds[hooksName]
	old := c.store[hooksName].byKey[q.path["id"]]
	if old == nil {
		return nil, &refusal{why: noObject}
	}
	fields, r := c.fieldsOf(q)
	if r == nil {
		r = c.sound(q, fields, false)
	}
	if r != nil {
		return nil, r
	}
	body, r := c.provider.hook(c, old, fields)
	if r != nil {
		return nil, r
	}
	hook, err := c.replace(k, old, body)
	if err != nil {
		return nil, &refusal{why: badBody}
	}
	c.remember(hook, fields)
	return reply(http.StatusOK, wrap(k.OneAt, c.provider.show(q, hook))), nil
}

func (c *change) unregister(q *query) (*answer, *refusal) {
	k := c.kinds[hooksName]
	old := c.store[hooksName].byKey[q.path["id"]]
	if old == nil {
		return nil, &refusal{why: noObject}
	}
	if r := c.provider.unhook(q, old); r != nil {
		return nil, r
	}
	c.remove(k, old)
	delete(c.secrets, old.key)
	return reply(http.StatusOK, c.provider.show(q, old)), nil
}

// ping makes the unsigned delivery that some providers make to a new webhook.
func (c *change) ping(hook *record) {
	p := c.manifest.Webhooks.Ping
	if p == nil || c.quiet > 0 {
		return
	}
	c.outbox = append(c.outbox, waiting{made: &Delivery{
		URL: hook.text(c.manifest.Webhooks.Registration.URL), Hook: hook.key, Attempt: 1, At: c.now,
		Header: http.Header{"Content-Type": {p.ContentType}},
		Body:   []byte(strings.ReplaceAll(p.Body, "{id}", hook.key)),
	}})
}

// hookID is the id of the next webhook: they are counted by themselves.
func (c *change) hookID() string {
	c.registered++
	return strconv.Itoa(c.registered)
}
