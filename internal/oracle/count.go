package oracle

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Counted takes over the source's own counts from among the answers. Two counts of one population that differ are an
// error: a phase shows one state.
func (o *Offer) Counted(answers []Answer) error {
	for _, p := range o.Populations {
		if p.Object.Count == nil {
			continue
		}
		path, list := o.Manifest.BasePath()+p.Object.Count.Path, manifest.List{Params: p.Object.Count.Params}
		from := ""
		for _, a := range answers {
			if a.Method != http.MethodGet || a.Status != http.StatusOK || a.URL.Path != path || !SameList(o.Manifest, list, a.URL.Query()) {
				continue
			}
			n, err := number(a.Body, p.Object.Count.At)
			if err != nil {
				return fmt.Errorf("reading the count of %s (%s): %w", p.Object.Name, a.Ref, err)
			}
			if from != "" && n != p.Count {
				return fmt.Errorf("the source counts %d %s in %s and %d in %s: they show different states", p.Count, p.Object.Name, from, n, a.Ref)
			}
			p.Count, from = n, a.Ref
		}
	}
	return nil
}

// number reads the whole number at a path of a body.
func number(body []byte, path string) (int, error) {
	v, err := at(body, path)
	if err != nil {
		return 0, err
	}
	text, ok := v.(json.Number)
	if !ok {
		return 0, fmt.Errorf("there is no number at %q", path)
	}
	n, err := strconv.Atoi(text.String())
	if err != nil || n < 0 {
		return 0, fmt.Errorf("%s at %q is no count", text, path)
	}
	return n, nil
}

// CountURL is the path and query with which a source is asked for its count of an object; empty where it does not count.
func CountURL(m *manifest.Manifest, obj *manifest.Object) string {
	if obj.Count == nil {
		return ""
	}
	q := url.Values{}
	for name, value := range obj.Count.Params {
		q.Set(name, value)
	}
	u := url.URL{Path: m.BasePath() + obj.Count.Path, RawQuery: q.Encode()}
	return u.RequestURI()
}
