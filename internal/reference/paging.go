package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// nextPage says which page follows one that was answered; nil after the last.
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
