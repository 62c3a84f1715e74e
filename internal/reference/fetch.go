package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// fetcher is the Fetcher over HTTP.
type fetcher struct{ client *client }

// firstPage is the request a walk begins with. A zero since means everything.
func firstPage(o *object, l *manifest.List, account Account, fanout map[string]string, since time.Time) (*PageRequest, error) {
	m := o.src.m
	path := l.Path
	for name, value := range fanout {
		path = strings.ReplaceAll(path, "{"+name+"}", url.PathEscape(value))
	}
	u, err := endpoint(m, account, path)
	if err != nil {
		return nil, err
	}
	query := url.Values{}
	set := func(params map[string]string) {
		for name, value := range params {
			query.Set(name, value)
		}
	}
	inc := o.Incremental
	incremental := inc != nil && !since.IsZero()
	if !l.Unpaged {
		order := m.API.Pagination.Order
		size := m.API.Pagination.Size.Max
		if incremental {
			if inc.Order != nil {
				order = inc.Order
			}
			if account.PageSize[o.Name] > 0 {
				size = account.PageSize[o.Name]
			}
		}
		set(order)
		if name := m.API.Pagination.Size.Param; name != "" && size > 0 {
			query.Set(name, strconv.Itoa(size))
		}
		switch next := m.API.Pagination.Next; next.From {
		case "number", "offset":
			query.Set(next.Param, strconv.Itoa(next.First))
		}
	}
	set(l.Params)
	if incremental {
		set(inc.Params)
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
		Manifest: m, Object: o.Object, List: l, Account: account, URL: u, Number: 1, Fanout: fanout, Since: since,
	}, nil
}

// Fetch gets a page and says which one follows.
func (f fetcher) Fetch(ctx context.Context, req PageRequest) (Page, error) {
	a, err := f.client.do(ctx, req.Manifest, req.Account, "GET", req.URL, nil)
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

func nextPage(req PageRequest, a answer, objects []json.RawMessage) (*PageRequest, error) {
	if req.List.Unpaged {
		return nil, nil
	}
	p := req.Manifest.API.Pagination
	following := req
	following.Number++
	switch p.Next.From {
	case "number":
		if req.Number == 1 && p.PagesHeader != "" {
			// Only the first page's word counts: past the end some lists announce 0 pages.
			pages, err := strconv.Atoi(a.header.Get(p.PagesHeader))
			if err != nil {
				return nil, fmt.Errorf("header %s is %q, not the number of pages: is something between us and the provider dropping headers?", p.PagesHeader, a.header.Get(p.PagesHeader))
			}
			req.Pages, following.Pages = pages, pages
		}
		// A short page is no last page: the provider may leave out objects after cutting the page.
		if p.PagesHeader != "" && req.Number >= req.Pages || p.PagesHeader == "" && len(objects) == 0 {
			return nil, nil
		}
		following.URL = withParam(req.URL, p.Next.Param, strconv.Itoa(p.Next.First+req.Number))
	case "offset":
		if len(objects) == 0 {
			return nil, nil
		}
		offset, err := strconv.Atoi(req.URL.Query().Get(p.Next.Param))
		if err != nil {
			return nil, fmt.Errorf("offset of the request: %w", err)
		}
		following.URL = withParam(req.URL, p.Next.Param, strconv.Itoa(offset+len(objects)))
	case "last_id":
		if len(objects) == 0 {
			return nil, nil
		}
		f, err := parseFields(objects[len(objects)-1])
		if err != nil {
			return nil, fmt.Errorf("last object of the page: %w", err)
		}
		id, err := f.key(req.Object.Key, "text")
		if err != nil {
			return nil, fmt.Errorf("last object of the page: %w", err)
		}
		following.URL = withParam(req.URL, p.Next.Param, id)
	case "header_link":
		link, err := relNext(a.header.Values("Link"))
		if err != nil || link == "" {
			return nil, err
		}
		u, err := req.URL.Parse(link)
		if err != nil {
			return nil, fmt.Errorf("next link %q: %w", link, err)
		}
		if u.Host != req.URL.Host || u.Scheme != req.URL.Scheme {
			return nil, fmt.Errorf("next link leads to %s://%s, away from the account's host: refused", u.Scheme, u.Host)
		}
		following.URL = u
	default:
		return nil, fmt.Errorf("pagination from %q is not known", p.Next.From)
	}
	if following.URL.String() == req.URL.String() {
		return nil, errors.New("the next page is the same page again: stopped instead of walking in a circle")
	}
	return &following, nil
}

var linkForm = regexp.MustCompile(`<([^>]*)>([^<]*)`)

func relNext(links []string) (string, error) {
	for _, line := range links {
		for _, m := range linkForm.FindAllStringSubmatch(line, -1) {
			for param := range strings.SplitSeq(m[2], ";") {
				name, value, _ := strings.Cut(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(param), ",")), "=")
				if strings.EqualFold(name, "rel") && strings.Trim(value, `"`) == "next" {
					if m[1] == "" {
						return "", errors.New("empty next link")
					}
					return m[1], nil
				}
			}
		}
	}
	return "", nil
}

func withParam(u *url.URL, name, value string) *url.URL {
	query := maps.Clone(u.Query())
	query.Set(name, value)
	changed := *u
	changed.RawQuery = query.Encode()
	return &changed
}
