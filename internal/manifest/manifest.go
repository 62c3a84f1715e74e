// Package manifest holds what a source offers and what a copy of it must have: the Go form of
// specs/<source>.yaml. A manifest states facts about the provider and is data, never a program.
package manifest

// Manifest describes one source.
type Manifest struct {
	// APIVersion is the version of this format: "syncspec/v1".
	APIVersion string `yaml:"apiVersion" json:"apiVersion" jsonschema:"enum=syncspec/v1"`
	// Source is the short name used in tables, folders and labels: lower case letters, digits, underscore.
	Source string `yaml:"source" json:"source" jsonschema:"pattern=^[a-z][a-z0-9_]{0\\,62}$"`
	Title  string `yaml:"title" json:"title"`
	// Docs is the address of the provider's API reference.
	Docs string `yaml:"docs" json:"docs"`
	API  API    `yaml:"api" json:"api"`
	// OAuth is how an account is connected, where it is not by a key alone.
	OAuth *OAuth `yaml:"oauth,omitempty" json:"oauth,omitempty"`
	// Scopes are what the integration must ask for: OAuth scopes, or key permissions where there is no OAuth.
	Scopes  []Scope  `yaml:"scopes" json:"scopes"`
	Objects []Object `yaml:"objects" json:"objects"`
	// Webhooks describes deliveries; which topics there are stands with each object.
	Webhooks Webhooks `yaml:"webhooks" json:"webhooks"`
	// Excluded are the provider's endpoints that a copy does not need, each with its reason.
	Excluded []Excluded `yaml:"excluded,omitempty" json:"excluded,omitempty"`
	Accuracy Accuracy   `yaml:"accuracy,omitempty" json:"accuracy,omitempty"`

	// Path is the file the manifest was read from, for messages.
	Path string `yaml:"-" json:"-"`
	// Raw is the table of raw payloads where a target calls it otherwise than RawTable has it; empty for a source's own.
	Raw string `yaml:"-" json:"-"`
}

// API describes how the provider is spoken to.
type API struct {
	Version Version `yaml:"version" json:"version"`
	// BaseURL is the address of the API with {placeholders} for what differs per account.
	BaseURL    string      `yaml:"base_url" json:"base_url"`
	Auth       Auth        `yaml:"auth" json:"auth"`
	Pagination Pagination  `yaml:"pagination" json:"pagination"`
	RateLimits []RateLimit `yaml:"rate_limits,omitempty" json:"rate_limits,omitempty"`
	Query      Query       `yaml:"query,omitempty" json:"query,omitempty"`
}

// Version is the API version the manifest describes.
type Version struct {
	Value string `yaml:"value" json:"value"`
	// Header names the response header that states the version served, where there is one.
	Header string `yaml:"header,omitempty" json:"header,omitempty"`
	// SupportedUntil is a date, YYYY-MM-DD; empty where the provider states none.
	SupportedUntil string `yaml:"supported_until,omitempty" json:"supported_until,omitempty"`
}

// Auth says how a request proves who it comes from.
type Auth struct {
	// Kind is basic (user and password), bearer, or header (a header of the provider's own).
	Kind string `yaml:"kind" json:"kind" jsonschema:"enum=basic,enum=bearer,enum=header"`
	// Header is the header's name for kind header.
	Header string `yaml:"header,omitempty" json:"header,omitempty"`
	// Credentials are the names of the secrets in order: user and password, or the one token.
	Credentials []string `yaml:"credentials" json:"credentials"`
	// Route is the credential by which an account is told apart; it is no secret on its own.
	Route string `yaml:"route" json:"route"`
}

// Pagination says how a list is walked.
type Pagination struct {
	Next Next     `yaml:"next" json:"next"`
	Size PageSize `yaml:"size" json:"size"`
	// Order are the parameters that keep a walk stable while objects are inserted.
	Order map[string]string `yaml:"order,omitempty" json:"order,omitempty"`
	// TotalHeader and PagesHeader name the response headers with the number of objects and of pages.
	TotalHeader string `yaml:"total_header,omitempty" json:"total_header,omitempty"`
	PagesHeader string `yaml:"pages_header,omitempty" json:"pages_header,omitempty"`
}

// Next says where the next page comes from.
type Next struct {
	// From is number (count pages up), header_link (the Link header's rel=next), body, last_id or offset.
	From string `yaml:"from" json:"from" jsonschema:"enum=number,enum=header_link,enum=body,enum=last_id,enum=offset"`
	// As is what is found there: number, url or token.
	As string `yaml:"as" json:"as" jsonschema:"enum=number,enum=url,enum=token"`
	// Param is the request parameter that carries it; First the value of the first page for as number.
	Param string `yaml:"param,omitempty" json:"param,omitempty"`
	First int    `yaml:"first,omitempty" json:"first,omitempty"`
	// With are the only parameters that may accompany Param; the provider refuses any other. Empty: all may.
	With []string `yaml:"with,omitempty" json:"with,omitempty"`
}

// PageSize says how many objects a page holds.
type PageSize struct {
	Param   string `yaml:"param" json:"param"`
	Max     int    `yaml:"max" json:"max"`
	Default int    `yaml:"default,omitempty" json:"default,omitempty"`
}

// RateLimit describes one answer that asks the caller to slow down.
type RateLimit struct {
	Status int `yaml:"status" json:"status"`
	// Header carries how long to wait, in Unit (seconds).
	Header string `yaml:"header,omitempty" json:"header,omitempty"`
	Unit   string `yaml:"unit,omitempty" json:"unit,omitempty" jsonschema:"enum=seconds,default=seconds"`
	// Decimal says that the provider writes a fraction, such as 4.0, also for whole numbers.
	Decimal bool `yaml:"decimal,omitempty" json:"decimal,omitempty"`
}

// OAuth is the authorization code grant. Its paths begin at the root of the account's host, not at the base URL.
type OAuth struct {
	// AuthorizePath is the page on which the account's owner grants scopes, TokenPath where a code becomes a token.
	AuthorizePath string `yaml:"authorize_path" json:"authorize_path"`
	TokenPath     string `yaml:"token_path" json:"token_path"`
	// ScopeSeparator stands between the scopes of a request and of an answer.
	ScopeSeparator string `yaml:"scope_separator" json:"scope_separator" jsonschema:"enum=\\,,enum= "`
	// Callback says how the provider signs the call back to the integration; nil where it does not.
	Callback *Callback `yaml:"callback,omitempty" json:"callback,omitempty"`
	// Granted is the list of the scopes that were granted, where the provider has one.
	Granted *Granted `yaml:"granted,omitempty" json:"granted,omitempty"`
	// WriteIncludesRead says that write_x grants read_x, and that the provider may name the former alone.
	WriteIncludesRead bool `yaml:"write_includes_read,omitempty" json:"write_includes_read,omitempty"`
}

// Callback is the signature of the parameters with which the provider sends the owner back to the integration: hex
// HMAC-SHA256, by the client secret, of all other parameters, sorted, percent-encoded and joined as a query.
type Callback struct {
	// Param carries the signature, TimestampParam the time in Unix seconds; one that is older than MaxAge is refused.
	Param          string `yaml:"param" json:"param"`
	TimestampParam string `yaml:"timestamp_param,omitempty" json:"timestamp_param,omitempty"`
	MaxAge         string `yaml:"max_age,omitempty" json:"max_age,omitempty"`
}

// Granted is where the granted scopes are read.
type Granted struct {
	Path string `yaml:"path" json:"path"`
	// At is the path of the array in the body, Field the scope's name in each element.
	At    string `yaml:"at" json:"at"`
	Field string `yaml:"field" json:"field"`
}

// Query says which requests are the same request.
type Query struct {
	// Defaults are parameters whose given value is what the provider takes when they are left out.
	Defaults map[string]string `yaml:"defaults,omitempty" json:"defaults,omitempty"`
	// Booleans are parameters for which 1 and true, 0 and false are the same.
	Booleans []string `yaml:"booleans,omitempty" json:"booleans,omitempty"`
	// Partial are parameters that make the provider answer with parts of objects only.
	Partial []string `yaml:"partial,omitempty" json:"partial,omitempty"`
}

// Scope is one permission the integration needs.
type Scope struct {
	Name string `yaml:"name" json:"name"`
	// Kind is oauth or key_permission.
	Kind string `yaml:"kind" json:"kind" jsonschema:"enum=oauth,enum=key_permission"`
	// Enables are the objects it opens, or "webhooks" for registering webhooks.
	Enables []string `yaml:"enables" json:"enables"`
	// Methods are the HTTP methods it allows, for key permissions.
	Methods []string `yaml:"methods,omitempty" json:"methods,omitempty"`
	Why     string   `yaml:"why" json:"why"`
	// Status is current (the default) or retired; a retired one names what replaced it.
	Status       string `yaml:"status,omitempty" json:"status,omitempty" jsonschema:"enum=current,enum=retired,default=current"`
	SupersededBy string `yaml:"superseded_by,omitempty" json:"superseded_by,omitempty"`
}

// Excluded is an endpoint that a copy does not need.
type Excluded struct {
	// Path may end in * for everything below it.
	Path string `yaml:"path" json:"path"`
	Why  string `yaml:"why" json:"why"`
}

// Accuracy bounds what counts as an exact copy.
type Accuracy struct {
	// Sample is how many objects a live run compares field by field; replay and sandbox compare all.
	Sample   int         `yaml:"sample,omitempty" json:"sample,omitempty"`
	Tolerate []Tolerance `yaml:"tolerate,omitempty" json:"tolerate,omitempty"`
}

// Tolerance is a drift of counts that is accepted, with its reason.
type Tolerance struct {
	Object string `yaml:"object" json:"object"`
	Drift  int    `yaml:"drift" json:"drift"`
	// During is when it is accepted: "sync".
	During string `yaml:"during" json:"during" jsonschema:"enum=sync"`
	Why    string `yaml:"why" json:"why"`
}
