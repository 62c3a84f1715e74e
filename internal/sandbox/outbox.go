package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/syncspec/syncspec/internal/dialect"
	"github.com/syncspec/syncspec/internal/manifest"
)

// Delivery is one signed delivery as it goes over the wire.
type Delivery struct {
	// Topic is empty for the ping that some providers make to a new webhook.
	Topic, ID, URL string
	// Object and Key are what it tells of; empty for notices.
	Object, Key string
	Header      http.Header
	Body        []byte
	At          time.Time
	// Hook is the id of the webhook it goes to, Attempt counts how often it was made, from 1.
	Hook    string
	Attempt int
}

// waiting is a delivery in the outbox. Made is nil where the provider makes it when it is taken, and not when the change
// happens: it then tells of the state at that time.
type waiting struct {
	hook  string
	topic manifest.Topic
	kind  *kind
	key   string
	made  *Delivery
}

// Outbox takes the deliveries that changes made since it was last called, one for each registration of the topic, in
// the order of the changes. Of a provider that makes them late this is the time at which they are made: what happened
// twice since then is told once, and in its last state.
func (a *Account) Outbox() []Delivery {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []Delivery
	for _, w := range a.outbox {
		if w.made != nil {
			out = append(out, *w.made)
			continue
		}
		hook := a.store[hooksName].byKey[w.hook]
		if hook == nil || !a.provider.live(hook) {
			continue
		}
		c := &change{a}
		body, err := c.late(w)
		if err == nil {
			var d Delivery
			if d, err = c.delivery(hook, Delivery{Topic: w.topic.Topic, Object: w.kind.Name, Key: w.key, Body: body}); err == nil {
				out = append(out, d)
			}
		}
		if err != nil { // New signed one: what is left is a body that no payload can be made of, and no seed has one
			panic(fmt.Sprintf("sandbox: making a delivery of %s %s: %v", w.topic.Topic, w.key, err))
		}
	}
	a.outbox = nil
	return out
}

// late is the body of a delivery that is made when it is taken.
func (c *change) late(w waiting) ([]byte, error) {
	if r := c.store[w.kind.Name].byKey[w.key]; r != nil {
		return c.provider.payload(c, w.topic, w.kind, r)
	}
	if w.topic.Payload == "key" { // it is gone, and its key is all that is left to say
		return wrap(w.kind.Key[0], []byte(w.key)), nil
	}
	return c.provider.refuse(&query{account: c.Account, manifest: c.manifest, kind: w.kind, Request: &http.Request{Method: http.MethodGet}},
		refusal{why: noObject}).body, nil
}

// Failed says that a delivery was not answered 2xx. The outbox then has it again, byte for byte, if the provider makes it
// again: again tells. A webhook that fails too often in a row is given up as the provider does it.
func (a *Account) Failed(d Delivery) (again bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.failures[d.Hook]++
	if hook := a.store[hooksName].byKey[d.Hook]; hook != nil {
		c := &change{a}
		_ = a.provider.giveUp(c, hook, a.failures[d.Hook]) // it changes fields that every webhook has
	}
	if d.Attempt > a.provider.retries() {
		return false
	}
	d.Attempt++
	a.outbox = append(a.outbox, waiting{made: &d})
	return true
}

// Arrived says that a delivery was answered 2xx: failures of its webhook before it count no more.
func (a *Account) Arrived(d Delivery) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.failures, d.Hook)
}

// Notice makes the deliveries of a topic that tells of no object: to its webhooks, or where no API registers it to every
// address that has a webhook.
func (a *Account) Notice(topic string) ([]Delivery, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.IndexFunc(a.manifest.Webhooks.Notices, func(n manifest.Notice) bool { return n.Topic == topic })
	if i < 0 {
		return nil, fmt.Errorf("making a notice: %q is none of the manifest's webhooks.notices", topic)
	}
	c := &change{a}
	a.now = a.now.Add(time.Second)
	body, err := a.provider.notice(c, topic)
	if err != nil {
		return nil, fmt.Errorf("making the notice %s: %w", topic, err)
	}
	var out []Delivery
	sent := map[string]bool{}
	for _, hook := range a.hooks() {
		address := hook.text(a.manifest.Webhooks.Registration.URL)
		if a.manifest.Webhooks.Notices[i].Kind == "lifecycle" {
			if hook.text(a.manifest.Webhooks.Registration.Topic) != topic {
				continue
			}
		} else if sent[address] {
			continue
		}
		sent[address] = true
		d, err := c.delivery(hook, Delivery{Topic: topic, Body: body})
		if err != nil {
			return nil, fmt.Errorf("making the notice %s: %w", topic, err)
		}
		out = append(out, d)
	}
	return out, nil
}

// hooks are the webhooks to which deliveries are made.
func (a *Account) hooks() []*record {
	c := a.store[hooksName]
	if c == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(c.records), func(r *record) bool { return !a.provider.live(r) })
}

// send makes the deliveries of a topic that tells of an object, one for each webhook of the topic.
func (c *change) send(t manifest.Topic, k *kind, r *record) error {
	for _, hook := range c.listeners(t.Topic) {
		body, err := c.provider.payload(c, t, k, r)
		if err != nil {
			return fmt.Errorf("making a delivery of %s: %w", t.Topic, err)
		}
		d, err := c.delivery(hook, Delivery{Topic: t.Topic, Object: k.Name, Key: r.key, Body: body})
		if err != nil {
			return err
		}
		c.outbox = append(c.outbox, waiting{made: &d})
	}
	return nil
}

// queue notes that deliveries of a topic are to be made when the outbox is taken. One that waits already is enough.
func (c *change) queue(t manifest.Topic, k *kind, key string) {
	for _, hook := range c.listeners(t.Topic) {
		w := waiting{hook: hook.key, topic: t, kind: k, key: key}
		if !slices.Contains(c.outbox, w) {
			c.outbox = append(c.outbox, w)
		}
	}
}

// listeners are the webhooks of a topic. What never fires has none, nor has what happens quietly.
func (c *change) listeners(topic string) []*record {
	if c.quiet > 0 || slices.ContainsFunc(c.manifest.Webhooks.DeadTopics, func(e manifest.Excluded) bool { return e.Path == topic }) {
		return nil
	}
	return slices.DeleteFunc(c.hooks(), func(hook *record) bool {
		return hook.text(c.manifest.Webhooks.Registration.Topic) != topic
	})
}

// delivery addresses and signs a delivery to a webhook.
func (c *change) delivery(hook *record, d Delivery) (Delivery, error) {
	secret := c.config.Secret
	if own, ok := c.secrets[hook.key]; ok {
		secret = own
	}
	d.Hook, d.Attempt, d.At = hook.key, 1, c.now
	d.URL = hook.text(c.manifest.Webhooks.Registration.URL)
	d.ID = c.provider.deliveryID(c, hook)
	var err error
	d.Header, err = dialect.Headers(c.manifest.Webhooks, secret, dialect.Delivery{
		Topic: d.Topic, ID: d.ID, Timestamp: d.At.Format(time.RFC3339), URL: d.URL, AccountURL: c.config.URL, Body: d.Body,
	})
	if err != nil {
		return Delivery{}, fmt.Errorf("signing a delivery of %s: %w", d.Topic, err)
	}
	maps.Copy(d.Header, c.provider.further(hook))
	return d, nil
}
