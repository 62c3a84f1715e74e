package sandbox

import (
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

func (g generic) fault(q *query) *refusal {
	i := q.kind.Incremental
	if i == nil || !q.has(i.Param) {
		return nil
	}
	if _, err := parseTime(i.Format, q.params.Get(i.Param)); err != nil {
		return &refusal{why: badParam, param: i.Param, value: q.params.Get(i.Param)}
	}
	return nil
}

func (g generic) fatherless(*query) *refusal { return &refusal{why: noObject} }

func (g generic) also(*query) *answer { return nil }

func (g generic) skip(*query) (int, bool) { return 0, false }

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
	if i := q.kind.Incremental; i != nil && q.has(i.Param) {
		since, _ := parseTime(i.Format, q.params.Get(i.Param)) // fault has read it
		tests = append(tests, func(r *record) bool {
			return r.changed.After(since) || i.Boundary == "inclusive" && r.changed.Equal(since)
		})
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
