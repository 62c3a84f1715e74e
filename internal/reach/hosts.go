package reach

import (
	"cmp"
	"net"
	"strings"
)

// Hosts are the provider's hosts, as the address in a manifest has them: with a placeholder for the account's part
// (https://{shop}.example.com), without one (https://api.example.com), or with one for all of it (https://{store}).
type Hosts struct {
	// before and after stand around the placeholder, which open says there is.
	before, after string
	open          bool
	port          string
}

// ParseHosts reads the pattern from an address; what stands behind the host does not matter.
func ParseHosts(address string) Hosts {
	scheme, rest, found := strings.Cut(address, "://")
	if !found {
		scheme, rest = "https", address
	}
	host, _, _ := strings.Cut(rest, "/")
	h := Hosts{port: "443"}
	if scheme == "http" {
		h.port = "80"
	}
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.ContainsAny(host[i:], "}]") {
		host, h.port = host[:i], host[i+1:]
	}
	before, after, found := strings.Cut(host, "{")
	h.before = strings.ToLower(before)
	if found {
		_, after, _ = strings.Cut(after, "}")
		h.open, h.after = true, strings.ToLower(after)
	}
	return h
}

// Whole tells that the pattern names no host at all: each account's own is one.
func (h Hosts) Whole() bool { return h.open && h.before == "" && h.after == "" }

// Match tells whether a host, without its port, is one of them. The account's part is one label; where it is the whole
// host nothing matches, for only the accounts can say which theirs are.
func (h Hosts) Match(host string) bool {
	host = Name(host)
	if !h.open {
		return host == h.before
	}
	if h.Whole() {
		return false
	}
	part, ok := strings.CutPrefix(host, h.before)
	if !ok {
		return false
	}
	part, ok = strings.CutSuffix(part, h.after)
	return ok && part != "" && !strings.Contains(part, ".")
}

// One tells that the pattern is one host, which all accounts share.
func (h Hosts) One() bool { return !h.open }

// Port is the one on which they are reached.
func (h Hosts) Port() string { return cmp.Or(h.port, "443") }

// String is the pattern, a star in the account's place.
func (h Hosts) String() string {
	if h.open {
		return h.before + "*" + h.after
	}
	return h.before
}

// Name is the host in a Host header or an address, without the port and in small letters.
func Name(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
}
