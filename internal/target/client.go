// Package target starts a target as its profile says, or attaches to one that runs, and drives it through its verbs: describe,
// connect, authorize, register_webhooks, sync, retry, stats, disconnect, and deliveries to its webhook endpoint. What comes back
// is a claim until it is observed elsewhere.
package target

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/syncspec/syncspec/internal/profile"
)

// Account is one account at the source, and the app that it is connected to.
type Account struct {
	Name string
	// URL is where the source is reached for the account, Host the host in it, or the provider's own.
	URL, Host string
	// Credentials are those with which the API is called.
	Credentials map[string]string
	// ClientID is the OAuth app's, if there is one. Secret signs deliveries; where there is an app it is the app's own.
	ClientID, Secret string
}

// Client does the verbs for one account. It remembers the integration that was made of it.
type Client struct {
	r *Running

	mu          sync.Mutex
	values      profile.Values
	integration Integration
	// made is what connect, or authorize, was answered, synced what the last sync was: other verbs may be done with them.
	made, synced *doing
}

// Client returns a client for an account.
func (r *Running) Client(a Account) *Client {
	values := r.values.With(profile.Values{"account.name": a.Name, "account.url": a.URL, "account.host": a.Host})
	if len(a.Credentials) > 0 {
		values["credentials"] = a.Credentials
	}
	for name, value := range map[string]string{"webhook.secret": a.Secret, "app.client_id": a.ClientID, "app.client_secret": a.Secret} {
		if value != "" {
			values[name] = value
		}
	}
	return &Client{r: r, values: values}
}

// Integration is what Connect, or Authorized, made; empty before.
func (c *Client) Integration() Integration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.integration
}

// mapped returns how a verb is done, or the error that says why it is not.
func (c *Client) mapped(what profile.Notion) (*profile.Verb, error) {
	if why, lacks := c.r.launch.Profile.Lacks[what]; lacks {
		return nil, &Error{Verb: string(what), Cause: "target-lacks", Detail: "the target has no " + string(what) + ": " + why}
	}
	if verb := c.r.verbs.Of(what); verb != nil {
		return verb, nil
	}
	return nil, &Error{Verb: string(what), Cause: "target-lacks", Detail: "the profile does not say how to do it"}
}

// known are the values, with others added.
func (c *Client) known(more profile.Values) profile.Values {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.values.With(more)
}

// do does a verb. One that was done with another one has that one's answers.
func (c *Client) do(ctx context.Context, what profile.Notion, more profile.Values) (*doing, error) {
	verb, err := c.mapped(what)
	if err != nil {
		return nil, err
	}
	if verb.With == "" {
		return c.r.do(ctx, string(what), verb, c.known(more))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	other := c.made
	if verb.With == string(profile.Sync) {
		other = c.synced
	}
	return c.r.borrowed(what, verb, other, c.values)
}

// lacks tells whether the target has no such notion.
func (c *Client) lacks(what profile.Notion) bool {
	_, lacks := c.r.launch.Profile.Lacks[what]
	return lacks || what == profile.Webhook && c.r.verbs.Webhook == nil
}

// Ready asks once whether the target is ready, as its profile says that it shows it.
func (c *Client) Ready(ctx context.Context) error { return c.r.Ready(ctx) }

// Describe asks what the target says of itself.
func (c *Client) Describe(ctx context.Context) (Described, error) {
	d, err := c.do(ctx, profile.Describe, nil)
	if err != nil {
		return Described{}, err
	}
	var out Described
	for result, list := range map[string]*[]string{"scopes": &out.Scopes, "functions": &out.Functions, "topics": &out.Topics} {
		optional := result == "topics" && (c.lacks(profile.Webhook) || c.lacks(profile.RegisterWebhooks))
		if *list, err = d.texts(result, optional); err != nil {
			return Described{}, err
		}
	}
	return out, nil
}

// Connect connects the account with its own credentials.
func (c *Client) Connect(ctx context.Context) (Integration, error) {
	d, err := c.do(ctx, profile.Connect, nil)
	if err != nil {
		return Integration{}, err
	}
	if page, _ := d.find("authorize_url"); isText(page) {
		return Integration{}, &Error{Verb: d.name, Cause: "target-refused",
			Detail: "the target wants the account's owner to authorize it, though it was given the account's own credentials"}
	}
	return c.keep(d)
}

// Authorize begins to connect the account by its owner's consent. It returns the source's page to which the owner is sent.
func (c *Client) Authorize(ctx context.Context) (page string, err error) {
	d, err := c.do(ctx, profile.Authorize, nil)
	if err != nil {
		return "", err
	}
	if id, _ := d.find("integration_id"); isText(id) {
		if page, _ := d.find("authorize_url"); !isText(page) {
			return "", &Error{Verb: d.name, Cause: "target-refused", Detail: "the target made an integration, and names no page on which the account's owner could grant anything"}
		}
	}
	return d.text("authorize_url", false)
}

// callback is what messages call the owner's way back.
const callback = "callback"

// Authorized calls the target's callback as the owner's browser does: address, with its parameters, is where the source
// sent the owner back. A callback that the target refuses is an Error with its Status.
func (c *Client) Authorized(ctx context.Context, address string) (Authorized, error) {
	verb, err := c.mapped(profile.Authorize)
	if err != nil {
		return Authorized{}, err
	}
	d := &doing{r: c.r, name: callback, verb: verb, values: c.known(nil), within: length(verb.Within, c.r.launch.Call)}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		// Not the address itself: it carries the code.
		return Authorized{}, d.garbage("the source sends the owner back to something that is no address")
	}
	ctx, cancel := context.WithTimeout(ctx, d.within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return Authorized{}, fmt.Errorf("making the request of %s: %w", callback, err)
	}
	req.Header.Set("Accept", "application/json")
	a, err := d.send(req, "")
	if err != nil {
		return Authorized{}, err
	}
	if a.paths, err = profile.FillAll(verb.Result, d.values); err != nil {
		return Authorized{}, d.unfilled("result", err)
	}
	d.answers = append(d.answers, a)
	if err := d.then(ctx); err != nil {
		return Authorized{}, err
	}
	made, err := c.keep(d)
	if err != nil {
		return Authorized{}, err
	}
	granted, err := d.texts("granted", true)
	return Authorized{Integration: made, Granted: granted}, err
}

// keep reads the integration from what connecting came to, and remembers it.
func (c *Client) keep(d *doing) (Integration, error) {
	var made Integration
	var err error
	if made.ID, err = d.text("integration_id", c.lacks(profile.Tenants)); err != nil {
		return Integration{}, err
	}
	if made.CompanyID, err = d.text("company_id", c.lacks(profile.Company)); err != nil {
		return Integration{}, err
	}
	values := c.known(nil)
	for name, written := range map[string]string{"integration_id": made.ID, "company_id": made.CompanyID} {
		delete(values, name)
		if value, ok := d.find(name); ok && written != "" {
			values[name] = placeable(value)
		}
	}
	delete(values, "webhook.url")
	if !c.lacks(profile.Webhook) {
		if made.WebhookURL, err = c.webhookURL(d, values); err != nil {
			return Integration{}, err
		}
		values["webhook.url"] = made.WebhookURL
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.integration, c.values, c.made = made, values, d
	return made, nil
}

// webhookURL is where deliveries for a new integration go.
func (c *Client) webhookURL(d *doing, values profile.Values) (string, error) {
	verb := c.r.verbs.Webhook
	if verb.URL == "" {
		return d.text("webhook_url", false)
	}
	path, err := profile.FillPath(verb.URL, values)
	if err != nil {
		return "", (&doing{name: string(profile.Webhook)}).unfilled("url", err)
	}
	if strings.Contains(path, "://") {
		return path, nil
	}
	return c.r.base + path, nil
}

// Disconnect ends the integration.
func (c *Client) Disconnect(ctx context.Context) error {
	_, err := c.do(ctx, profile.Disconnect, nil)
	return err
}

// Deliver posts one delivery to the target's webhook endpoint, as the source would.
func (c *Client) Deliver(ctx context.Context, header http.Header, body []byte) (Answer, error) {
	verb, err := c.mapped(profile.Webhook)
	if err != nil {
		return Answer{}, err
	}
	d := &doing{r: c.r, name: string(profile.Webhook), within: length(verb.Within, c.r.launch.Call)}
	address := c.Integration().WebhookURL
	ctx, cancel := context.WithTimeout(ctx, d.within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil || req.URL.Host == "" {
		return Answer{}, d.garbage("the webhook's URL %q cannot be used", address)
	}
	req.Header = header
	started := time.Now()
	res, err := c.r.http.Do(req)
	if err != nil {
		return Answer{}, d.failed(ctx, err)
	}
	defer res.Body.Close()
	said, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if err != nil {
		return Answer{}, d.failed(ctx, err)
	}
	return Answer{Status: res.StatusCode, Body: string(said), Elapsed: time.Since(started)}, nil
}

// placeable is a result as a placeholder's value: a number stays one.
func placeable(value any) any {
	written, ok := text(value)
	if !ok || written == "" {
		return nil
	}
	if _, isText := value.(string); !isText {
		if n, err := strconv.ParseInt(written, 10, 64); err == nil {
			return n
		}
	}
	return written
}
