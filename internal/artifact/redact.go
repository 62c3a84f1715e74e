package artifact

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// redacted stands where a secret was.
const redacted = "[redacted]"

// cleaner takes secrets out of texts: those that the run knows, and what stands where secrets stand.
type cleaner struct {
	known func(string) string
	// words are what must stand in a text, in small letters, for the rest to find anything.
	words []string
	// json and form find members that are secret by their name, token what follows the name of a scheme.
	json, form, token *regexp.Regexp
	// headers are secret as a whole.
	headers []string
}

func newCleaner(f Failed) cleaner {
	names := []string{"secret", "client_secret", "consumer_secret", "access_token", "refresh_token", "password", "api_key", "apikey", "private_key"}
	c := cleaner{known: f.Redact, headers: []string{"Authorization", "Proxy-Authorization", "Cookie", "Set-Cookie"}}
	if f.Snapshot != nil && f.Snapshot.Manifest != nil {
		auth := f.Snapshot.Manifest.API.Auth
		names = append(names, auth.Credentials...)
		c.headers = append(c.headers, http.CanonicalHeaderKey(auth.Header))
	}
	c.words = []string{"bearer ", "basic "}
	for i, n := range names {
		c.words = append(c.words, strings.ToLower(n))
		names[i] = regexp.QuoteMeta(n)
	}
	either := "(?i:" + strings.Join(names, "|") + ")"
	c.json = regexp.MustCompile(`("` + either + `"\s*:\s*)"(?:[^"\\]|\\.)*"`)
	c.form = regexp.MustCompile(`(^|[?&\s"'(])(` + either + `=)[^&\s"'#)\\]+`)
	c.token = regexp.MustCompile(`\b((?i:bearer|basic) )[A-Za-z0-9+/=._~-]{8,}`)
	return c
}

// text is a text without secrets.
func (c cleaner) text(t string) string {
	if c.known != nil {
		t = c.known(t)
	}
	low := strings.ToLower(t)
	if !slices.ContainsFunc(c.words, func(w string) bool { return strings.Contains(low, w) }) {
		return t // most texts are large and have none; expressions take long to see that
	}
	t = c.json.ReplaceAllString(t, `${1}"`+redacted+`"`)
	t = c.form.ReplaceAllString(t, `${1}${2}`+redacted)
	return c.token.ReplaceAllString(t, "${1}"+redacted)
}

// header is a copy of headers without credentials.
func (c cleaner) header(h http.Header) http.Header {
	out := http.Header{}
	for name, values := range h {
		if slices.Contains(c.headers, http.CanonicalHeaderKey(name)) {
			continue
		}
		for _, v := range values {
			out[name] = append(out[name], c.text(v))
		}
	}
	return out
}
