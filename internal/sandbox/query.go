package sandbox

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// query is one request, as it was routed, and the store at the time it came.
type query struct {
	*http.Request
	account  *Account
	manifest *manifest.Manifest
	// route is nil for a path that the manifest does not name; below is the path below the base path.
	route *route
	below string
	// kind is what it asks for, nil where that is no object.
	kind *kind
	// path are the values of the path's placeholders.
	path map[string]string
	// params are the parameters in the query; a[0] and a[] are a. Where a cursor carried others, these.
	params url.Values
	body   []byte
	store  store
	// token is what the credential grants.
	token *grant
	// used and bucket are how much of the call limit is used, 0 of 0 where none is set.
	used, bucket int
}

// parameters reads a query.
func parameters(raw string) url.Values {
	values, _ := url.ParseQuery(raw) // what cannot be read is left out
	out := make(url.Values, len(values))
	for _, name := range sortedKeys(values) {
		v := values[name]
		if open := strings.IndexByte(name, '['); open > 0 && strings.HasSuffix(name, "]") && strings.Count(name, "[") == 1 {
			name = name[:open]
		}
		out[name] = append(out[name], v...)
	}
	return out
}

// has tells whether a parameter was sent.
func (q *query) has(name string) bool { return len(q.params[name]) > 0 }

// list are the values of a parameter that takes several, by repetition or with commas.
func (q *query) list(name string) []string {
	var all []string
	for _, v := range q.params[name] {
		for one := range strings.SplitSeq(v, ",") {
			if one = strings.TrimSpace(one); one != "" {
				all = append(all, one)
			}
		}
	}
	return all
}

// partial are the names of the fields the request wants alone, nil for all.
func (q *query) partial() []string {
	for _, name := range q.manifest.API.Query.Partial {
		if q.has(name) {
			return q.list(name)
		}
	}
	return nil
}

// belongs returns what the path of a request and its batch let through.
func (q *query) belongs() (func(*record) bool, *refusal) {
	tests := []func(*record) bool{}
	for name, value := range q.path {
		if name == "id" && q.route.does == one {
			continue
		}
		tests = append(tests, func(r *record) bool { return hangsOn(q.kind, r, name) == value })
	}
	batches, asked := 0, false
	for _, l := range q.route.lists {
		if l.Batch == nil {
			continue
		}
		batches++
		if !q.has(l.Batch.Param) {
			continue
		}
		asked = true
		ids := q.list(l.Batch.Param)
		if l.Batch.Max > 0 && len(ids) > l.Batch.Max {
			return nil, &refusal{why: tooManyIDs, param: l.Batch.Param}
		}
		field := batchField(q.kind, l.Batch.Param)
		tests = append(tests, func(r *record) bool { return slices.Contains(ids, r.text(field)) })
	}
	if batches > 0 && !asked {
		return nil, &refusal{why: needsIDs, param: q.route.lists[0].Batch.Param}
	}
	return func(r *record) bool {
		return !slices.ContainsFunc(tests, func(t func(*record) bool) bool { return !t(r) })
	}, nil
}

// hangsOn is the value of the parent that a record hangs on: what its fan-out was, else the field that has it.
func hangsOn(k *kind, r *record, as string) string {
	if v, ok := r.context[as]; ok {
		return v
	}
	if f, ok := k.Fields.Column(as); ok {
		if of, fromContext := strings.CutPrefix(f.Path, "@"); fromContext {
			return r.context[of]
		}
		return r.text(f.Path)
	}
	return r.text(as)
}

// batchField is the field that a batch's values are compared with: ids are the key, location_ids the location_id.
func batchField(k *kind, param string) string {
	if param == "ids" || param == "id" {
		return k.Key[0]
	}
	return strings.TrimSuffix(param, "s")
}
