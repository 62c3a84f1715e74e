package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// generic does what a manifest alone can say of a provider.
type generic struct {
	manifest *manifest.Manifest
}

func (g generic) singles(k *kind) []string {
	if k.One == "" {
		return nil
	}
	return []string{k.One}
}

func (g generic) known(string) []string { return nil }

func (g generic) fault(*query) *refusal { return nil }

func (g generic) fatherless(*query) *refusal { return &refusal{why: noObject} }

func (g generic) also(*query) *answer { return nil }

func (g generic) show(_ *query, r *record) []byte { return r.body }

func (g generic) order(q *query) order {
	if i := q.kind.Incremental; i != nil && q.has(i.Param) && len(i.Order) > 0 {
		return order{by: byChange}
	}
	return order{}
}

// selects knows the incremental filter, and the parameters that the manifest gives a list: one that is the name of a
// field compares with it, where any and all let everything through that is not deleted. What is deleted is given only
// where it was asked for.
func (g generic) selects(q *query) func(*record) bool {
	tests := []func(*record) bool{}
	if since := sinceTest(q); since != nil {
		tests = append(tests, since)
	}
	named := map[string]bool{}
	for _, l := range q.kind.Lists {
		for name := range l.Params {
			named[name] = true
		}
	}
	gone := q.kind.DeletedWhen
	for name := range named {
		wanted := q.list(name)
		if len(wanted) == 0 || slices.Contains(wanted, "any") || slices.Contains(wanted, "all") {
			continue
		}
		if gone != nil && name == gone.Field {
			gone = nil
		}
		tests = append(tests, func(r *record) bool {
			_, has := raw(r.body, name)
			return !has || slices.Contains(wanted, r.text(name))
		})
	}
	return func(r *record) bool {
		if gone != nil && holds(gone, r.body) {
			return false
		}
		return !slices.ContainsFunc(tests, func(t func(*record) bool) bool { return !t(r) })
	}
}

// sinceTest is the incremental filter of a request; nil where it has none, or none that can be read.
func sinceTest(q *query) func(*record) bool {
	i := q.kind.Incremental
	if i == nil || !q.has(i.Param) {
		return nil
	}
	since, err := parseTime(i.Format, q.params.Get(i.Param))
	if err != nil {
		return nil
	}
	return func(r *record) bool {
		return r.changed.After(since) || i.Boundary == "inclusive" && r.changed.Equal(since)
	}
}

// holds tells whether a condition holds for a body.
func holds(c *manifest.Condition, body []byte) bool {
	if c == nil {
		return true
	}
	value, _ := text(body, c.Field)
	if c.Equals != "" {
		return value == c.Equals
	}
	return value != c.Not
}

func (g generic) refuse(q *query, r refusal) *answer {
	message := map[why]string{
		noRoute: "there is no such path", noObject: "there is no such object", noCredential: "the credential is unknown",
		wrongSecret: "the secret is wrong", noPermission: "the key lacks the permission", noScope: "the token lacks the scope",
		tooFast: "slow down", needsForce: "it can be deleted for good only", unavailable: "the account lacks the feature",
	}[r.why]
	if message == "" {
		message = "the request is wrong"
	}
	body, _ := encode(map[string]any{"error": map[string]any{"status": r.status(), "message": message, "param": r.param}})
	a := reply(r.status(), body)
	retryAfter(g.manifest, a, r)
	return a
}

// retryAfter adds to the answer of a provider that is asked too fast how long to wait.
func retryAfter(m *manifest.Manifest, a *answer, r refusal) {
	if r.why != tooFast {
		return
	}
	for _, limit := range m.API.RateLimits {
		if limit.Status != a.status || limit.Header == "" {
			continue
		}
		digits := 0
		if limit.Decimal {
			digits = 1
		}
		a.header.Set(limit.Header, strconv.FormatFloat(r.wait.Seconds(), 'f', digits, 64))
	}
}

// finish adds the totals and the links that the manifest says there are.
func (g generic) finish(q *query, a *answer, p *page) {
	if v := g.manifest.API.Version; v.Header != "" {
		a.header.Set(v.Header, v.Value)
	}
	if p == nil || p.whole {
		return
	}
	paging := g.manifest.API.Pagination
	if paging.TotalHeader != "" {
		a.header[paging.TotalHeader] = []string{strconv.Itoa(p.total)}
	}
	if paging.PagesHeader != "" {
		a.header[paging.PagesHeader] = []string{strconv.Itoa(p.pages)}
	}
	var links []string
	if p.prev != "" {
		links = append(links, "<"+q.link(p.prev)+`>; rel="previous"`)
	}
	if p.next != "" {
		links = append(links, "<"+q.link(p.next)+`>; rel="next"`)
	}
	if len(links) > 0 && paging.Next.From == "header_link" {
		a.header.Set("Link", strings.Join(links, ", "))
	}
}

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
		return keyPayload(k, r.key)
	case "reference":
		value, ok := raw(r.body, k.Key[0])
		if !ok {
			return nil, fmt.Errorf("it has no %s", k.Key[0])
		}
		return wrap(t.At, value), nil
	}
	return r.body, nil
}

// keyPayload is a body with nothing but the fields of a key.
func keyPayload(k *kind, key string) ([]byte, error) {
	body := []byte("{}")
	for i, part := range strings.SplitN(key, "/", len(k.Key)) {
		value := []byte(part)
		if _, err := strconv.ParseInt(part, 10, 64); err != nil || k.KeyType == "text" {
			if value, err = encode(part); err != nil {
				return nil, err
			}
		}
		var err error
		if body, err = set(body, k.Key[i], value); err != nil {
			return nil, err
		}
	}
	return body, nil
}

func (g generic) skip(*query) (int, bool) { return 0, false }

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

// hook keeps what was sent, with an id and the times.
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
