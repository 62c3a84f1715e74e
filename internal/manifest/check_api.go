package manifest

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// checkSource checks the manifest's head.
func (c *checker) checkSource() {
	m := c.manifest
	c.checkIdentifier("source", m.Source)
	c.checkURL("docs", m.Docs)
}

// checkURL reports what is no absolute web address. Placeholders count as parts of names.
func (c *checker) checkURL(path, address string) {
	if address == "" {
		return
	}
	parsed, err := url.Parse(strings.NewReplacer("{", "", "}", "").Replace(address))
	if err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https" {
		c.at(path, fmt.Sprintf("%q is not a web address", shorten(address, 60)), "begin with https://")
	}
}

// checkAPI checks how the provider is spoken to.
func (c *checker) checkAPI() {
	api := c.manifest.API
	c.checkURL("api.base_url", api.BaseURL)
	if strings.HasSuffix(api.BaseURL, "/") {
		c.at("api.base_url", "must not end in a slash", "the paths of lists begin with one")
	}
	if day := api.Version.SupportedUntil; day != "" {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			c.at("api.version.supported_until", fmt.Sprintf("%q is not a date", shorten(day, 60)), "write YYYY-MM-DD")
		}
	}
	c.checkAuth(api.Auth)
	c.checkPagination(api.Pagination)
	for i, limit := range api.RateLimits {
		path := index("api.rate_limits", i)
		if limit.Status != 0 && (limit.Status < 400 || limit.Status > 599) {
			c.at(path+".status", fmt.Sprintf("%d is not the status of a refusal", limit.Status), "429 and 503 are usual")
		}
		if limit.Decimal && limit.Header == "" {
			c.at(path+".decimal", "there is no header whose number could have a fraction", "add header, or drop the key")
		}
	}
}

func (c *checker) checkAuth(auth Auth) {
	const path = "api.auth"
	if auth.Kind == "header" && auth.Header == "" {
		c.missing(path, "header", `kind "header" needs the header's name`, "add header: X-…")
	}
	if auth.Kind != "" && auth.Kind != "header" && auth.Header != "" {
		c.at(path+".header", fmt.Sprintf("kind %q has no header of its own", auth.Kind), `use kind: header, or drop the key`)
	}
	want := 1
	if auth.Kind == "basic" {
		want = 2
	}
	if n := len(auth.Credentials); n > 0 && auth.Kind != "" && n != want {
		c.at(path+".credentials", fmt.Sprintf("kind %q takes %d, here are %d", auth.Kind, want, n), "")
	}
	c.eachAlike(path+".credentials", "credential", auth.Credentials)
	if auth.Route != "" && len(auth.Credentials) > 0 && !slices.Contains(auth.Credentials, auth.Route) {
		c.at(path+".route", fmt.Sprintf("%q is not one of the credentials", auth.Route), suggest(auth.Route, auth.Credentials))
	}
}

func (c *checker) checkPagination(p Pagination) {
	const path = "api.pagination"
	if (p.Next.From == "number" || p.Next.From == "last_id" || p.Next.From == "offset" || p.Next.As == "token") && p.Next.Param == "" {
		c.missing(path+".next", "param", "the request parameter is missing", "add param: the parameter that carries the next page")
	}
	if p.Next.From == "number" && p.Next.As != "" && p.Next.As != "number" {
		c.at(path+".next.as", fmt.Sprintf("pages that are counted come as number, not as %s", p.Next.As), "write as: number")
	}
	if len(p.Next.With) > 0 && p.Next.Param == "" {
		c.missing(path+".next", "param", "what the parameters in with may accompany is not said", "add param: the parameter that carries the next page")
	}
	c.eachAlike(path+".next.with", "parameter", p.Next.With)
	if i := slices.Index(p.Next.With, p.Next.Param); i >= 0 && p.Next.Param != "" {
		c.at(index(path+".next.with", i), fmt.Sprintf("%q does not accompany itself", p.Next.Param), "name other parameters")
	}
	if c.given(path+".size.max") && p.Size.Max < 1 {
		c.at(path+".size.max", "a page holds one object at least", "")
	}
	if p.Size.Default < 0 || p.Size.Max > 0 && p.Size.Default > p.Size.Max {
		c.at(path+".size.default", fmt.Sprintf("%d is not between 1 and max (%d)", p.Size.Default, p.Size.Max), "")
	}
}

// checkExclusions checks what is left out and what is tolerated.
func (c *checker) checkExclusions() {
	paths := c.unique("path")
	for i, e := range c.manifest.Excluded {
		place := index("excluded", i) + ".path"
		paths.add(place, e.Path)
		if e.Path != "" && !strings.HasPrefix(e.Path, "/") {
			c.at(place, fmt.Sprintf("%q does not begin with a slash", shorten(e.Path, 60)), "write the path below the base URL")
		}
		c.checkExcluded(place, e.Path)
	}
	if c.manifest.Accuracy.Sample < 0 {
		c.at("accuracy.sample", "must not be negative", "")
	}
	for i, t := range c.manifest.Accuracy.Tolerate {
		place := index("accuracy.tolerate", i)
		c.declared(place+".object", t.Object)
		if c.given(place+".drift") && t.Drift < 1 {
			c.at(place+".drift", "a drift that is tolerated is 1 at least", "drop the entry to tolerate none")
		}
	}
}

// checkExcluded reports an endpoint that is left out and read all the same.
func (c *checker) checkExcluded(place, pattern string) {
	below, isPrefix := strings.CutSuffix(pattern, "*")
	for _, o := range c.manifest.Objects {
		routes := []string{o.One}
		if o.Count != nil {
			routes = append(routes, o.Count.Path)
		}
		for _, list := range o.Lists {
			routes = append(routes, list.Path)
		}
		for _, route := range routes {
			if route != "" && (route == pattern || isPrefix && strings.HasPrefix(route, below)) {
				c.at(place, fmt.Sprintf("%q is excluded, but %s reads %s", pattern, o.Name, route), "drop one of the two")
				break
			}
		}
	}
}
