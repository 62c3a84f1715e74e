package recorder

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dnaeon/go-vcr/v2/cassette"
	vcr "github.com/dnaeon/go-vcr/v2/recorder"

	"github.com/syncspec/syncspec/internal/manifest"
)

// madeWith names the library, and with it the format.
const madeWith = "go-vcr v2.1.0"

// scrubbed stands in the place of a credential.
const scrubbed = "[scrubbed]"

// tape runs ask with a client whose exchanges become a cassette. What they hold of credentials is taken out when they are
// made, so that none reaches the disk. Of what was only begun nothing is written.
func tape(dir, name string, scrub cassette.Filter, transport http.RoundTripper, ask func(*http.Client) error) error {
	r, err := vcr.NewAsMode(filepath.Join(dir, name), vcr.ModeRecording, transport)
	if err != nil {
		return err
	}
	r.SkipRequestLatency = true
	r.AddFilter(scrub)
	if err := ask(&http.Client{Transport: r}); err != nil {
		return err
	}
	return r.Stop()
}

// scrubber takes credentials out of an exchange, and what belongs to the connection and not to what was said: how long it
// took, which is never twice the same, and the length. The client has the exchange's headers too, so it works on copies.
func scrubber(auth manifest.Auth, secrets ...string) cassette.Filter {
	return func(i *cassette.Interaction) error {
		i.Duration = 0
		i.Request.Headers, i.Response.Headers = i.Request.Headers.Clone(), i.Response.Headers.Clone()
		i.Response.Headers.Del("Content-Length")
		for _, name := range []string{auth.Header, "Authorization", "Cookie"} {
			if name != "" && i.Request.Headers.Get(name) != "" {
				i.Request.Headers.Set(name, scrubbed)
			}
		}
		u, err := url.Parse(i.URL)
		if err != nil {
			return err
		}
		query := u.Query()
		for _, name := range auth.Credentials {
			if query.Has(name) {
				query.Set(name, scrubbed)
				u.RawQuery = query.Encode()
			}
		}
		i.URL = u.String()
		return leaks(i, secrets)
	}
}

// leaks refuses an exchange in which a secret is left.
func leaks(i *cassette.Interaction, secrets []string) error {
	parts := []string{i.URL, i.Request.Body, i.Response.Body}
	for _, header := range []http.Header{i.Request.Headers, i.Response.Headers} {
		for _, values := range header {
			parts = append(parts, values...)
		}
	}
	for _, secret := range secrets {
		if slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(p, secret) }) {
			return fmt.Errorf("the exchange %s %s would put a credential on the disk", i.Method, i.URL)
		}
	}
	if len(i.Response.Headers.Values("Set-Cookie")) > 0 {
		return errors.New("the answer sets a cookie, which the recorder cannot scrub yet")
	}
	return nil
}

// authorizer lets requests prove who they come from.
func authorizer(auth manifest.Auth, token string) func(*http.Request) {
	return func(r *http.Request) {
		switch auth.Kind {
		case "basic":
			r.SetBasicAuth(token, token)
		case "bearer":
			r.Header.Set("Authorization", "Bearer "+token)
		default:
			r.Header.Set(auth.Header, token)
		}
	}
}
