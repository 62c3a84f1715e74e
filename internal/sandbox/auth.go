package sandbox

import (
	"crypto/subtle"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// grant is what a credential allows.
type grant struct {
	scopes []string
	// expires is when it ends; zero for never.
	expires time.Time
}

// credentials are what a request has to say of who it is: a user and a password, or one token.
func credentials(a manifest.Auth, r *http.Request) []string {
	switch a.Kind {
	case "basic": // those who take a key and its secret take them in the query too, and read them there first
		if query := r.URL.Query(); len(a.Credentials) > 1 && query.Get(a.Credentials[0]) != "" {
			return []string{query.Get(a.Credentials[0]), query.Get(a.Credentials[1])}
		}
		if user, password, ok := r.BasicAuth(); ok {
			return []string{user, password}
		}
	case "bearer":
		scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		if strings.EqualFold(scheme, "Bearer") && token != "" {
			return []string{strings.TrimSpace(token)}
		}
	default:
		if token := r.Header.Get(a.Header); token != "" {
			return []string{token}
		}
	}
	return nil
}

// authenticate finds what a request's credential grants.
func (a *Account) authenticate(r *http.Request) (*grant, *refusal) {
	auth := a.manifest.API.Auth
	sent := credentials(auth, r)
	if len(sent) == 0 {
		return nil, &refusal{why: noCredential}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	g := a.tokens[sent[0]]
	if g == nil || !g.expires.IsZero() && !a.now.Before(g.expires) {
		return nil, &refusal{why: noCredential}
	}
	if len(auth.Credentials) > 1 {
		want := a.config.Credentials[auth.Credentials[1]]
		if len(sent) < 2 || subtle.ConstantTimeCompare([]byte(sent[1]), []byte(want)) != 1 {
			return nil, &refusal{why: wrongSecret}
		}
	}
	return g, nil
}

// permit tells whether the credential allows the request; the refusal names what is lacking.
func (a *Account) permit(q *query) *refusal {
	if r := permitMethod(a.manifest.Scopes, q.token.scopes, q.Method); r != nil {
		return r
	}
	if q.kind == nil {
		return nil
	}
	scope, ok := scopeNamed(a.manifest.Scopes, q.kind.Scope)
	if !ok || scope.Kind == "key_permission" || a.holds(q.token.scopes, scope.Name) {
		return nil
	}
	return &refusal{why: noScope, param: scope.Name}
}

// permitMethod looks at the permissions of a key, which are by HTTP method. Where there are none of that kind any
// method goes.
func permitMethod(scopes []manifest.Scope, granted []string, method string) *refusal {
	lacking := ""
	for _, s := range scopes {
		if s.Kind != "key_permission" || !slices.Contains(s.Methods, method) {
			continue
		}
		if slices.Contains(granted, s.Name) {
			return nil
		}
		lacking = s.Name
	}
	if lacking == "" {
		return nil
	}
	return &refusal{why: noPermission, param: lacking}
}

// holds tells whether scopes grant one: write_x grants read_x where the provider has it so.
func (a *Account) holds(granted []string, scope string) bool {
	if slices.Contains(granted, scope) {
		return true
	}
	rest, reading := strings.CutPrefix(scope, "read_")
	o := a.manifest.OAuth
	return reading && o != nil && o.WriteIncludesRead && slices.Contains(granted, "write_"+rest)
}

func scopeNamed(scopes []manifest.Scope, name string) (manifest.Scope, bool) {
	i := slices.IndexFunc(scopes, func(s manifest.Scope) bool { return s.Name == name })
	if i < 0 {
		return manifest.Scope{}, false
	}
	return scopes[i], true
}

// allScopes are the scopes that the manifest lists as current.
func allScopes(m *manifest.Manifest) []string {
	var names []string
	for _, s := range m.Scopes {
		if s.Status != "retired" {
			names = append(names, s.Name)
		}
	}
	return names
}
