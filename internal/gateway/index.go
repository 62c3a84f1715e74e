package gateway

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"

	"github.com/syncspec/syncspec/internal/recording"
)

// entry is one interaction with what is needed to find it. Entries are shared by all routes and never change.
type entry struct {
	recording.Interaction
	// key is method, path and canonical query.
	key string
	// query is the canonical query on its own.
	query string
	// body is the canonical body of a write; fields are those of its fields that the manifest matches on, if any.
	body, fields string
	// number counts the entries of an index.
	number int
	// write is set for methods that change something; changed when the provider also accepted it, and ordinal is
	// then its place among the accepted writes of its cassette.
	write, changed bool
	ordinal        int
	// after is how many accepted writes of the same cassette were recorded before: the state it was recorded in.
	after int
}

// index finds the interactions of a set of cassettes.
type index struct {
	entries []*entry
	byKey   map[string][]*entry
	// writes are the accepted writes per cassette, in order.
	writes map[string][]*entry
	rules  *rules
}

func newIndex(r *rules, interactions []recording.Interaction) (*index, error) {
	ix := &index{byKey: map[string][]*entry{}, writes: map[string][]*entry{}, rules: r}
	for n, in := range interactions {
		e := &entry{Interaction: in, number: n, write: isWrite(in.Method), after: len(ix.writes[in.Cassette])}
		e.query = r.canonicalQuery(in.URL.RawQuery)
		e.key = requestKey(in.Method, in.URL.Path, e.query)
		if e.write {
			e.body = canonicalBody(in.RequestHeader.Get("Content-Type"), in.RequestBody)
			if in.URL.Path == r.matchPath {
				e.fields, _ = bodyFields(in.RequestBody, r.matchAt, r.matchFields)
			}
			if in.Status >= 200 && in.Status < 300 {
				e.changed, e.ordinal = true, e.after
				ix.writes[in.Cassette] = append(ix.writes[in.Cassette], e)
			}
		}
		if err := ix.refuseMixture(e); err != nil {
			return nil, err
		}
		ix.entries = append(ix.entries, e)
		ix.byKey[e.key] = append(ix.byKey[e.key], e)
	}
	return ix, nil
}

// refuseMixture finds a request that two cassettes answer differently: they show different states of the source
// and cannot be served together.
func (ix *index) refuseMixture(e *entry) error {
	for _, other := range ix.byKey[e.key] {
		if other.Cassette != e.Cassette && other.body == e.body &&
			(other.Status != e.Status || !bytes.Equal(other.Body, e.Body)) {
			return fmt.Errorf("%s and %s answer %s differently: they were recorded in different states of the source; put them into different phases",
				other.Ref(), e.Ref(), requestLine(e))
		}
	}
	return nil
}

// candidates are the recorded interactions that a request may be answered with, in recorded order.
//
// A write is first looked for by its whole body. Where the manifest says that some fields suffice, what the provider
// accepted with those fields comes next, for the rest of such a body (an address, a name, a secret) is the target's
// own. A refusal was about the very body it answered, so it stands for another body only if nothing was accepted.
func (ix *index) candidates(method, path, query, contentType, body string) []*entry {
	all := ix.byKey[requestKey(method, path, query)]
	if len(all) == 0 || !all[0].write {
		return all
	}
	whole := canonicalBody(contentType, body)
	if same := filter(all, func(e *entry) bool { return e.body == whole }); len(same) > 0 {
		return same
	}
	if path != ix.rules.matchPath {
		return nil
	}
	fields, ok := bodyFields(body, ix.rules.matchAt, ix.rules.matchFields)
	if !ok {
		return nil
	}
	alike := filter(all, func(e *entry) bool { return e.fields == fields })
	if accepted := filter(alike, func(e *entry) bool { return e.changed }); len(accepted) > 0 {
		return accepted
	}
	return alike
}

func filter(entries []*entry, keep func(*entry) bool) []*entry {
	return slices.DeleteFunc(slices.Clone(entries), func(e *entry) bool { return !keep(e) })
}

func requestKey(method, path, query string) string { return method + " " + path + "?" + query }

// requestLine is a recorded request as a reader wants to see it.
func requestLine(e *entry) string {
	line := e.Method + " " + e.URL.Path
	if e.query != "" {
		line += "?" + e.query
	}
	return line
}

func isWrite(method string) bool {
	switch method {
	case http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return true
	}
	return false
}
