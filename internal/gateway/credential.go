package gateway

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// checkAuth refuses a manifest by which no account could be told apart; the alternative is that every request of
// every scenario ends as unrouted.
func checkAuth(a manifest.Auth) error {
	i := slices.Index(a.Credentials, a.Route)
	switch {
	case i < 0:
		return fmt.Errorf("the manifest's api.auth.route is %q: name one of api.auth.credentials (%s)",
			a.Route, strings.Join(a.Credentials, ", "))
	case a.Kind == "basic" && i > 1:
		return fmt.Errorf("the manifest's api.auth.route %q is neither user nor password: name one of the first two credentials", a.Route)
	case a.Kind == "header" && a.Header == "":
		return fmt.Errorf("the manifest's api.auth.kind is header: name the header in api.auth.header")
	case !slices.Contains([]string{"basic", "bearer", "header"}, a.Kind):
		return fmt.Errorf("the manifest's api.auth.kind is %q: write basic, bearer or header", a.Kind)
	}
	return nil
}

// credentialOf finds the credential that routes a request. Where it stands in the query that one counts: providers
// that take it there read it first.
func credentialOf(a manifest.Auth, r *http.Request) string {
	for _, p := range splitQuery(r.URL.RawQuery) {
		if p.name == a.Route && p.value != "" {
			return p.value
		}
	}
	switch a.Kind {
	case "basic":
		user, password, _ := r.BasicAuth()
		if slices.Index(a.Credentials, a.Route) == 1 {
			return password
		}
		return user
	case "bearer":
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if strings.EqualFold(scheme, "Bearer") {
			return strings.TrimSpace(token)
		}
		return ""
	default:
		return r.Header.Get(a.Header)
	}
}

// whereCredential says in words where the gateway looked.
func whereCredential(a manifest.Auth) string {
	switch a.Kind {
	case "basic":
		if slices.Index(a.Credentials, a.Route) == 1 {
			return "the password of basic authentication"
		}
		return "the user of basic authentication"
	case "bearer":
		return "the bearer token"
	default:
		return "the header " + a.Header
	}
}

// redactHeader copies a request's header without what proves who sent it.
func redactHeader(a manifest.Auth, h http.Header) http.Header {
	out := h.Clone()
	for _, name := range []string{"Authorization", "Proxy-Authorization", "Cookie", a.Header} {
		out.Del(name)
	}
	return out
}

// redactQuery is the raw query without the parameters that carry credentials.
func redactQuery(a manifest.Auth, raw string) string {
	if raw == "" {
		return ""
	}
	var kept []string
	for part := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(part, "=")
		if !slices.Contains(a.Credentials, unescape(name)) {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, "&")
}
