package reference

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// ErrCredentials is a provider's refusal of the credentials (401) or of what they may do (403). Asking again cannot
// help, so such a request is not retried.
var ErrCredentials = errors.New("credentials refused")

// StatusError is an answer of the provider that is no success.
type StatusError struct {
	Method string
	URL    string
	Status int
	// Excerpt is the beginning of the body.
	Excerpt string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%s %s: HTTP %d %s", e.Method, e.URL, e.Status, e.Excerpt)
}

// Unwrap makes 401 and 403 known as ErrCredentials.
func (e *StatusError) Unwrap() error {
	if e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden {
		return ErrCredentials
	}
	return nil
}

// errTransport is an answer that did not come through whole: a lost connection, a cut body, a page of some proxy
// instead of JSON.
var errTransport = errors.New("no usable answer")

// errRedirect is a redirect that was not followed.
var errRedirect = errors.New("redirect refused")

const maxAnswer = 64 << 20

// client speaks to the provider: one request, tried until it succeeds or trying is useless.
type client struct {
	http    *http.Client
	clock   Clock
	backoff backoff
	log     *slog.Logger
}

// newHTTPClient keeps connections open between the many requests of a walk, and never follows a redirect to another
// host: the credentials would go along.
func newHTTPClient(timeout time.Duration) *http.Client {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 8
	transport.Proxy = nil
	return &http.Client{
		Timeout:   timeout,
		Transport: transport,
		CheckRedirect: func(req *http.Request, via []*http.Request) error {
			if was := via[0].URL; req.URL.Host != was.Host || req.URL.Scheme != was.Scheme {
				return fmt.Errorf("%w from %s://%s to %s://%s: connect with the provider's final address", errRedirect, was.Scheme, was.Host, req.URL.Scheme, req.URL.Host)
			}
			if len(via) >= 5 {
				return fmt.Errorf("%w: more than 5 in a row", errRedirect)
			}
			return nil
		},
	}
}

// answer is a successful response with its whole body.
type answer struct {
	header http.Header
	body   []byte
}

// do sends a request with the account's credentials. The body is JSON or nil.
func (c *client) do(ctx context.Context, m *manifest.Manifest, account Account, method string, u *url.URL, body []byte) (answer, error) {
	for try := 1; ; try++ {
		a, wait, err := c.once(ctx, m, account, method, u, body)
		if err == nil {
			return a, nil
		}
		if !again(err) || try >= c.backoff.tries || ctx.Err() != nil {
			if try > 1 {
				err = fmt.Errorf("after %d tries: %w", try, err)
			}
			return answer{}, err
		}
		pause := c.backoff.wait(try, wait)
		c.log.Warn("request failed, trying again", "method", method, "path", u.Path, "try", try, "wait", pause, "error", err)
		if err := c.clock.Sleep(ctx, pause); err != nil {
			return answer{}, fmt.Errorf("waiting to try %s %s again: %w", method, u.Path, err)
		}
	}
}

// again tells whether another try may succeed.
func again(err error) bool {
	var status *StatusError
	if errors.As(err, &status) {
		return status.Status == http.StatusTooManyRequests || status.Status == http.StatusRequestTimeout ||
			status.Status >= 500 && status.Status != http.StatusNotImplemented
	}
	return errors.Is(err, errTransport)
}

func (c *client) once(ctx context.Context, m *manifest.Manifest, account Account, method string, u *url.URL, body []byte) (answer, time.Duration, error) {
	var reader io.Reader
	if body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), reader)
	if err != nil {
		return answer{}, 0, fmt.Errorf("building %s %s: %w", method, u.Path, err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "syncspec-reference/1")
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if err := authorize(req, m.API.Auth, account.Credentials); err != nil {
		return answer{}, 0, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		// The error quotes the address, which holds no secrets: credentials go in headers only.
		if errors.Is(err, errRedirect) {
			return answer{}, 0, err
		}
		return answer{}, 0, fmt.Errorf("%w: %w", errTransport, err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return answer{}, 0, fmt.Errorf("%w: %s %s: reading the body: %w", errTransport, method, u.Path, err)
	}
	if len(got) > maxAnswer {
		return answer{}, 0, fmt.Errorf("%s %s: the body is larger than %d bytes: ask for smaller pages", method, u.Path, maxAnswer)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		wait := retryAfter(resp.Header, waitHeaders(m, resp.StatusCode), c.clock.Now())
		return answer{}, wait, &StatusError{Method: method, URL: u.Path, Status: resp.StatusCode, Excerpt: excerpt(got)}
	}
	// A firewall's page or a notice printed before the JSON comes with status 200 as well.
	if !json.Valid(got) {
		return answer{}, 0, fmt.Errorf("%w: %s %s: HTTP %d with a body that is no JSON: %s", errTransport, method, u.Path, resp.StatusCode, excerpt(got))
	}
	return answer{header: resp.Header, body: got}, 0, nil
}

// waitHeaders are the headers that say how long to wait; Retry-After is the standard's.
func waitHeaders(m *manifest.Manifest, status int) []string {
	var names []string
	for _, r := range m.API.RateLimits {
		if r.Status == status && r.Header != "" {
			names = append(names, r.Header)
		}
	}
	return append(names, "Retry-After")
}

func authorize(req *http.Request, auth manifest.Auth, credentials map[string]string) error {
	values := make([]string, len(auth.Credentials))
	for i, name := range auth.Credentials {
		if values[i] = credentials[name]; values[i] == "" {
			return fmt.Errorf("%w: credential %s is missing: connect with it", ErrCredentials, name)
		}
	}
	switch {
	case auth.Kind == "basic" && len(values) == 2:
		req.SetBasicAuth(values[0], values[1])
	case auth.Kind == "bearer" && len(values) >= 1:
		req.Header.Set("Authorization", "Bearer "+values[0])
	case auth.Kind == "header" && len(values) >= 1 && auth.Header != "":
		req.Header.Set(auth.Header, values[0])
	default:
		return fmt.Errorf("api.auth of kind %q with %d credentials cannot be sent", auth.Kind, len(values))
	}
	return nil
}

func excerpt(body []byte) string {
	const most = 200
	s := strings.Join(strings.Fields(pgText(string(body))), " ")
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

// endpoint is the address of a path below the manifest's base_url, at the account's scheme and host.
func endpoint(m *manifest.Manifest, account Account, path string) (*url.URL, error) {
	base, err := url.Parse(account.URL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("account url %q: want http(s)://host[:port]", account.URL)
	}
	_, rest, _ := strings.Cut(m.API.BaseURL, "://")
	_, below, hasPath := strings.Cut(rest, "/")
	prefix := ""
	if hasPath {
		prefix = "/" + strings.TrimSuffix(below, "/")
	}
	for name, value := range account.Values {
		prefix = strings.ReplaceAll(prefix, "{"+name+"}", url.PathEscape(value))
	}
	full := prefix + path
	if i := strings.IndexByte(full, '{'); i >= 0 {
		return nil, fmt.Errorf("the path %s has a placeholder without a value: give it in account or in each", full)
	}
	decoded, err := url.PathUnescape(full)
	if err != nil {
		return nil, fmt.Errorf("path %s: %w", full, err)
	}
	return &url.URL{Scheme: base.Scheme, Host: base.Host, Path: decoded, RawPath: full}, nil
}
