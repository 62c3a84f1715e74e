package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// ErrCredentials is a provider's refusal of the credentials (401) or of what they may do (403). Asking again cannot
// help, so such a request is not retried.
var ErrCredentials = errors.New("credentials refused")

// errTransport is an answer that did not come through whole: a lost connection, a cut body, a page of some proxy
// instead of JSON.
var errTransport = errors.New("no usable answer")

// errRedirect is a redirect that was not followed.
var errRedirect = errors.New("redirect refused")

// StatusError is an answer of the provider that is no success.
type StatusError struct {
	Method string
	URL    string
	Status int
	Header http.Header
	// Excerpt is what the provider says of it, or the beginning of the body.
	Excerpt string
}

func (e *StatusError) Error() string {
	return strings.TrimSpace(fmt.Sprintf("%s %s: HTTP %d %s", e.Method, e.URL, e.Status, e.Excerpt))
}

// Unwrap makes 401 and 403 known as ErrCredentials.
func (e *StatusError) Unwrap() error {
	if e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden {
		return ErrCredentials
	}
	return nil
}

// hasStatus tells whether the provider answered with a status.
func hasStatus(err error, status int) bool {
	var e *StatusError
	return errors.As(err, &e) && e.Status == status
}

// explanation is the provider's own account of an error: what stands in the fields that providers put it in. One field
// may hold a text in one case and texts by field in the next.
func explanation(body []byte) (string, bool) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return "", false
	}
	var parts []string
	for _, name := range []string{"errors", "error", "error_description", "code", "message"} {
		if text := spoken(fields[name]); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, ": "), len(parts) > 0
}

// spoken writes a text, a list of texts, or texts by field as one line.
func spoken(raw json.RawMessage) string {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		return one
	}
	var parts []string
	var list []json.RawMessage
	var fields map[string]json.RawMessage
	switch {
	case json.Unmarshal(raw, &list) == nil:
		for _, element := range list {
			if text := spoken(element); text != "" {
				parts = append(parts, text)
			}
		}
	case json.Unmarshal(raw, &fields) == nil:
		for _, name := range slices.Sorted(maps.Keys(fields)) {
			if text := spoken(fields[name]); text != "" {
				parts = append(parts, name+": "+text)
			}
		}
	}
	return strings.Join(parts, "; ")
}

// excerpt is the beginning of a body on one line.
func excerpt(body []byte) string { return shortened(string(body)) }

func shortened(s string) string {
	const most = 200
	s = strings.Join(strings.Fields(pgText(s)), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
