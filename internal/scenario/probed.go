package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// probed delivers good and bad payloads to a connected integration that was never synced.
func (b *builder) probed(ctx context.Context) error {
	pool, err := b.candidates()
	if err != nil {
		return err
	}
	b.snap.Probes = map[ProbeName]*Probe{}
	first, pool := pool[0], pool[1:]
	for _, p := range []struct {
		name ProbeName
		body func() ([]byte, error)
	}{
		{ProbeFirst, func() ([]byte, error) { return first.Body, nil }},
		{ProbeKeyOrder, func() ([]byte, error) { return reversed(first.Body) }},
		{ProbeDuplicate, func() ([]byte, error) { return first.Body, nil }},
		{ProbeChanged, func() ([]byte, error) { return changed(first.Body, b.textField(first.object)) }},
	} {
		body, err := p.body()
		if err != nil {
			return fmt.Errorf("making the probe %s: %w", p.name, err)
		}
		header, err := b.signed(first.Topic, string(p.name), body)
		if err != nil {
			return err
		}
		d, err := b.post(ctx, first.File, first.Topic, header, body)
		if err != nil {
			return err
		}
		b.snap.Probes[p.name] = &Probe{Delivery: d, Object: first.object.Name, Key: first.key}
		var sentinel candidate
		sentinel, pool = pool[0], pool[1:]
		if err := b.sentinel(ctx, sentinel); err != nil {
			return err
		}
		if err := b.look(ctx, b.snap.Probes[p.name]); err != nil {
			return err
		}
	}
	if pool, err = b.badSignatures(ctx, pool); err != nil {
		return err
	}
	return b.odd(ctx, pool)
}

// badSignatures sends every kind of bad signature, then one good delivery, and only when that was seen looks whether
// a bad one left anything. Last it sends the same bodies signed well.
func (b *builder) badSignatures(ctx context.Context, pool []candidate) ([]candidate, error) {
	sent := map[ProbeName]candidate{}
	for _, name := range BadSignatures() {
		c := pool[0]
		pool = pool[1:]
		sent[name] = c
		header, body, err := b.forged(name, c)
		if err != nil {
			return nil, err
		}
		d, err := b.post(ctx, c.File, c.Topic, header, body)
		if err != nil {
			return nil, err
		}
		b.snap.Probes[name] = &Probe{Delivery: d, Object: c.object.Name, Key: c.key}
	}
	if err := b.sentinel(ctx, pool[0]); err != nil {
		return nil, err
	}
	for _, name := range BadSignatures() {
		if err := b.look(ctx, b.snap.Probes[name]); err != nil {
			return nil, err
		}
	}
	for _, name := range BadSignatures() {
		c, p := sent[name], b.snap.Probes[name]
		header, err := b.signed(c.Topic, string(name)+"-proper", c.Body)
		if err != nil {
			return nil, err
		}
		if p.Proper, err = b.post(ctx, c.File, c.Topic, header, c.Body); err != nil {
			return nil, err
		}
		if err := b.await(ctx, func() (bool, error) {
			var err error
			p.ProperSeen, err = b.rawSeen(ctx, c.object.Name, c.key, c.Body)
			return p.ProperSeen, err
		}); err != nil {
			return nil, err
		}
	}
	return pool[1:], nil
}

// forged makes a delivery whose signature is bad in one way.
func (b *builder) forged(name ProbeName, c candidate) (http.Header, []byte, error) {
	body := c.Body
	header, err := b.signed(c.Topic, string(name), body)
	if err != nil {
		return nil, nil, err
	}
	sig := b.env.Manifest.Webhooks.Signature
	switch name {
	case ProbeTampered:
		body, err = changed(body, b.textField(c.object))
	case ProbeOtherSecret:
		other := *b
		other.secret = "whsec_of_another_account"
		header, err = other.signed(c.Topic, string(name), body)
	case ProbeNoSignature:
		header.Del(sig.Header)
	case ProbeGarbage:
		header.Set(sig.Header, "AAAA")
	case ProbeOtherEncoding:
		other := *b
		m := *b.env.Manifest
		m.Webhooks.Signature.Encoding = map[string]string{"base64": "hex", "hex": "base64"}[sig.Encoding]
		other.env.Manifest = &m
		header, err = other.signed(c.Topic, string(name), body)
	}
	return header, body, err
}

// odd sends what is neither a good event nor a bad signature: a ping and a signed error.
func (b *builder) odd(ctx context.Context, pool []candidate) error {
	hooks := b.env.Manifest.Webhooks
	if hooks.Ping != nil {
		p := &Probe{}
		header := http.Header{"Content-Type": {hooks.Ping.ContentType}}
		body := []byte(strings.ReplaceAll(hooks.Ping.Body, "{id}", "1"))
		if err := b.oddOne(ctx, ProbePing, p, "", header, body, pool[0]); err != nil {
			return err
		}
		pool = pool[1:]
	}
	if len(hooks.NotObject) > 0 {
		fields := map[string]any{}
		for _, f := range hooks.NotObject {
			fields[f] = "syncspec"
		}
		body, err := json.Marshal(fields)
		if err != nil {
			return err
		}
		topic := pool[0].Topic
		header, err := b.signed(topic, "not-object", body)
		if err != nil {
			return err
		}
		return b.oddOne(ctx, ProbeNotObject, &Probe{Object: pool[0].object.Name}, topic, header, body, pool[0])
	}
	return nil
}

func (b *builder) oddOne(ctx context.Context, name ProbeName, p *Probe, topic string, header http.Header, body []byte, sentinel candidate) error {
	before, err := b.refined(ctx)
	if err != nil {
		return err
	}
	if p.Delivery, err = b.post(ctx, "", topic, header, body); err != nil {
		return err
	}
	after, err := b.refined(ctx)
	if err != nil {
		return err
	}
	p.RefinedBefore, p.RefinedAfter = before, after
	b.snap.Probes[name] = p
	return b.sentinel(ctx, sentinel)
}

// refined counts the integration's rows in all objects' own tables.
func (b *builder) refined(ctx context.Context) (int, error) {
	total := 0
	for _, t := range b.env.Manifest.Tables() {
		if t.Child != nil {
			continue
		}
		c, err := b.snap.Reader.Count(ctx, t)
		if SchemaMissing(err) != nil {
			continue // another check says so; the probes can do without the table
		}
		if err != nil {
			return 0, err
		}
		total += c.Rows
	}
	return total, nil
}

// sentinel sends a good delivery and waits until its raw row is seen: what was sent before it has been dealt with.
func (b *builder) sentinel(ctx context.Context, c candidate) error {
	header, err := b.signed(c.Topic, "sentinel-"+c.key, c.Body)
	if err != nil {
		return err
	}
	if _, err := b.post(ctx, c.File, c.Topic, header, c.Body); err != nil {
		return err
	}
	if err := b.await(ctx, func() (bool, error) { return b.rawSeen(ctx, c.object.Name, c.key, c.Body) }); err != nil {
		return err
	}
	return b.await(ctx, func() (bool, error) { return b.settled(ctx) })
}

// look notes what is there of a probe's object.
func (b *builder) look(ctx context.Context, p *Probe) error {
	var err error
	if p.Raw, err = b.snap.Reader.RawRows(ctx, p.Object, p.Key, true); err != nil {
		return err
	}
	for _, t := range b.env.Manifest.Tables() {
		if t.Object.Name != p.Object || t.Child != nil {
			continue
		}
		return b.snap.Reader.Rows(ctx, t, func(r Row) error {
			p.Refined = p.Refined || r.Key == p.Key
			return nil
		})
	}
	return nil
}
