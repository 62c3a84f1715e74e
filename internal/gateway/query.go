package gateway

import (
	"net/url"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// rules say which requests are the same request, as the manifest has it.
type rules struct {
	basePath    string
	defaults    map[string]string
	booleans    map[string]bool
	credentials map[string]bool
	// matchPath is the one path whose writes match on some fields of the body only: matchFields of the object at matchAt.
	matchPath, matchAt string
	matchFields        []string
}

func newRules(m *manifest.Manifest) *rules {
	r := &rules{
		basePath:    m.BasePath(),
		defaults:    m.API.Query.Defaults,
		booleans:    map[string]bool{},
		credentials: map[string]bool{},
	}
	for _, name := range m.API.Query.Booleans {
		r.booleans[name] = true
	}
	for _, name := range m.API.Auth.Credentials {
		r.credentials[name] = true
	}
	if reg := m.Webhooks.Registration; reg != nil && len(reg.Match) > 0 {
		r.matchPath = r.basePath + reg.Path
		r.matchAt, r.matchFields = reg.At, reg.Match
	}
	return r
}

// param is one parameter of a query. position is its index where the name had one (a[3]), else -1.
type param struct {
	name, value string
	position    int
}

// canonicalQuery is the form in which two queries that mean the same are equal: parameters by name, the forms of
// an array (a[0]=x, a[]=x, a=x) made one, booleans as true and false, defaults and credentials left out. The values
// of one parameter keep their order, for it may matter. The result is itself a query and its own canonical form.
func (r *rules) canonicalQuery(raw string) string {
	params := r.canonicalParams(raw)
	var b strings.Builder
	for i, p := range params {
		if i > 0 {
			b.WriteByte('&')
		}
		b.WriteString(url.QueryEscape(p.name))
		b.WriteByte('=')
		b.WriteString(url.QueryEscape(p.value))
	}
	return b.String()
}

func (r *rules) canonicalParams(raw string) []param {
	params := splitQuery(raw)
	count := map[string]int{}
	for i, p := range params {
		if r.booleans[p.name] {
			params[i].value = canonicalBoolean(p.value)
		}
		count[p.name]++
	}
	params = slices.DeleteFunc(params, func(p param) bool {
		if r.credentials[p.name] {
			return true
		}
		def, ok := r.defaults[p.name]
		return ok && p.value == def && count[p.name] == 1
	})
	slices.SortStableFunc(params, func(a, b param) int {
		if c := strings.Compare(a.name, b.name); c != 0 {
			return c
		}
		return a.position - b.position
	})
	return params
}

func canonicalBoolean(v string) string {
	switch strings.ToLower(v) {
	case "1", "true":
		return "true"
	case "0", "false":
		return "false"
	}
	return v
}

// splitQuery takes a query apart as web servers do: what cannot be unescaped is taken as it stands, nothing is
// refused. url.ParseQuery drops such parts, and two different requests would then look the same.
func splitQuery(raw string) []param {
	if raw == "" {
		return nil
	}
	var params []param
	for part := range strings.SplitSeq(raw, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		p := param{value: unescape(value)}
		p.name, p.position = arrayName(unescape(name))
		params = append(params, p)
	}
	return params
}

func unescape(s string) string {
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

// maxPositionDigits keeps a[12345678901234567890] a name rather than a number that overflows.
const maxPositionDigits = 6

// arrayName takes the brackets off a[] and a[7]. Names with a second pair stay: a[0][id] is a field of an element.
func arrayName(name string) (string, int) {
	open := strings.IndexByte(name, '[')
	if open < 1 || !strings.HasSuffix(name, "]") {
		return name, -1
	}
	inner := name[open+1 : len(name)-1]
	if len(inner) > maxPositionDigits || strings.Trim(inner, "0123456789") != "" {
		return name, -1
	}
	if inner == "" {
		return name[:open], -1
	}
	position := 0
	for _, digit := range []byte(inner) {
		position = position*10 + int(digit-'0')
	}
	return name[:open], position
}
