package reference

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// fetcher is the Fetcher over HTTP.
type fetcher struct{ client *client }

// firstPage is the request a walk begins with. A zero since means everything. All filters go with it: where the next
// page is a link, the provider keeps them in there and refuses them beside it.
func firstPage(o *object, l *manifest.List, account Account, w walk, since time.Time) (*PageRequest, error) {
	m := o.src.m
	path := l.Path
	for name, value := range w.fanout {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	u, err := endpoint(m, account, path)
	if err != nil {
		return nil, err
	}
	order, size := m.API.Pagination.Order, m.API.Pagination.Size.Max
	query := url.Values{}
	inc := o.Incremental
	if inc == nil || since.IsZero() {
		inc = nil
	} else {
		if inc.Order != nil {
			order = inc.Order
		}
		if account.PageSize[o.Name] > 0 {
			size = account.PageSize[o.Name]
		}
	}
	if !l.Unpaged {
		setPaging(query, m.API.Pagination, order, size)
	}
	set(query, l.Params)
	if l.Batch != nil {
		query.Set(l.Batch.Param, strings.Join(w.batch, ","))
	}
	if inc != nil {
		set(query, inc.Params)
		from := since
		if inc.Boundary == "exclusive" {
			// Times have a resolution of a second: what changed later within the very second of the last look
			// would never be given.
			from = from.Add(-time.Second)
		}
		query.Set(inc.Param, formatTime(inc.Format, from))
	}
	u.RawQuery = query.Encode()
	return &PageRequest{
		Manifest: m, Object: o.Object, List: l, Account: account, URL: u, Number: 1, Fanout: w.fanout, Batch: w.batch, Since: since,
	}, nil
}

// setPaging asks for the first page of a list.
func setPaging(query url.Values, p manifest.Pagination, order map[string]string, size int) {
	set(query, order)
	if p.Size.Param != "" && size > 0 {
		query.Set(p.Size.Param, strconv.Itoa(size))
	}
	switch p.Next.From {
	case "number", "offset":
		query.Set(p.Next.Param, strconv.Itoa(p.Next.First))
	}
}

func set(query url.Values, params map[string]string) {
	for name, value := range params {
		query.Set(name, value)
	}
}

// Fetch gets a page and says which one follows.
func (f fetcher) Fetch(ctx context.Context, req PageRequest) (Page, error) {
	a, err := f.client.do(ctx, call{manifest: req.Manifest, account: req.Account, method: http.MethodGet, url: req.URL})
	if err != nil {
		return Page{}, err
	}
	objects, err := listAt(a.body, req.List.At)
	if err != nil {
		return Page{}, fmt.Errorf("GET %s: %w", req.URL.Path, err)
	}
	next, err := nextPage(req, a, objects)
	if err != nil {
		return Page{}, fmt.Errorf("GET %s: %w", req.URL.Path, err)
	}
	return Page{Objects: objects, Next: next}, nil
}

// listAt finds the array of objects in a body.
func listAt(body []byte, at string) ([]json.RawMessage, error) {
	raw := json.RawMessage(body)
	if at != "" {
		f, err := parseFields(body)
		if err != nil {
			return nil, err
		}
		found, ok := f.at(at)
		if !ok {
			return nil, fmt.Errorf("the body has no %s", at)
		}
		raw = found
	}
	var objects []json.RawMessage
	if err := json.Unmarshal(raw, &objects); err != nil {
		return nil, fmt.Errorf("the body is no list: %s", excerpt(body))
	}
	return objects, nil
}
