package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/recording"
)

// ProbeName names one probe of the webhook endpoint.
type ProbeName string

// The probes. Each bad delivery uses an object of its own, so that nothing of it may ever be seen.
const (
	// ProbeFirst is a good delivery; the next three are about the same object.
	ProbeFirst ProbeName = "first"
	// ProbeKeyOrder is the same payload with its keys in another order.
	ProbeKeyOrder ProbeName = "key-order"
	// ProbeDuplicate is the same delivery again, byte for byte.
	ProbeDuplicate ProbeName = "duplicate"
	// ProbeChanged is the same payload with one field changed and nothing else, not even its time.
	ProbeChanged ProbeName = "changed"

	ProbeTampered      ProbeName = "tampered"       // a body changed after it was signed
	ProbeOtherSecret   ProbeName = "other-secret"   // signed with another account's secret
	ProbeNoSignature   ProbeName = "no-signature"   // without the signature's header
	ProbeGarbage       ProbeName = "garbage"        // a signature that is none
	ProbeOtherEncoding ProbeName = "other-encoding" // the right digest, encoded as the source never does

	// ProbePing is the source's unsigned first delivery, ProbeNotObject a signed body that is no object.
	ProbePing      ProbeName = "ping"
	ProbeNotObject ProbeName = "not-object"
)

// BadSignatures are the probes that must be refused for their signature.
func BadSignatures() []ProbeName {
	return []ProbeName{ProbeTampered, ProbeOtherSecret, ProbeNoSignature, ProbeGarbage, ProbeOtherEncoding}
}

// Probe is what one delivery did.
type Probe struct {
	Delivery *Delivery
	// Object and Key are what the payload is about.
	Object, Key string
	// Raw are the object's raw rows after a good delivery that was sent later was seen.
	Raw []RawRow
	// Refined tells whether a refined row of the object existed then.
	Refined bool
	// Proper, for a bad delivery, is the same body signed well and sent afterwards, ProperSeen whether its raw row
	// appeared: it shows that the bad one was refused for its signature and for nothing else.
	Proper     *Delivery
	ProperSeen bool
	// RefinedBefore and RefinedAfter count the refined rows of all objects, for payloads without a key.
	RefinedBefore, RefinedAfter int
}

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

// candidate is a recorded delivery of a whole object.
type candidate struct {
	recording.Delivery
	object *manifest.Object
	key    string
}

// candidates returns deliveries of distinct objects without an enforced parent, of the object that has most.
func (b *builder) candidates() ([]candidate, error) {
	const need = 14
	recorded, err := b.env.Recording.Deliveries()
	if err != nil {
		return nil, err
	}
	empty := &oracle.State{Manifest: b.env.Manifest, Objects: map[string]map[string]*oracle.Object{}}
	found := map[string][]candidate{}
	best := ""
	for _, d := range recorded {
		if d.Topic == "" {
			continue
		}
		body, err := object(d.Body)
		if err != nil {
			return nil, fmt.Errorf("reading the recorded delivery %s: %w", d.File, err)
		}
		effect, err := empty.Apply(oracle.Event{Topic: d.Topic, Body: body, Ref: d.File})
		if err != nil {
			return nil, err
		}
		obj, ok := b.env.Manifest.Object(effect.Object)
		if !ok || !effect.Applied || obj.Parent != nil ||
			slices.ContainsFunc(found[obj.Name], func(c candidate) bool { return c.key == effect.Key }) {
			continue
		}
		found[obj.Name] = append(found[obj.Name], candidate{d, obj, effect.Key})
		if len(found[obj.Name]) > len(found[best]) {
			best = obj.Name
		}
	}
	if len(found[best]) < need {
		return nil, fmt.Errorf("the recording has deliveries of %d distinct objects of one kind, %d are needed to probe the webhook endpoint", len(found[best]), need)
	}
	return found[best], nil
}

// textField returns a top-level text field of the object whose change means nothing else.
func (b *builder) textField(obj *manifest.Object) string {
	taken := map[string]bool{}
	if obj.DeletedWhen != nil {
		taken[obj.DeletedWhen.Field] = true
	}
	for _, t := range obj.Webhooks {
		if t.When != nil {
			taken[t.When.Field] = true
		}
	}
	for _, f := range obj.Fields {
		if f.Type == manifest.Text && !strings.ContainsAny(f.Path, ".@") && !taken[f.Path] && !slices.Contains(obj.Key, f.Path) {
			return f.Path
		}
	}
	return ""
}

// changed returns the body with one text field changed.
func changed(body []byte, field string) ([]byte, error) {
	m, err := object(body)
	if err != nil {
		return nil, err
	}
	if field == "" {
		return nil, fmt.Errorf("the object has no text field to change")
	}
	m[field] = fmt.Sprint(m[field], " (changed)")
	return canonical.Append(nil, m), nil
}

// reversed returns the same JSON value with the keys of every object in descending order.
func reversed(body []byte) ([]byte, error) {
	v, err := canonical.Decode(body)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := writeReversed(&out, v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func writeReversed(out *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		slices.Reverse(keys)
		out.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				out.WriteByte(',')
			}
			out.Write(canonical.Append(nil, k))
			out.WriteByte(':')
			if err := writeReversed(out, v[k]); err != nil {
				return err
			}
		}
		out.WriteByte('}')
	case []any:
		out.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeReversed(out, e); err != nil {
				return err
			}
		}
		out.WriteByte(']')
	default:
		out.Write(canonical.Append(nil, v))
	}
	return nil
}
