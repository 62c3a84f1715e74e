package scenario

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/oracle"
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
		if err := b.sentinel(ctx, sentinel, b.snap.Probes[p.name]); err != nil {
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
	var bad []*Probe
	for _, name := range BadSignatures() {
		bad = append(bad, b.snap.Probes[name])
	}
	if err := b.sentinel(ctx, pool[0], bad...); err != nil {
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

// oddOne sends a payload that must change no row, then a good delivery, and when that was seen compares all rows.
func (b *builder) oddOne(ctx context.Context, name ProbeName, p *Probe, topic string, header http.Header, body []byte, sentinel candidate) error {
	before, err := b.fingerprint(ctx)
	if err != nil {
		return err
	}
	if p.Delivery, err = b.post(ctx, "", topic, header, body); err != nil {
		return err
	}
	b.snap.Probes[name] = p
	if err := b.sentinel(ctx, sentinel, p); err != nil {
		return err
	}
	after, err := b.fingerprint(ctx)
	if err != nil {
		return err
	}
	own, err := b.rowsOf(sentinel)
	if err != nil {
		return err
	}
	for row, was := range before {
		switch is, there := after[row]; {
		case !there:
			p.Changes = append(p.Changes, row+" is gone")
		case is != was && !own[row]:
			p.Changes = append(p.Changes, row+" changed")
		}
	}
	for row := range after {
		if _, there := before[row]; !there && !own[row] {
			p.Changes = append(p.Changes, row+" appeared")
		}
	}
	slices.Sort(p.Changes)
	return nil
}

// fingerprint returns the values of every row of the integration's refined tables, by table and key.
func (b *builder) fingerprint(ctx context.Context) (map[string]string, error) {
	rows := map[string]string{}
	for _, t := range b.env.Manifest.Tables() {
		err := b.snap.Reader.Rows(ctx, t, func(r Row) error {
			rows[rowName(t.Name, r.Parent, r.Key)] = fmt.Sprint(r.Deleted, r.Values) // fmt prints maps in the order of their keys
			return nil
		})
		if err != nil && SchemaMissing(err) == nil { // a missing table is another check's matter
			return nil, err
		}
	}
	return rows, nil
}

// rowsOf names the rows that a good delivery makes, its children's among them.
func (b *builder) rowsOf(c candidate) (map[string]bool, error) {
	body, err := object(c.Body)
	if err != nil {
		return nil, err
	}
	state := &oracle.State{Manifest: b.env.Manifest, Objects: map[string]map[string]*oracle.Object{}}
	if _, err := state.Apply(oracle.Event{Topic: c.Topic, Body: body, Ref: c.File}); err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, o := range state.Objects[c.object.Name] {
		own[rowName(o.Row.Table, "", o.Key)] = true
		for table, rows := range o.Children {
			for _, r := range rows {
				own[rowName(table, r.Parent, r.Key)] = true
			}
		}
	}
	return own, nil
}

// rowName is a row's table and key, the parent's in front for a child.
func rowName(table, parent, key string) string {
	if parent != "" {
		key = parent + "/" + key
	}
	return table + " " + key
}

// sentinel sends a good delivery and waits until its raw row is seen: what was sent before it has been dealt with. It
// notes at the probes whether it was.
func (b *builder) sentinel(ctx context.Context, c candidate, probes ...*Probe) error {
	header, err := b.signed(c.Topic, "sentinel-"+c.key, c.Body)
	if err != nil {
		return err
	}
	if _, err := b.post(ctx, c.File, c.Topic, header, c.Body); err != nil {
		return err
	}
	seen := false
	if err := b.await(ctx, func() (bool, error) {
		var err error
		seen, err = b.rawSeen(ctx, c.object.Name, c.key, c.Body)
		return seen, err
	}); err != nil {
		return err
	}
	for _, p := range probes {
		p.SentinelSeen = seen
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
