package gateway

import (
	"net/http"
	"slices"
	"strings"
)

// rewriter puts the gateway's own address where the provider's stood, in the headers that clients follow. Bodies are
// never touched: they are data.
type rewriter struct {
	// origins are the provider's scheme and host, over TLS and without.
	origins []string
	// credentials are the parameters whose recorded values were scrubbed.
	credentials []string
}

func newRewriter(baseURL string, credentials []string) rewriter {
	_, host, _ := strings.Cut(baseURL, "://")
	return rewriter{origins: []string{"https://" + host, "http://" + host}, credentials: credentials}
}

// client is what the rewritten headers depend on: how the client reached the gateway, and the query it sent.
type client struct{ origin, query string }

// notForwarded are the headers of one connection, and those that the server writes itself.
func notForwarded() []string {
	return []string{
		"Connection", "Keep-Alive", "Proxy-Authenticate", "Proxy-Connection", "Te", "Trailer",
		"Transfer-Encoding", "Upgrade", "Content-Length", "Date",
	}
}

// headers copies recorded headers for sending to a client.
func (w rewriter) headers(dst, recorded http.Header, c client) {
	skip := notForwarded()
	for name, values := range recorded {
		if slices.Contains(skip, name) {
			continue
		}
		out := slices.Clone(values)
		for i, v := range out {
			switch name {
			case "Link":
				out[i] = w.link(v, c)
			case "Location":
				out[i] = w.location(v, c)
			}
		}
		dst[name] = out
	}
	if recorded.Get("Content-Type") == "" {
		dst["Content-Type"] = nil // net/http would guess one
	}
}

// location rewrites an address if it is the provider's.
func (w rewriter) location(address string, c client) string {
	for _, o := range w.origins {
		rest, ok := strings.CutPrefix(address, o)
		if ok && (rest == "" || strings.ContainsRune("/?#", rune(rest[0]))) {
			return c.origin + w.ownCredentials(rest, c)
		}
	}
	return address
}

// link rewrites the addresses in a Link header.
func (w rewriter) link(value string, c client) string {
	return eachAddress(value, func(address string) string { return w.location(address, c) })
}

// eachAddress changes the addresses in a Link header, which stand in angle brackets.
func eachAddress(value string, change func(string) string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(value, "<")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		address, after, closed := strings.Cut(rest, ">")
		b.WriteByte('<')
		b.WriteString(change(address))
		if !closed {
			return b.String()
		}
		b.WriteByte('>')
		value = after
	}
}

// ownCredentials puts the client's own credentials where an address repeats them: the provider echoes what was sent,
// and the recorded ones were scrubbed, so that following such an address would end as an unknown credential.
func (w rewriter) ownCredentials(address string, c client) string {
	path, query, found := strings.Cut(address, "?")
	if !found {
		return address
	}
	parts := strings.Split(query, "&")
	for i, part := range parts {
		name, _, _ := strings.Cut(part, "=")
		if !slices.Contains(w.credentials, unescape(name)) {
			continue
		}
		for sent := range strings.SplitSeq(c.query, "&") {
			if strings.HasPrefix(sent, name+"=") {
				parts[i] = sent
			}
		}
	}
	return path + "?" + strings.Join(parts, "&")
}
