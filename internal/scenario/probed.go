package scenario

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/profile"
)

// probeCandidates is how many objects the probes need, each one of its own.
const probeCandidates = 17

// probed delivers good and bad payloads to a connected integration that was never synced.
func (b *builder) probed(ctx context.Context) error {
	if err := b.connected(ctx); err != nil {
		return err
	}
	pool, err := b.from.candidates(probeCandidates)
	if err != nil {
		return err
	}
	if b.snap.FiguresBefore, err = b.figures(ctx); err != nil {
		return err
	}
	b.snap.Probes = map[ProbeName]*Probe{}
	for _, probes := range []func(context.Context, []candidate) ([]candidate, error){b.same, b.stale, b.badSignatures, b.odd} {
		if pool, err = probes(ctx, pool); err != nil {
			return err
		}
	}
	if err := b.counted(ctx); err != nil {
		return err
	}
	return b.notices(ctx)
}

// good is a good delivery of an object that is probed.
type good struct {
	name ProbeName
	body func() ([]byte, error)
}

// same delivers one object four times, each time a little different.
func (b *builder) same(ctx context.Context, pool []candidate) ([]candidate, error) {
	first := pool[0]
	whole := func() ([]byte, error) { return first.body, nil }
	return b.goodOnes(ctx, first, pool[1:],
		good{ProbeFirst, whole},
		good{ProbeKeyOrder, func() ([]byte, error) { return reversed(first.body) }},
		good{ProbeDuplicate, whole},
		good{ProbeChanged, func() ([]byte, error) { return changed(first.object, first.body) }})
}

// stale delivers one object as it is an hour later, and then as it is now.
func (b *builder) stale(ctx context.Context, pool []candidate) ([]candidate, error) {
	one := pool[0]
	if one.object.UpdatedAt == nil {
		return pool, nil // nothing says which of two bodies is the newer one
	}
	return b.goodOnes(ctx, one, pool[1:],
		good{ProbeNewer, func() ([]byte, error) {
			next, err := changed(one.object, one.body)
			if err != nil {
				return nil, err
			}
			return later(one.object, next, time.Hour)
		}},
		good{ProbeStale, func() ([]byte, error) { return one.body, nil }})
}

// goodOnes delivers good bodies of one object, each followed by a sentinel, and notes what is there then and what must
// be.
func (b *builder) goodOnes(ctx context.Context, of candidate, pool []candidate, bodies ...good) ([]candidate, error) {
	var sent [][]byte
	for i, g := range bodies {
		body, err := g.body()
		if err != nil {
			return nil, fmt.Errorf("making the probe %s: %w", g.name, err)
		}
		header, err := b.sign.headers(of.topic, string(g.name), body)
		if err != nil {
			return nil, err
		}
		d, err := b.post(ctx, of.ref, of.topic, header, body)
		if err != nil {
			return nil, err
		}
		p := &Probe{Delivery: d, Object: of.object.Name, Key: of.key}
		b.snap.Probes[g.name] = p
		sent = append(sent, body)
		if p.Expected, err = b.brought(of.object, of.key, of.topic, sent...); err != nil {
			return nil, err
		}
		if err := b.sentinel(ctx, pool[i], p); err != nil {
			return nil, err
		}
		if err := b.look(ctx, p); err != nil {
			return nil, err
		}
	}
	return pool[len(bodies):], nil
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
		d, err := b.post(ctx, c.ref, c.topic, header, body)
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
		header, err := b.sign.headers(c.topic, string(name)+"-proper", c.body)
		if err != nil {
			return nil, err
		}
		if p.Proper, err = b.post(ctx, c.ref, c.topic, header, c.body); err != nil {
			return nil, err
		}
		if err := b.await(ctx, func() (bool, error) {
			var err error
			p.ProperSeen, err = b.shows(ctx, c)
			return p.ProperSeen, err
		}); err != nil {
			return nil, err
		}
	}
	return pool[1:], nil
}

// forged makes a delivery whose signature is bad in one way.
func (b *builder) forged(name ProbeName, c candidate) (http.Header, []byte, error) {
	body := c.body
	header, err := b.sign.headers(c.topic, string(name), body)
	if err != nil {
		return nil, nil, err
	}
	sig := b.env.Manifest.Webhooks.Signature
	switch name {
	case ProbeTampered:
		body, err = changed(c.object, body)
	case ProbeOtherSecret:
		other := b.sign
		other.secret = strangersSecret
		header, err = other.headers(c.topic, string(name), body)
	case ProbeNoSignature:
		header.Del(sig.Header)
	case ProbeGarbage:
		header.Set(sig.Header, "AAAA")
	case ProbeOtherEncoding:
		other := b.sign
		other.hooks.Signature.Encoding = map[string]string{"base64": "hex", "hex": "base64"}[sig.Encoding]
		header, err = other.headers(c.topic, string(name), body)
	}
	return header, body, err
}

// odd sends what is neither a good event nor a bad signature: a ping, a signed error, and a signed body that breaks off.
func (b *builder) odd(ctx context.Context, pool []candidate) ([]candidate, error) {
	hooks := b.env.Manifest.Webhooks
	if hooks.Ping != nil {
		header := http.Header{"Content-Type": {hooks.Ping.ContentType}}
		body := []byte(strings.ReplaceAll(hooks.Ping.Body, "{id}", "1"))
		if err := b.oddOne(ctx, ProbePing, "", header, body, pool[0]); err != nil {
			return nil, err
		}
		pool = pool[1:]
	}
	if len(hooks.NotObject) > 0 {
		fields := map[string]any{}
		for _, f := range hooks.NotObject {
			fields[f] = "syncspec"
		}
		if err := b.oddSigned(ctx, ProbeNotObject, canonical.Append(nil, fields), pool[0]); err != nil {
			return nil, err
		}
		pool = pool[1:]
	}
	return pool[1:], b.oddSigned(ctx, ProbeBroken, pool[0].body[:len(pool[0].body)/2], pool[0])
}

// oddSigned sends an odd payload with a good signature.
func (b *builder) oddSigned(ctx context.Context, name ProbeName, body []byte, sentinel candidate) error {
	header, err := b.sign.headers(sentinel.topic, string(name), body)
	if err != nil {
		return err
	}
	return b.oddOne(ctx, name, sentinel.topic, header, body, sentinel)
}

// oddOne sends a payload that must change no row, then a good delivery, and when that was seen compares all rows.
func (b *builder) oddOne(ctx context.Context, name ProbeName, topic string, header http.Header, body []byte, sentinel candidate) error {
	before, err := b.settledRows(ctx)
	if err != nil {
		return err
	}
	failed, err := b.failed(ctx)
	if err != nil {
		return err
	}
	p := &Probe{}
	b.snap.Probes[name] = p
	if p.Delivery, err = b.post(ctx, "", topic, header, body); err != nil {
		return err
	}
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
	p.Changes = differences(before, after, own)
	now, err := b.failed(ctx)
	p.SetAside = now - failed
	return err
}

// failed counts the raw rows that are in error.
func (b *builder) failed(ctx context.Context) (int, error) {
	rows, err := b.snap.Reader.RawRows(ctx, "", "", false)
	n := 0
	for _, r := range rows {
		if r.Status == StatusError {
			n++
		}
	}
	return n, err
}

// sentinel sends a good delivery and waits until its raw row is seen: what was sent before it has been dealt with. It
// notes at the probes whether it was.
func (b *builder) sentinel(ctx context.Context, c candidate, probes ...*Probe) error {
	header, err := b.sign.headers(c.topic, "sentinel-"+c.key, c.body)
	if err != nil {
		return err
	}
	if _, err := b.post(ctx, c.ref, c.topic, header, c.body); err != nil {
		return err
	}
	seen := false
	if err := b.await(ctx, func() (bool, error) {
		var err error
		seen, err = b.shows(ctx, c)
		return seen, err
	}); err != nil {
		return err
	}
	for _, p := range probes {
		p.SentinelSeen = seen
	}
	return b.await(ctx, func() (bool, error) { return b.settled(ctx) })
}

// shows tells whether what a good delivery brings is there: its raw row, or without a raw layer its refined one.
func (b *builder) shows(ctx context.Context, c candidate) (bool, error) {
	if !b.lacks(profile.Raw) {
		return b.rawSeen(ctx, c.object.Name, c.key, c.body)
	}
	want, err := b.brought(c.object, c.key, c.topic, c.body)
	if err != nil {
		return false, err
	}
	return b.refinedSeen(ctx, c.object.Name, c.key, want)
}

// look notes what is there of a probe's object.
func (b *builder) look(ctx context.Context, p *Probe) error {
	var err error
	p.Raw, p.Row, err = b.found(ctx, p.Object, p.Key)
	p.Refined = p.Row != nil
	return err
}
