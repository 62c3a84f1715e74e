package gateway

import (
	"mime"
	"net/http"
	"net/url"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

// oauthPaths are where no credential is sent yet, and the application's id says whose request it is.
type oauthPaths struct{ authorize, token string }

func newOAuthPaths(o *manifest.OAuth) oauthPaths {
	if o == nil {
		return oauthPaths{}
	}
	return oauthPaths{o.AuthorizePath, o.TokenPath}
}

func (o oauthPaths) is(path string) bool {
	return path != "" && (path == o.authorize || path == o.token)
}

// clientID finds the application's id in a request's query, form or JSON body.
func clientID(req *http.Request, body []byte) string { return sent(req, body, "client_id") }

// grantOf finds what a token is asked for with: a code or a refresh token.
func grantOf(req *http.Request, body []byte) string {
	if code := sent(req, body, "code"); code != "" {
		return code
	}
	return sent(req, body, "refresh_token")
}

// sent finds a parameter in a request's query, form or JSON body.
func sent(req *http.Request, body []byte, name string) string {
	if value := req.URL.Query().Get(name); value != "" {
		return value
	}
	if isForm(req.Header.Get("Content-Type")) {
		form, _ := url.ParseQuery(string(body)) // what could be read of it
		return form.Get(name)
	}
	v, _ := decodeJSON(string(body))
	fields, _ := v.(map[string]any)
	value, _ := fields[name].(string)
	return value
}

func isForm(contentType string) bool {
	kind, _, _ := mime.ParseMediaType(contentType)
	return kind == "application/x-www-form-urlencoded"
}

// harmless are the fields of a token request that are no secrets.
func harmless() []string {
	return []string{"client_id", "grant_type", "expiring", "scope", "redirect_uri", "requested_token_type", "subject_token_type"}
}

const redacted = "[redacted]"

// redact takes codes, tokens and secrets out of what the log keeps of a token request; which fields there were stays.
func (o oauthPaths) redact(ex *Exchange, contentType string, body []byte) {
	if ex.Path != o.token {
		return
	}
	ex.Query = redactForm(ex.Query)
	if len(body) == 0 {
		return
	}
	if isForm(contentType) {
		ex.RequestBody = redactForm(string(body))
		return
	}
	v, _ := decodeJSON(string(body))
	fields, ok := v.(map[string]any)
	if !ok {
		ex.RequestBody = redacted
		return
	}
	for name := range fields {
		if !slices.Contains(harmless(), name) {
			fields[name] = redacted
		}
	}
	ex.RequestBody = bounded([]byte(encodeJSON(fields)))
}

// redactForm does the same for a query or a form; what cannot be read of it is left out.
func redactForm(raw string) string {
	form, _ := url.ParseQuery(raw)
	for name := range form {
		if !slices.Contains(harmless(), name) {
			form[name] = []string{redacted}
		}
	}
	return bounded([]byte(form.Encode()))
}
