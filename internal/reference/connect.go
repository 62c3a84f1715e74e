package reference

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

type connectRequest struct {
	Source      string                     `json:"source"`
	Account     map[string]json.RawMessage `json:"account"`
	Credentials map[string]string          `json:"credentials"`
	Webhook     struct {
		BaseURL string `json:"base_url"`
		Secret  string `json:"secret"`
	} `json:"webhook"`
}

func (f *front) connect(r *http.Request) (any, error) {
	var req connectRequest
	if err := read(r, &req); err != nil {
		return nil, err
	}
	src := f.engine.sources[req.Source]
	if src == nil {
		return nil, badRequest("unknown source %q: loaded are %s", req.Source, strings.Join(slices.Sorted(maps.Keys(f.engine.sources)), ", "))
	}
	account, err := readAccount(req.Account)
	if err != nil {
		return nil, err
	}
	account.Credentials = req.Credentials
	needed := src.m.API.Auth.Credentials
	owner := byOwner(src.m, req.Credentials)
	if owner {
		needed = []string{clientID, clientSecret}
	}
	for _, name := range needed {
		if req.Credentials[name] == "" {
			return nil, badRequest("credentials.%s is missing", name)
		}
	}
	if _, err := endpoint(src.m, account, ""); err != nil {
		return nil, badRequest("%w", err)
	}
	base := strings.TrimSuffix(req.Webhook.BaseURL, "/")
	if u, err := url.Parse(base); base != "" && (err != nil || u.Host == "") {
		return nil, badRequest("webhook.base_url %q: want http(s)://host[:port]", base)
	}
	c := connection{Source: src.m.Source, Account: account, Secret: req.Webhook.Secret, WebhookBase: base}
	if owner {
		if base == "" {
			return nil, badRequest("webhook.base_url is missing: the account's owner is sent back there")
		}
		page, err := f.engine.authorize(r.Context(), c)
		return map[string]string{"authorize_url": page}, err
	}
	in, err := f.engine.integrations.create(r.Context(), c)
	return integrationAnswer{IntegrationID: in.id, CompanyID: in.companyID, WebhookURL: in.meta.WebhookURL}, err
}

// integrationAnswer is the answer of connect and of the callback.
type integrationAnswer struct {
	IntegrationID string   `json:"integration_id"`
	CompanyID     string   `json:"company_id"`
	WebhookURL    string   `json:"webhook_url"`
	Granted       []string `json:"granted,omitempty"`
}

// callback is where the provider sends an account's owner after granting.
func (f *front) callback(r *http.Request) (any, error) {
	src := f.engine.sources[r.PathValue("source")]
	if src == nil {
		return nil, fmt.Errorf("source %q %w", r.PathValue("source"), errNotFound)
	}
	in, err := f.engine.authorized(r.Context(), src, r.URL.Query())
	if err != nil {
		return nil, err
	}
	return integrationAnswer{IntegrationID: in.id, CompanyID: in.companyID, WebhookURL: in.meta.WebhookURL, Granted: in.meta.Scopes.Granted}, nil
}

// readAccount takes url and page_size, and any further text values for placeholders in the manifest's base_url.
func readAccount(fields map[string]json.RawMessage) (Account, error) {
	account := Account{Values: map[string]string{}}
	for name, raw := range fields {
		var err error
		switch name {
		case "url":
			err = json.Unmarshal(raw, &account.URL)
		case "page_size":
			err = json.Unmarshal(raw, &account.PageSize)
		default:
			var value string
			err = json.Unmarshal(raw, &value)
			account.Values[name] = value
		}
		if err != nil {
			return Account{}, badRequest("account.%s: %w", name, err)
		}
	}
	account.URL = strings.TrimSuffix(account.URL, "/")
	return account, nil
}
