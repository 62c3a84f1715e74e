package sandbox

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// change is one change of an account, by its owner or by a client. Either all of it happens or nothing.
type change struct{ *Account }

// change makes a change; the account's time moves by a second first.
func (a *Account) change(do func(*change) error) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	store, now, outbox := a.store.share(), a.now, len(a.outbox)
	a.now = a.now.Add(time.Second)
	if err := do(&change{a}); err != nil {
		a.store, a.now, a.outbox = store, now, a.outbox[:outbox]
		return err
	}
	return nil
}

// Create adds an object and returns it; what body lacks of key and times is made up. Context is the fan-out's.
func (a *Account) Create(object string, body map[string]any, context map[string]string) (Object, error) {
	var made Object
	err := a.change(func(c *change) error {
		k, err := c.kindNamed(object)
		if err != nil {
			return err
		}
		doc, err := encode(body)
		if err != nil {
			return err
		}
		r, err := c.create(k, doc, context)
		if err == nil {
			made = r.object()
		}
		return err
	})
	if err != nil {
		return Object{}, fmt.Errorf("creating one of %s: %w", object, err)
	}
	return made, nil
}

// create adds an object, its deliveries included.
func (c *change) create(k *kind, doc []byte, context map[string]string) (*record, error) {
	doc, err := c.identify(k, doc)
	if err != nil {
		return nil, err
	}
	if doc, err = c.provider.fill(c, k, doc); err != nil {
		return nil, err
	}
	r, err := k.record(doc, maps.Clone(context), c.store[k.Name].next())
	if err != nil {
		return nil, err
	}
	if c.store[k.Name].byKey[r.key] != nil {
		return nil, fmt.Errorf("there is one with the key %s already", r.key)
	}
	if lacks := hangs(c.kinds, c.store, k, r); lacks != "" {
		return nil, fmt.Errorf("%s", lacks)
	}
	c.put(k, r)
	return r, c.provider.along(c, manifest.Create, k, nil, r)
}

// identify gives a body a key, where it has none.
func (c *change) identify(k *kind, doc []byte) ([]byte, error) {
	if _, ok := keyOf(doc, k.Key); ok {
		return doc, nil
	}
	if len(k.Key) != 1 {
		return nil, fmt.Errorf("its key is %v: give both", k.Key)
	}
	id := []byte(strconv.FormatInt(c.nextID(), 10))
	if k.KeyType == "text" {
		id = quoted(c.unique(k.Name)[:12])
	}
	return set(doc, k.Key[0], id)
}

// nextID is an id that no object has: providers give them in one sequence, or it does no harm.
func (c *change) nextID() int64 {
	c.last++
	return c.last
}

// Update changes fields of an object, by their paths in the payload, and moves its time of change forward; where that time
// is itself among the fields, it becomes what they say. Where they say that a deleted object is there again, it is restored.
func (a *Account) Update(object, key string, fields map[string]any) (Object, error) {
	var made Object
	err := a.change(func(c *change) error {
		k, before, err := c.find(object, key)
		if err != nil {
			return err
		}
		after, err := c.rewrite(k, before, fields)
		if err != nil {
			return err
		}
		made = after.object()
		return c.provider.along(c, k.event(before, after), k, before, after)
	})
	if err != nil {
		return Object{}, fmt.Errorf("changing %s %s: %w", object, key, err)
	}
	return made, nil
}

// event is what a change of fields amounts to.
func (k *kind) event(before, after *record) manifest.Event {
	if k.DeletedWhen == nil {
		return manifest.Update
	}
	switch was, is := holds(k.DeletedWhen, before.body), holds(k.DeletedWhen, after.body); {
	case was && !is:
		return manifest.Restore
	case is && !was:
		return manifest.Delete
	}
	return manifest.Update
}

// Delete removes an object as the provider does it: what it has a trash for goes there first.
func (a *Account) Delete(object, key string) error {
	err := a.change(func(c *change) error {
		k, r, err := c.find(object, key)
		if err != nil {
			return err
		}
		return c.provider.erase(c, k, r)
	})
	if err != nil {
		return fmt.Errorf("deleting %s %s: %w", object, key, err)
	}
	return nil
}

// Purge removes an object for good, also where Delete would put it into the trash.
func (a *Account) Purge(object, key string) error {
	err := a.change(func(c *change) error {
		k, r, err := c.find(object, key)
		if err != nil {
			return err
		}
		c.remove(k, r)
		return c.provider.along(c, manifest.Delete, k, r, nil)
	})
	if err != nil {
		return fmt.Errorf("removing %s %s: %w", object, key, err)
	}
	return nil
}

// Quietly makes changes for which no webhook is sent, such as those of an outage. While it runs, no change of the account
// sends any, whoever makes it.
func (a *Account) Quietly(change func() error) error {
	a.hush(1)
	defer a.hush(-1)
	return change()
}

func (a *Account) hush(n int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.quiet += n
}

func (c *change) kindNamed(object string) (*kind, error) {
	if k := c.kinds[object]; k != nil && object != hooksName {
		return k, nil
	}
	return nil, fmt.Errorf("the manifest has no such object")
}

func (c *change) find(object, key string) (*kind, *record, error) {
	k, err := c.kindNamed(object)
	if err != nil {
		return nil, nil, err
	}
	r := c.store[object].byKey[key]
	if r == nil {
		return nil, nil, fmt.Errorf("there is no such object")
	}
	return k, r, nil
}

// rewrite sets fields of an object and its time of change.
func (c *change) rewrite(k *kind, r *record, fields map[string]any) (*record, error) {
	body, err := setAll(r.body, fields)
	if err != nil {
		return nil, err
	}
	if body, err = c.provider.stamp(c, k, body, fields); err != nil {
		return nil, err
	}
	return c.replace(k, r, body)
}

// replace gives an object another body, and nothing else: no time moves, nothing is delivered.
func (c *change) replace(k *kind, r *record, body []byte) (*record, error) {
	after, err := k.record(body, r.context, r.born)
	if err != nil {
		return nil, err
	}
	if after.key != r.key {
		return nil, fmt.Errorf("its key would become %q: an object keeps its key", after.key)
	}
	c.put(k, after)
	return after, nil
}

func (c *change) put(k *kind, r *record) { c.store.writable(k.Name).put(r) }

func (c *change) remove(k *kind, r *record) { c.store.writable(k.Name).remove(r.key) }

// unique is a text that nothing else of any account has: made from its name and a counter, so that the same run makes
// the same ones.
func (a *Account) unique(purpose string) string {
	a.issued++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%s\x00%s\x00%d", a.config.Name, a.config.Secret, purpose, a.issued))
	return hex.EncodeToString(sum[:16])
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
