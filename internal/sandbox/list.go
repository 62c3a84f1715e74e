package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/syncspec/syncspec/internal/manifest"
)

// selected are the records a request asks for, in its order.
func (q *query) selected() ([]*record, order, *refusal) {
	if r := q.fault(); r != nil {
		return nil, order{}, r
	}
	belongs, r := q.belongs()
	if r != nil {
		return nil, order{}, r
	}
	selects := q.account.provider.selects(q)
	var records []*record
	for _, r := range q.store[q.kind.Name].records {
		if belongs(r) && selects(r) {
			records = append(records, r)
		}
	}
	o := q.account.provider.order(q)
	return o.sort(records), o, nil
}

// fault is what is wrong with a request for a list or a count.
func (q *query) fault() *refusal {
	if q.account.lacks(q.kind) {
		return &refusal{why: unavailable}
	}
	if r := q.account.provider.fault(q); r != nil {
		return r
	}
	for _, l := range q.route.lists {
		if l.Each != nil && !exists(q.account.kinds, q.store, *l.Each, q.path[l.Each.As]) {
			return q.account.provider.fatherless(q)
		}
	}
	return nil
}

// lacks tells whether the account is without the feature that gives a kind of objects.
func (a *Account) lacks(k *kind) bool {
	return k.Unavailable != nil && slices.Contains(a.config.Without, k.Name)
}

// exists tells whether an object is there on which a fan-out can hang.
func exists(kinds map[string]*kind, all store, e manifest.Each, value string) bool {
	k := kinds[e.Object]
	if k == nil {
		return false
	}
	if slices.Equal(k.Key, []string{e.Field}) {
		return all[e.Object].byKey[value] != nil
	}
	return slices.ContainsFunc(all[e.Object].records, func(r *record) bool { return r.text(e.Field) == value })
}

// one answers with a single object.
func (q *query) one() (*answer, *refusal) {
	if q.account.lacks(q.kind) {
		return nil, &refusal{why: unavailable}
	}
	belongs, r := q.belongs()
	if r != nil {
		return nil, r
	}
	found := q.store[q.kind.Name].byKey[q.path["id"]]
	if found == nil || !belongs(found) {
		return nil, &refusal{why: noObject}
	}
	return reply(http.StatusOK, wrap(q.kind.OneAt, q.show(found))), nil
}

// count answers with the number of objects that the request asks for.
func (q *query) count() (*answer, *refusal) {
	records, _, r := q.selected()
	if r != nil {
		return nil, r
	}
	return reply(http.StatusOK, wrap(q.kind.Count.At, strconv.AppendInt(nil, int64(len(records)), 10))), nil
}

// show is a record's body as the request wants it.
func (q *query) show(r *record) []byte {
	body := q.account.provider.show(q, r)
	if fields := q.partial(); fields != nil {
		return only(body, fields)
	}
	return body
}

// offered are the objects of a kind that the manifest's lists give, in the provider's order of creation.
func (a *Account) offered(s store, k *kind) []*record {
	if a.lacks(k) {
		return nil
	}
	given := map[*record]bool{}
	for _, l := range k.Lists {
		q := &query{account: a, manifest: a.manifest, kind: k, store: s, params: map[string][]string{}, below: l.Path,
			route:   &route{does: all, kind: k, lists: []manifest.List{l}},
			Request: &http.Request{Method: http.MethodGet, URL: &url.URL{Path: a.manifest.BasePath() + l.Path}}}
		for name, value := range l.Params {
			q.params[name] = []string{value}
		}
		selects := a.provider.selects(q)
		var parents map[string]bool
		var field string
		switch {
		case l.Each != nil:
			parents = a.values(s, l.Each.Object, l.Each.Field)
		case l.Batch != nil:
			parents, field = a.values(s, l.Batch.Object, l.Batch.Field), batchField(k, l.Batch.Param)
		}
		for _, r := range s[k.Name].records {
			hangs := parents == nil || l.Batch != nil && parents[r.text(field)] || l.Each != nil && parents[hangsOn(k, r, l.Each.As)]
			if hangs && selects(r) {
				given[r] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(s[k.Name].records), func(r *record) bool { return !given[r] })
}

// values are what the objects on offer of a kind have in a field.
func (a *Account) values(s store, object, field string) map[string]bool {
	out := map[string]bool{}
	if a.kinds[object] == nil {
		return out
	}
	for _, r := range a.offered(s, a.kinds[object]) {
		for _, v := range texts(r.body, field) {
			out[v] = true
		}
	}
	return out
}
