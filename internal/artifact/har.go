package artifact

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The form of HAR 1.2: http://www.softwareishard.com/blog/har-12-spec/. Members that begin with an underscore are ours.
type (
	harFile struct {
		Log harLog `json:"log"`
	}
	harLog struct {
		Version string     `json:"version"`
		Creator harCreator `json:"creator"`
		Pages   []harPage  `json:"pages"`
		Entries []harEntry `json:"entries"`
		Comment string     `json:"comment,omitempty"`
	}
	harCreator struct {
		Name    string `json:"name"`
		Version string `json:"version"`
	}
	// harPage is a step of the scenario.
	harPage struct {
		Started time.Time  `json:"startedDateTime"`
		ID      string     `json:"id"`
		Title   string     `json:"title"`
		Timings harNothing `json:"pageTimings"`
	}
	harNothing struct{}
	harEntry   struct {
		Page     string      `json:"pageref,omitempty"`
		Started  time.Time   `json:"startedDateTime"`
		Time     float64     `json:"time"`
		Request  harRequest  `json:"request"`
		Response harResponse `json:"response"`
		Cache    harNothing  `json:"cache"`
		Timings  harTimings  `json:"timings"`
		Comment  string      `json:"comment,omitempty"`
		// Interaction is the recorded one it was answered with, Fault what went wrong on purpose.
		Interaction string `json:"_interaction,omitempty"`
		Fault       string `json:"_fault,omitempty"`
	}
	harRequest struct {
		Method      string     `json:"method"`
		URL         string     `json:"url"`
		HTTPVersion string     `json:"httpVersion"`
		Cookies     []harPair  `json:"cookies"`
		Headers     []harPair  `json:"headers"`
		Query       []harPair  `json:"queryString"`
		Post        *harPosted `json:"postData,omitempty"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int        `json:"bodySize"`
	}
	harPosted struct {
		MimeType string `json:"mimeType"`
		Text     string `json:"text"`
		Comment  string `json:"comment,omitempty"`
	}
	harResponse struct {
		Status      int        `json:"status"`
		StatusText  string     `json:"statusText"`
		HTTPVersion string     `json:"httpVersion"`
		Cookies     []harPair  `json:"cookies"`
		Headers     []harPair  `json:"headers"`
		Content     harContent `json:"content"`
		RedirectURL string     `json:"redirectURL"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int        `json:"bodySize"`
	}
	harContent struct {
		Size     int    `json:"size"`
		MimeType string `json:"mimeType"`
		Text     string `json:"text,omitempty"`
		Encoding string `json:"encoding,omitempty"`
		Comment  string `json:"comment,omitempty"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
)

// unknown is the size of what was not measured.
const unknown = -1

// harOf is a log without entries.
func harOf(comment string) harFile {
	return harFile{harLog{Version: "1.2", Creator: harCreator{"syncspec", "1"}, Pages: []harPage{}, Entries: []harEntry{}, Comment: comment}}
}

// entry is what requests of the target and deliveries to it have in common. URL and header are clean already.
func entry(page string, at time.Time, took time.Duration, method, address string, header http.Header) harEntry {
	took = max(took, 0)
	ms := float64(took.Microseconds()) / 1000
	return harEntry{
		Page: page, Started: at.UTC(), Time: ms, Timings: harTimings{Wait: ms},
		Request: harRequest{Method: method, URL: address, HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: headersOf(header),
			Query: queryOf(address), HeadersSize: unknown, BodySize: unknown},
		Response: harResponse{HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: []harPair{}, HeadersSize: unknown, BodySize: unknown},
	}
}

// answer fills in a response. header is clean already.
func (e *harEntry) answer(status int, header http.Header) {
	e.Response.Status, e.Response.StatusText = status, http.StatusText(status)
	e.Response.Headers = headersOf(header)
	e.Response.RedirectURL = header.Get("Location")
	e.Response.Content.MimeType = mimeOf(header)
}

// remark adds to an entry's comment.
func (e *harEntry) remark(text string) {
	if text != "" {
		e.Comment = strings.TrimPrefix(e.Comment+"; "+text, "; ")
	}
}

func headersOf(h http.Header) []harPair {
	pairs := []harPair{}
	for name, values := range h {
		for _, v := range values {
			pairs = append(pairs, harPair{name, v})
		}
	}
	slices.SortStableFunc(pairs, func(a, b harPair) int { return strings.Compare(a.Name, b.Name) })
	return pairs
}

// queryOf are the parameters of an address in their order.
func queryOf(address string) []harPair {
	pairs := []harPair{}
	_, query, _ := strings.Cut(address, "?")
	for part := range strings.SplitSeq(query, "&") {
		if part == "" {
			continue
		}
		name, value, _ := strings.Cut(part, "=")
		pairs = append(pairs, harPair{unescape(name), unescape(value)})
	}
	return pairs
}

func unescape(s string) string {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain
	}
	return s
}

// mimeOf is the media type that headers name, as HAR wants one.
func mimeOf(h http.Header) string {
	if t := h.Get("Content-Type"); t != "" {
		return t
	}
	return "application/octet-stream"
}
