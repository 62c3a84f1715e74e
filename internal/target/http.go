package target

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/profile"
)

// newHTTP returns what all requests to a target are made with. A verb's own time bounds each.
func newHTTP() *http.Client {
	return &http.Client{
		// The harness speaks to the target itself: a proxy from the environment has no place between them.
		Transport:     &http.Transport{Proxy: nil, MaxIdleConnsPerHost: 4, IdleConnTimeout: 30 * time.Second},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// request makes the verb's request.
func (d *doing) request(ctx context.Context, w way) (answer, error) {
	if d.r.base == "" {
		return answer{}, &Error{Verb: d.name, Cause: "target-refused", Detail: "the profile says that it is a request, and the target has no process and no address",
			remedy: "give the profile a start or an attach, or do the verb by exec or sql"}
	}
	req, err := d.made(ctx, w)
	if err != nil {
		return answer{}, err
	}
	return d.send(req, "")
}

// made is the verb's request, filled in.
func (d *doing) made(ctx context.Context, w way) (*http.Request, error) {
	method, path, _ := strings.Cut(w.http, " ")
	path, err := profile.FillPath(path, d.values)
	if err != nil {
		return nil, d.unfilled("http", err)
	}
	var body io.Reader
	kind := ""
	switch {
	case w.body && d.verb.Body.Value != nil:
		filled, err := profile.FillJSON(d.verb.Body, d.values)
		if err != nil {
			return nil, d.unfilled("body", err)
		}
		data, err := json.Marshal(filled)
		if err != nil {
			return nil, fmt.Errorf("encoding the request of %s: %w", d.name, err)
		}
		body, kind = bytes.NewReader(data), "application/json"
	case w.body && len(d.verb.Form) > 0:
		filled, err := profile.FillAll(d.verb.Form, d.values)
		if err != nil {
			return nil, d.unfilled("form", err)
		}
		form := url.Values{}
		for name, value := range filled {
			form.Set(name, value)
		}
		body, kind = strings.NewReader(form.Encode()), "application/x-www-form-urlencoded"
	}
	headers, err := profile.FillAll(d.verb.Headers, d.values)
	if err != nil {
		return nil, d.unfilled("headers", err)
	}
	req, err := http.NewRequestWithContext(ctx, method, d.r.base+path, body)
	if err != nil {
		return nil, &Error{Verb: d.name, Cause: "target-refused", err: err, Detail: fmt.Sprintf("%s is no request that can be made", w.http),
			remedy: "write a method and a path, such as POST /sync"}
	}
	req.Header.Set("Accept", "application/json")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for name, value := range headers {
		if http.CanonicalHeaderKey(name) == "Host" { // which the client takes from nowhere else
			req.Host = value
			continue
		}
		req.Header.Set(name, value)
	}
	return req, nil
}

// send makes a request and reads its answer. called is what messages call it, if not by its method and path.
func (d *doing) send(req *http.Request, called string) (answer, error) {
	res, data, err := d.r.exchange(req, maxAnswer)
	if err != nil {
		return answer{}, d.failed(req.Context(), err)
	}
	if called == "" {
		called = req.Method + " " + req.URL.Path
	}
	how := fmt.Sprintf("%s answered %d", called, res.StatusCode)
	switch location := res.Header.Get("Location"); {
	case len(data) > maxAnswer:
		return answer{}, d.garbage("%s, and the answer is larger than %d MiB", how, maxAnswer>>20)
	case res.StatusCode/100 == 2:
		return read(how, data, nil), nil
	case res.StatusCode/100 == 3 && location != "":
		return d.redirected(res, how, location)
	}
	what := excerpt(data)
	if looksLikeHTML(data) {
		what = "a page of HTML" + titled(data) + ": " + what
	}
	return answer{}, &Error{Verb: d.name, Cause: "target-refused", Status: res.StatusCode, Detail: how + ": " + what}
}

// redirected judges an answer that sends its reader somewhere else. A browser's way ends so: the callback's, and that to
// the source's page, which is the result then. Anything else would have been done by now.
func (d *doing) redirected(res *http.Response, how, location string) (answer, error) {
	to := "elsewhere"
	u, err := res.Location()
	if err == nil {
		to = u.Scheme + "://" + u.Host + u.Path // the query may carry a code
		if u.Host == res.Request.URL.Host {
			to = u.Path
		}
	}
	how += " and leads to " + to
	switch {
	case d.name == callback:
		return answer{how: how, broken: "a redirect has no results: say in authorize.then of the profile how to ask for them"}, nil
	case d.name == string(profile.Authorize) && err == nil && u.Host != res.Request.URL.Host:
		return answer{how: how, value: map[string]any{"authorize_url": u.String()}}, nil
	}
	e := &Error{Verb: d.name, Cause: "target-refused", Status: res.StatusCode, Detail: how + ", which is not followed"}
	if err == nil && u.Host == res.Request.URL.Host && strings.TrimSuffix(u.Path, "/") == strings.TrimSuffix(res.Request.URL.Path, "/") {
		e.remedy = "write the path as the target has it: " + u.Path
	}
	return answer{}, e
}

// exchange makes a request and reads at most most bytes of its answer, and one more if there are more.
func (r *Running) exchange(req *http.Request, most int64) (*http.Response, []byte, error) {
	res, err := r.http.Do(req)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	data, err := io.ReadAll(io.LimitReader(res.Body, most+1))
	return res, data, err
}

// failed is the error of a request that was not answered.
func (d *doing) failed(ctx context.Context, err error) error {
	var ne net.Error
	late := errors.As(err, &ne) && ne.Timeout()
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("waiting for the answer to %s: %w", d.name, ctx.Err())
	}
	if late || ctx.Err() != nil {
		return &Error{Verb: d.name, Cause: "target-timeout", err: err, Detail: fmt.Sprintf("the target did not answer within %s", d.within)}
	}
	var ue *url.Error
	why := err
	if errors.As(err, &ue) {
		why = ue.Err // without the address: a callback's carries a code
	}
	return &Error{Verb: d.name, Cause: "target-unreachable", err: err, Detail: fmt.Sprintf("no answer from the target at %s: %v", d.r.base, why)}
}
