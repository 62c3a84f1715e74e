package reference

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// endpoint is the address of a path below the manifest's base_url, at the account's scheme and host.
func endpoint(m *manifest.Manifest, account Account, path string) (*url.URL, error) {
	_, below := splitBase(m)
	for name, value := range account.Values {
		below = strings.ReplaceAll(below, "{"+name+"}", url.PathEscape(value))
	}
	return atRoot(account, below+path)
}

// atRoot is the address of a path at the root of the account's host.
func atRoot(account Account, path string) (*url.URL, error) {
	base, err := url.Parse(account.URL)
	if err != nil || base.Host == "" || base.Scheme != "http" && base.Scheme != "https" {
		return nil, fmt.Errorf("account url %q: want http(s)://host[:port]", account.URL)
	}
	if i := strings.IndexByte(path, '{'); i >= 0 {
		return nil, fmt.Errorf("the path %s has a placeholder without a value: give it in account or in each", path)
	}
	decoded, err := url.PathUnescape(path)
	if err != nil {
		return nil, fmt.Errorf("path %s: %w", path, err)
	}
	return &url.URL{Scheme: base.Scheme, Host: base.Host, Path: decoded, RawPath: path}, nil
}

// splitBase cuts the manifest's base_url into its host and its path, both with their {placeholders}.
func splitBase(m *manifest.Manifest) (host, path string) {
	_, rest, _ := strings.Cut(m.API.BaseURL, "://")
	host, below, hasPath := strings.Cut(rest, "/")
	if !hasPath {
		return host, ""
	}
	return host, "/" + strings.TrimSuffix(below, "/")
}

var placeholderForm = regexp.MustCompile(`\{([a-z_]+)\}`)

// accountNames are the names that the account has in the host of base_url, such as that of a shop: those given at
// connect, and those that the account's own address shows.
func accountNames(m *manifest.Manifest, account Account) map[string]string {
	host, _ := splitBase(m)
	names := map[string]string{}
	var order []string
	form, last := "^", 0
	for _, at := range placeholderForm.FindAllStringSubmatchIndex(host, -1) {
		name := host[at[2]:at[3]]
		order = append(order, name)
		form += regexp.QuoteMeta(host[last:at[0]]) + `([a-zA-Z0-9][a-zA-Z0-9.-]*)`
		last = at[1]
		if value := account.Values[name]; value != "" {
			names[name] = value
		}
	}
	u, err := url.Parse(account.URL)
	if err != nil || len(order) == 0 {
		return names
	}
	// A host that is nothing but a placeholder fits every address and tells nothing.
	if form += regexp.QuoteMeta(host[last:]) + "$"; strings.Trim(placeholderForm.ReplaceAllString(host, ""), ".") == "" {
		return names
	}
	if found := regexp.MustCompile(form).FindStringSubmatch(u.Hostname()); found != nil {
		for i, name := range order {
			if names[name] == "" {
				names[name] = found[i+1]
			}
		}
	}
	return names
}

// filledHost is the host of base_url with the account's names in it.
func filledHost(m *manifest.Manifest, names map[string]string) string {
	host, _ := splitBase(m)
	return placeholderForm.ReplaceAllStringFunc(host, func(s string) string {
		if value := names[strings.Trim(s, "{}")]; value != "" {
			return value
		}
		return s
	})
}
