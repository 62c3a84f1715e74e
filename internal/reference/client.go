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
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

const maxAnswer = 64 << 20

// client speaks to the provider: one request, tried until it succeeds or trying is useless.
type client struct {
	http   *http.Client
	clock  Clock
	pacer  Pacer
	tokens *tokens
	log    *slog.Logger
}

// call is one request to the provider.
type call struct {
	manifest *manifest.Manifest
	account  Account
	method   string
	url      *url.URL
	// body is JSON or nil.
	body []byte
	// anonymous calls are about credentials and so carry none: nothing of what is sent or answered may be quoted.
	anonymous bool
}

// answer is a successful response with its whole body.
type answer struct {
	header http.Header
	body   []byte
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

// do makes a request, by the Pacer's word more than once. A token that is refused is renewed once: it may have expired
// or been replaced since it was read.
func (c *client) do(ctx context.Context, r call) (answer, error) {
	var credentials map[string]string
	if !r.anonymous {
		var err error
		if credentials, err = c.tokens.current(ctx, r.manifest, r.account); err != nil {
			return answer{}, err
		}
	}
	renewed := false
	for try := 1; ; try++ {
		a, err := c.once(ctx, r, credentials)
		if err == nil {
			return a, nil
		}
		var refusal *StatusError
		errors.As(err, &refusal)
		if refusal != nil && refusal.Status == http.StatusUnauthorized && renewable(r.manifest, credentials) && !renewed {
			renewed = true
			if credentials, err = c.tokens.renew(ctx, r.manifest, r.account, credentials); err != nil {
				return answer{}, err
			}
			try-- // the request as it should have been has not been tried yet
			continue
		}
		failure := Failure{Manifest: r.manifest, Method: r.method, Path: r.url.Path, Try: try, Err: err, At: c.clock.Now()}
		if refusal != nil {
			failure.Status, failure.Header = refusal.Status, refusal.Header
		}
		pause, again := c.pacer.Pause(failure)
		if !again || ctx.Err() != nil {
			if try > 1 {
				err = fmt.Errorf("after %d tries: %w", try, err)
			}
			return answer{}, err
		}
		c.log.Warn("request failed, trying again", "method", r.method, "path", r.url.Path, "try", try, "wait", pause, "error", err)
		if waitErr := c.clock.Sleep(ctx, pause); waitErr != nil {
			return answer{}, fmt.Errorf("waiting to try %s %s again (%w): %w", r.method, r.url.Path, waitErr, err)
		}
	}
}

func (c *client) once(ctx context.Context, r call, credentials map[string]string) (answer, error) {
	var reader io.Reader
	if r.body != nil {
		reader = bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, r.url.String(), reader)
	if err != nil {
		return answer{}, fmt.Errorf("building %s %s: %w", r.method, r.url.Path, err)
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "syncspec-reference/1")
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	if !r.anonymous {
		if err := authorize(req, r.manifest.API.Auth, credentials); err != nil {
			return answer{}, err
		}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		// The error quotes the address, which holds no secrets: credentials go in headers and bodies only.
		if errors.Is(err, errRedirect) {
			return answer{}, err
		}
		return answer{}, fmt.Errorf("%w: %w", errTransport, err)
	}
	defer resp.Body.Close()
	got, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return answer{}, fmt.Errorf("%w: %s %s: reading the body: %w", errTransport, r.method, r.url.Path, err)
	}
	if len(got) > maxAnswer {
		return answer{}, fmt.Errorf("%s %s: the body is larger than %d bytes: ask for smaller pages", r.method, r.url.Path, maxAnswer)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return answer{}, &StatusError{Method: r.method, URL: r.url.Path, Status: resp.StatusCode, Header: resp.Header, Excerpt: r.quote(got)}
	}
	// A firewall's page or a notice printed before the JSON comes with status 200 as well.
	if !json.Valid(got) {
		return answer{}, fmt.Errorf("%w: %s %s: HTTP %d with a body that is no JSON: %s", errTransport, r.method, r.url.Path, resp.StatusCode, r.quote(got))
	}
	return answer{header: resp.Header, body: got}, nil
}

// quote is what an error may say of a body.
func (r call) quote(body []byte) string {
	if text, ok := explanation(body); ok {
		return shortened(text)
	}
	if r.anonymous {
		return "(not shown: it is about credentials)"
	}
	return shortened(string(body))
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
