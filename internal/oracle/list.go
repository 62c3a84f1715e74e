package oracle

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
)

// SameList tells whether a request's parameters ask for the list: its own parameters and, besides, only ones that say
// how to walk it and whose objects to give. Where a link leads to the next page, only first pages can be told: the
// others carry a token in place of the list's parameters.
func SameList(m *manifest.Manifest, list manifest.List, q url.Values) bool {
	rest := map[string]string{}
	for name, values := range q {
		name, _, _ = strings.Cut(name, "[")
		rest[name] = values[len(values)-1]
	}
	if slices.ContainsFunc(m.API.Query.Partial, func(p string) bool { _, ok := rest[p]; return ok }) {
		return false
	}
	for name, want := range list.Params {
		if rest[name] != want {
			return false
		}
		delete(rest, name)
	}
	page := m.API.Pagination
	for name := range rest {
		_, ordering := page.Order[name]
		_, fallback := m.API.Query.Defaults[name]
		turning := name == page.Next.Param && page.Next.From != fromLink
		batch := list.Batch != nil && name == list.Batch.Param
		if !ordering && !fallback && !turning && !batch && name != page.Size.Param && !slices.Contains(m.API.Auth.Credentials, name) {
			return false
		}
	}
	return true
}

func listName(l manifest.List) string {
	q := url.Values{}
	for k, v := range l.Params {
		q.Set(k, v)
	}
	if len(q) == 0 {
		return l.Path
	}
	return l.Path + "?" + q.Encode()
}

// elements returns the objects of a list's body.
func elements(body []byte, path string) ([]map[string]any, error) {
	v, err := at(body, path)
	if err != nil {
		return nil, err
	}
	list, ok := v.([]any)
	if !ok {
		return nil, fmt.Errorf("there is no array at %q", path)
	}
	out := make([]map[string]any, len(list))
	for i, e := range list {
		if out[i], ok = e.(map[string]any); !ok {
			return nil, fmt.Errorf("element %d is no object", i)
		}
	}
	return out, nil
}

// at decodes a body and returns what stands at a path in it, all of it for an empty path.
func at(body []byte, path string) (any, error) {
	v, err := canonical.Decode(body)
	if err != nil || path == "" {
		return v, err
	}
	root, _ := v.(map[string]any)
	v, _ = lookup(root, nil, path)
	return v, nil
}
