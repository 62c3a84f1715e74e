package recorder

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// mostPages ends a walk that goes in a circle.
const mostPages = 10_000

// item is one object that a list gave.
type item struct {
	key  string
	body map[string]any
	// path are the values of the placeholders in the path of its list.
	path map[string]string
}

// walker asks for everything that a manifest names.
type walker struct {
	manifest *manifest.Manifest
	// origin is scheme and host.
	origin    string
	authorize func(*http.Request)
	client    *http.Client
	// items are the objects found so far, by name, each once and in the order of the lists.
	items map[string][]item
}

// with is the walker with another client.
func (w *walker) with(c *http.Client) *walker {
	other := *w
	other.client = c
	return &other
}

// object walks all lists of an object.
func (w *walker) object(ctx context.Context, o *manifest.Object) error {
	seen := map[string]bool{}
	for _, list := range o.Lists {
		for _, target := range w.walks(list) {
			found, err := w.pages(ctx, list, target.path, target.params)
			var status statusError
			if errors.As(err, &status) && o.Unavailable != nil && status.code == o.Unavailable.Status {
				return nil
			}
			if err != nil {
				return err
			}
			for _, body := range found {
				key, err := keyOf(body, o.Key)
				if err != nil {
					return fmt.Errorf("%s: %w", target.path, err)
				}
				if !seen[key] {
					seen[key] = true
					w.items[o.Name] = append(w.items[o.Name], item{key: key, body: body, path: target.placeholders})
				}
			}
		}
	}
	return nil
}

// walk is one way through a list.
type walk struct {
	path         string
	params       map[string]string
	placeholders map[string]string
}

// walks are one walk for a list, or one for each object that it hangs on, or one for as many as may be asked for at once.
// Those come in the order of their ids, as whoever keeps them in a table would ask.
func (w *walker) walks(list manifest.List) []walk {
	switch {
	case list.Each != nil:
		var out []walk
		for _, parent := range w.items[list.Each.Object] {
			value := scalarAt(parent.body, list.Each.Field)
			out = append(out, walk{path: fill(list.Path, map[string]string{list.Each.As: value}),
				placeholders: map[string]string{list.Each.As: value}})
		}
		return out
	case list.Batch != nil:
		var values []string
		for _, other := range w.items[list.Batch.Object] {
			if v := scalarAt(other.body, list.Batch.Field); v != "" {
				values = append(values, v)
			}
		}
		slices.SortFunc(values, ascending)
		var out []walk
		for part := range slices.Chunk(slices.Compact(values), list.Batch.Max) {
			out = append(out, walk{path: list.Path, params: map[string]string{list.Batch.Param: strings.Join(part, ",")}})
		}
		return out
	}
	return []walk{{path: list.Path}}
}

func fill(path string, values map[string]string) string {
	for name, value := range values {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	return path
}

// pages walks a list from its first page to its last.
func (w *walker) pages(ctx context.Context, list manifest.List, path string, params map[string]string) ([]map[string]any, error) {
	paging := w.manifest.API.Pagination
	query := url.Values{}
	for _, more := range []map[string]string{list.Params, params} {
		for name, value := range more {
			query.Set(name, value)
		}
	}
	if !list.Unpaged {
		query.Set(paging.Size.Param, strconv.Itoa(paging.Size.Max))
		for name, value := range paging.Order {
			query.Set(name, value)
		}
	}
	address := w.origin + w.manifest.BasePath() + path
	number := paging.Next.First
	var all []map[string]any
	for range mostPages {
		if paging.Next.From == "number" && !list.Unpaged {
			query.Set(paging.Next.Param, strconv.Itoa(number))
		}
		next := address
		if len(query) > 0 {
			next += "?" + query.Encode()
		}
		body, header, err := w.get(ctx, next)
		if err != nil {
			return nil, err
		}
		found, err := objectsAt(body, list.At)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", next, err)
		}
		all = append(all, found...)
		switch {
		case list.Unpaged:
			return all, nil
		case paging.Next.From == "header_link":
			if address = linkTo(header, "next"); address == "" {
				return all, nil
			}
			query = nil // a link is used as it is given
		case paging.Next.From == "number":
			if len(found) < paging.Size.Max {
				return all, nil
			}
			number++
		default:
			return nil, fmt.Errorf("the recorder cannot follow pages from %s yet", paging.Next.From)
		}
	}
	return nil, fmt.Errorf("%s has more than %d pages: does the walk go in a circle?", path, mostPages)
}

// linkTo is the address of a relation in a Link header.
func linkTo(header http.Header, rel string) string {
	for _, line := range header.Values("Link") {
		for part := range strings.SplitSeq(line, ",") {
			address, params, _ := strings.Cut(part, ";")
			if strings.Contains(params, `rel="`+rel+`"`) {
				return strings.Trim(strings.TrimSpace(address), "<>")
			}
		}
	}
	return ""
}

// statusError is an answer that is no success.
type statusError struct {
	code    int
	request string
	body    []byte
}

func (e statusError) Error() string {
	return fmt.Sprintf("%s was answered %d: %.200s", e.request, e.code, e.body)
}

func (w *walker) get(ctx context.Context, address string) ([]byte, http.Header, error) {
	return w.ask(ctx, http.MethodGet, address, nil, http.StatusOK)
}

func (w *walker) ask(ctx context.Context, method, address string, body []byte, want int) ([]byte, http.Header, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, nil, err
	}
	if body == nil {
		req.Body = http.NoBody
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	w.authorize(req)
	res, err := w.client.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, nil, err
	}
	if res.StatusCode != want {
		return nil, nil, statusError{code: res.StatusCode, request: method + " " + req.URL.RequestURI(), body: answer}
	}
	return answer, res.Header, nil
}

// counts asks for every count that the manifest names.
func (w *walker) counts(ctx context.Context) error {
	for i := range w.manifest.Objects {
		o := &w.manifest.Objects[i]
		if o.Count == nil || o.NotApplicable != "" {
			continue
		}
		query := url.Values{}
		for name, value := range o.Count.Params {
			query.Set(name, value)
		}
		address := w.origin + w.manifest.BasePath() + o.Count.Path
		if len(query) > 0 {
			address += "?" + query.Encode()
		}
		if _, _, err := w.get(ctx, address); err != nil {
			return err
		}
	}
	return nil
}

// samples asks for a few objects of each kind by themselves: the first, one in the middle and the last.
func (w *walker) samples(ctx context.Context) error {
	for i := range w.manifest.Objects {
		o := &w.manifest.Objects[i]
		all := w.items[o.Name]
		if o.One == "" || len(all) == 0 {
			continue
		}
		for _, n := range slices.Compact([]int{0, len(all) / 2, len(all) - 1}) {
			if err := w.one(ctx, o, all[n]); err != nil {
				return err
			}
		}
	}
	return nil
}

// one asks for a single object.
func (w *walker) one(ctx context.Context, o *manifest.Object, it item) error {
	path := fill(fill(o.One, map[string]string{"id": it.key}), it.path)
	_, _, err := w.get(ctx, w.origin+w.manifest.BasePath()+path)
	return err
}

// subscribe registers a webhook.
func (w *walker) subscribe(ctx context.Context, reg manifest.Registration, topic, address string) error {
	fields := map[string]string{reg.Topic: topic, reg.URL: address}
	for name, value := range reg.Params {
		fields[name] = value
	}
	if reg.Name != "" {
		fields[reg.Name] = "sync " + topic
	}
	if reg.Secret != "" {
		fields[reg.Secret] = webhookSecret
	}
	var doc any = fields
	segments := strings.Split(reg.At, ".")
	for _, name := range slices.Backward(segments) {
		if name != "" {
			doc = map[string]any{name: doc}
		}
	}
	body, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	_, _, err = w.ask(ctx, http.MethodPost, w.origin+w.manifest.BasePath()+reg.Path, body, http.StatusCreated)
	return err
}
