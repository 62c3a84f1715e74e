package scenario

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/gateway/faults"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/target"
)

// authorized registers the webhooks while the source takes one topic's registration for nothing, and then once more.
func (b *builder) authorized(ctx context.Context) error {
	if b.lacks(profile.RegisterWebhooks) {
		return b.registration(ctx, Registration)
	}
	reg := b.env.Manifest.Webhooks.Registration
	if topics := b.env.Manifest.Registrable(); reg != nil && len(topics) > 0 {
		// The first one: a target that gives up at it has registered nothing.
		b.snap.Broken = topics[0]
		broken := &faults.ServerError{Aim: faults.Aim{At: faults.All(faults.Method(http.MethodPost),
			faults.Path(b.env.Manifest.BasePath()+reg.Path), registers(reg, b.snap.Broken))}, Body: `{"errors":"Internal Server Error"}`}
		b.route.Break(broken)
		defer b.route.Break()
		if err := b.registration(ctx, Registration); err != nil {
			return err
		}
		b.snap.Faults = append(b.snap.Faults, Fault{Name: broken.Name(), Struck: broken.Struck()})
		b.route.Break()
	}
	return b.registration(ctx, SecondRegistration)
}

// registration registers the webhooks and notes what the target keeps of it.
func (b *builder) registration(ctx context.Context, name string) error {
	step, err := b.register(ctx, name)
	if err != nil {
		return err
	}
	if b.lacks(profile.Metadata) || b.env.Profile.Names.Integrations.Table == "" {
		return nil
	}
	step.Metadata, err = b.snap.Reader.Metadata(ctx)
	b.snap.Metadata = step.Metadata
	return err
}

// registers matches requests that register a topic. The body stays readable.
func registers(reg *manifest.Registration, topic string) faults.Matcher {
	return func(r *http.Request) bool {
		data, err := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(data))
		var body map[string]any
		if err != nil || json.Unmarshal(data, &body) != nil {
			return false
		}
		hook, _ := at(body, reg.At)
		fields, _ := hook.(map[string]any)
		return fields[reg.Topic] == topic
	}
}

// authorize connects the account as its owner does who grants what the target asks for. Before, in the scenario that is
// about it, strangers try it with callbacks that the target did not ask for.
func (b *builder) authorize(ctx context.Context) error {
	if b.box == nil {
		return fmt.Errorf("the scenario %q has no source whose owner could be asked: it is played from a recording", b.party.name)
	}
	auth := &Authorization{}
	b.snap.Authorization = auth
	// The target holds the time of a callback against the clock on its wall.
	b.box.account.Advance(time.Since(b.box.account.Now()))
	if b.party.name == Authorized {
		if err := b.forge(ctx); err != nil {
			return err
		}
	}
	page, callback, err := b.consent(ctx, nil)
	if err != nil {
		return err
	}
	auth.Page = page
	auth.Requested = scopes(b.env.Manifest.OAuth, page.Query().Get("scope"))
	connected, err := b.client.Authorized(ctx, callback.String())
	if err != nil {
		return err
	}
	b.snap.Integration, auth.Claimed = connected.Integration, connected.Granted
	if _, err := b.step(Authorizing, nil); err != nil {
		return err
	}
	auth.Granted, err = b.granted(ctx)
	return err
}

// consent begins to connect and goes to the source's page as the owner's browser does. It returns the page and where the
// source then sends the owner. change, if not nil, is what somebody makes of the page's address on the way.
func (b *builder) consent(ctx context.Context, change func(url.Values)) (page, callback *url.URL, err error) {
	refused := func(format string, args ...any) error {
		return &target.Error{Verb: connectVerb, Cause: "target-refused", Detail: fmt.Sprintf(format, args...)}
	}
	start, err := b.client.Authorize(ctx)
	if err != nil {
		return nil, nil, err
	}
	page, err = url.Parse(start)
	if err != nil || !page.IsAbs() {
		return nil, nil, refused("the authorize_url is no address: %v", err)
	}
	if page.Host != b.party.address.Host {
		return nil, nil, refused("the authorize_url leads to %s and not to the account's url that connect was given", page.Host)
	}
	if change != nil {
		q := page.Query()
		change(q)
		page.RawQuery = q.Encode()
	}
	res, err := b.browse(ctx, page, nil)
	if err != nil {
		return nil, nil, err
	}
	callback, err = res.Location()
	if err != nil || res.StatusCode/100 != 3 {
		return nil, nil, refused("the source answers the authorize_url with %d and does not send the owner back: %s", res.StatusCode, said(res))
	}
	if back, err := url.Parse(page.Query().Get("redirect_uri")); err != nil || back.Host != callback.Host || back.Path != callback.Path {
		return nil, nil, fmt.Errorf("the source sends the owner to %s%s, not to the redirect_uri", callback.Host, callback.Path)
	}
	return page, callback, nil
}

// forge calls the target back in ways that must not connect the account: with the state of somebody else, which the
// source signs like any other, and with a parameter that the source did not sign.
func (b *builder) forge(ctx context.Context) error {
	_, foreign, err := b.consent(ctx, func(q url.Values) { q.Set("state", "of-somebody-else") })
	if err != nil {
		return err
	}
	if err := b.callBack(ctx, "state-of-another", foreign); err != nil {
		return err
	}
	if b.env.Manifest.OAuth.Callback == nil {
		return nil
	}
	_, added, err := b.consent(ctx, nil)
	if err != nil {
		return err
	}
	added.RawQuery += "&added=1"
	return b.callBack(ctx, "parameter-not-signed", added)
}

// callBack calls the target back and notes how it answered.
func (b *builder) callBack(ctx context.Context, name string, callback *url.URL) error {
	f := Forgery{Name: name, Status: http.StatusOK, Said: "the account was connected"}
	_, err := b.client.Authorized(ctx, callback.String())
	var refused *target.Error
	switch {
	case errors.As(err, &refused) && refused.Status != 0:
		f.Status, f.Said = refused.Status, refused.Detail
	case err != nil:
		return err
	}
	b.snap.Authorization.Forged = append(b.snap.Authorization.Forged, f)
	return nil
}

// granted asks the source itself what the issued token may do. The request is the harness's own: no step has it.
func (b *builder) granted(ctx context.Context) ([]string, error) {
	token, err := b.box.issuedToken()
	if err != nil {
		return nil, err
	}
	list := b.env.Manifest.OAuth.Granted
	if token == "" || list == nil {
		return nil, nil
	}
	u, err := url.Parse(b.party.address.String() + list.Path)
	if err != nil {
		return nil, err
	}
	res, err := b.browse(ctx, u, func(h http.Header) {
		if auth := b.env.Manifest.API.Auth; auth.Kind == "bearer" {
			h.Set("Authorization", "Bearer "+token)
		} else {
			h.Set(auth.Header, token)
		}
	})
	if err != nil {
		return nil, err
	}
	b.seen = len(b.route.Log())
	body, err := object(res.body)
	if err != nil {
		return nil, fmt.Errorf("reading what the source granted (%d %s): %w", res.StatusCode, said(res), err)
	}
	all, _ := at(body, list.At)
	entries, _ := all.([]any)
	var names []string
	for _, e := range entries {
		entry, _ := e.(map[string]any)
		names = append(names, fmt.Sprint(entry[list.Field]))
	}
	return names, nil
}

// page is an answer with its body.
type page struct {
	*http.Response
	body []byte
}

// browse makes one request to the source and follows nothing. It goes to the gateway itself, whatever the address under
// which the target knows the source.
func (b *builder) browse(ctx context.Context, u *url.URL, with func(http.Header)) (page, error) {
	const patience, most = 30 * time.Second, 1 << 20
	client := http.Client{Timeout: patience, Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	door, err := url.Parse(b.env.Gateway.URL())
	if err != nil {
		return page{}, err
	}
	inside := *u
	inside.Scheme, inside.Host = door.Scheme, door.Host
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, inside.String(), nil)
	if err != nil {
		return page{}, err
	}
	if b.env.proxied() {
		req.Host = u.Host
	}
	if b.party.shared {
		req.Header.Set(gateway.AccountHeader, string(b.party.name))
	}
	if with != nil {
		with(req.Header)
	}
	res, err := client.Do(req)
	if err != nil {
		return page{}, fmt.Errorf("visiting the source's %s: %w", u.Path, err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, most))
	if err != nil {
		return page{}, fmt.Errorf("reading the source's %s: %w", u.Path, err)
	}
	return page{res, body}, nil
}

// said is the beginning of an answer's body.
func said(p page) string {
	const most = 300
	text := strings.Join(strings.Fields(string(p.body[:min(len(p.body), most)])), " ")
	return strings.ToValidUTF8(text, "\uFFFD")
}

// scopes are the scopes that a request names.
func scopes(o *manifest.OAuth, text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(o.ScopeSeparator+" ", r) })
}
