package manifest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// checkOAuth checks how an account is connected by its owner's grant.
func (c *checker) checkOAuth() {
	o := c.manifest.OAuth
	if o == nil {
		return
	}
	const path = "oauth"
	c.checkAuthorizing(path+".authorize_path", o.AuthorizePath)
	c.checkAuthorizing(path+".token_path", o.TokenPath)
	if o.AuthorizePath != "" && o.AuthorizePath == o.TokenPath {
		c.at(path+".token_path", "the page for the owner and the route for the token are not the same", "")
	}
	if c.manifest.API.Auth.Kind == "basic" {
		c.at(path, "OAuth issues one token, but api.auth is basic and takes two credentials", "use kind: bearer or kind: header there")
	}
	if scopes := c.manifest.Scopes; len(scopes) > 0 && !slices.ContainsFunc(scopes, func(s Scope) bool { return s.Kind == "oauth" }) {
		c.at(path, "no scope is of kind oauth, so there is nothing to ask the owner for", "write kind: oauth at the scopes")
	}
	for i, s := range c.manifest.Scopes {
		if o.ScopeSeparator != "" && strings.Contains(s.Name, o.ScopeSeparator) {
			c.at(index("scopes", i)+".name", fmt.Sprintf("the name contains what stands between scopes (%q)", o.ScopeSeparator), "")
		}
	}
	c.checkCallback(path+".callback", o.Callback)
	if g := o.Granted; g != nil {
		c.checkAuthorizing(path+".granted.path", g.Path)
		c.checkPayloadPath(path+".granted.at", g.At)
		c.checkPayloadPath(path+".granted.field", g.Field)
	}
}

// checkAuthorizing checks a path of OAuth, which is below the host and not below the base URL.
func (c *checker) checkAuthorizing(path, route string) {
	switch {
	case strings.Contains(route, "://"):
		c.at(path, fmt.Sprintf("%q is an address", shorten(route, 60)), "write the path below the account's host")
	case route != "" && !strings.HasPrefix(route, "/"):
		c.at(path, fmt.Sprintf("%q does not begin with a slash", shorten(route, 60)), "write the path below the account's host")
	case strings.ContainsAny(route, "?#"):
		c.at(path, fmt.Sprintf("%q carries a query", shorten(route, 60)), "write the path alone")
	default:
		c.checkPlaceholders(path, route, nil)
	}
}

// checkCallback checks the signed way back to the integration.
func (c *checker) checkCallback(path string, callback *Callback) {
	if callback == nil {
		return
	}
	if callback.Param != "" && callback.Param == callback.TimestampParam {
		c.at(path+".timestamp_param", "one parameter does not carry both signature and time", "")
	}
	if c.given(path+".max_age") != c.given(path+".timestamp_param") {
		c.at(path, "timestamp_param and max_age go together", "a time without an age refuses nothing, and an age needs a time")
	}
	if age := callback.MaxAge; age != "" {
		if d, err := time.ParseDuration(age); err != nil || d <= 0 {
			c.at(path+".max_age", fmt.Sprintf("%q is not a positive duration", shorten(age, 60)), "write e.g. 90s")
		}
	}
}
