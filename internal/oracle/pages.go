package oracle

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// pages are all answers, and a way to find those that only a link of another leads to.
type pages struct {
	answers []Answer
	next    manifest.Next
	// linked are the answers that a link may lead to, by what such a link says.
	linked map[string]*Answer
}

func newPages(m *manifest.Manifest, answers []Answer) *pages {
	p := &pages{answers: answers, next: m.API.Pagination.Next, linked: map[string]*Answer{}}
	if !p.byLink() {
		return p
	}
	for i := range answers {
		a := &answers[i]
		if id := p.id(a.URL); a.Method == http.MethodGet && a.Status == http.StatusOK && p.linked[id] == nil {
			p.linked[id] = a
		}
	}
	return p
}

func (p *pages) byLink() bool { return p.next.From == fromLink }

// fromLink is the kind of pagination whose next page stands in the Link header.
const fromLink = "header_link"

// id is what tells the page that a link leads to from others: the token, for parameters beside it (a page's size) may
// differ between the link and the request; the whole query where the provider names no token.
func (p *pages) id(u *url.URL) string {
	if p.next.Param == "" {
		return u.Path + "?" + u.Query().Encode()
	}
	return u.Path + "?" + u.Query().Get(p.next.Param)
}

// chain is a list's first page and all that its links lead to; broken says why it does not come to its end.
func (p *pages) chain(first *Answer) (chain []*Answer, broken string) {
	chain = []*Answer{first}
	if !p.byLink() {
		return chain, ""
	}
	for at := first; ; chain = append(chain, at) {
		link, err := nextLink(at)
		if err != nil {
			return chain, fmt.Sprintf("the Link of %s: %v", at.Ref, err)
		}
		if link == nil {
			return chain, ""
		}
		following := p.linked[p.id(link)]
		switch {
		case following == nil:
			return chain, fmt.Sprintf("there is no answer for the page after %s", at.Ref)
		case slices.Contains(chain, following):
			return chain, fmt.Sprintf("the page after %s is %s again", at.Ref, following.Ref)
		}
		at = following
	}
}

// nextLink is the address that an answer's Link header gives for the next page; nil where it gives none.
func nextLink(a *Answer) (*url.URL, error) {
	for _, header := range a.Header.Values("Link") {
		for header != "" {
			_, rest, found := strings.Cut(header, "<")
			address, params, closed := strings.Cut(rest, ">")
			if !found || !closed {
				break
			}
			// The parameters end with the next link's address: a comma may stand in both.
			until := len(params)
			if i := strings.Index(params, "<"); i >= 0 {
				until = i
			}
			header = params[until:]
			if isNext(params[:until]) {
				return a.URL.Parse(address)
			}
		}
	}
	return nil, nil
}

// isNext tells whether a link's parameters say rel=next.
func isNext(params string) bool {
	for param := range strings.SplitSeq(params, ";") {
		name, value, _ := strings.Cut(strings.Trim(param, " \t,"), "=")
		if strings.EqualFold(strings.TrimSpace(name), "rel") {
			rels := strings.Fields(strings.Trim(strings.TrimSpace(value), `"`))
			return slices.ContainsFunc(rels, func(r string) bool { return strings.EqualFold(r, "next") })
		}
	}
	return false
}
