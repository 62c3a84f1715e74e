package scenario

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/target"
)

// reaching is what to do where nothing of a target arrives.
const reaching = "let the target take the source's address from the account's url that connect gives it; a host name compiled in never reaches the gateway " +
	"but by reach: tls or reach: proxy in the profile (docs/reaching.md)"

// ways are how a program with the provider's host compiled in is led to the gateway's proxy, by what it is written in.
func ways() []result.Evidence {
	var out []result.Evidence
	for _, line := range []string{
		"Go: HTTPS_PROXY={source.proxy} SSL_CERT_FILE={source.ca_file}; a client with a Transport of its own needs Proxy: http.ProxyFromEnvironment",
		"Python: HTTPS_PROXY, and SSL_CERT_FILE (httpx, urllib) or REQUESTS_CA_BUNDLE (requests); a client with trust_env=False honours none of them",
		"Node: NODE_EXTRA_CA_CERTS={source.ca_file}; its fetch ignores HTTPS_PROXY, so preload fixtures/targets/node/proxy.cjs by NODE_OPTIONS=--require=...",
		"curl: HTTPS_PROXY and CURL_CA_BUNDLE",
		"in a container: network: bridge in the profile, for 127.0.0.1 there is the container itself",
	} {
		out = append(out, result.Evidence{Kind: "way", Text: line})
	}
	return out
}

// nothingArrived is the failure of a sync after which not one request had reached the source.
func (b *builder) nothingArrived(during string) error {
	if strangers := b.env.Gateway.Unrouted(); len(strangers) > 0 {
		x := strangers[len(strangers)-1]
		return &Failure{Status: result.Fail, Cause: "credential-unknown", Root: "target/sync",
			Summary:  fmt.Sprintf("the target's requests do not carry the credential of this integration, e.g. %s %s", x.Method, x.URL()),
			Remedy:   "send the credentials given to connect with every request",
			Evidence: []result.Evidence{{Kind: "request", Text: x.Method + " " + x.URL()}}}
	}
	return &Failure{Status: result.Fail, Cause: "no-request", Root: "target/sync",
		Summary:  "after " + during + " not one request reached the source",
		Evidence: append([]result.Evidence{{Kind: "log", Text: b.inst.Target.Log()}}, slices.Concat(b.turnedAway(), ways())...),
		Remedy:   reaching}
}

// turnedAway is what the target asked the proxy for that is not the provider's.
func (b *builder) turnedAway() []result.Evidence {
	var out []result.Evidence
	const most = 5
	refused := b.env.Gateway.Refused()
	for _, r := range refused[:min(len(refused), most)] {
		out = append(out, result.Evidence{Kind: "request", Text: strings.TrimSpace(r.Method+" "+r.Host) + ": " + r.Why})
	}
	return out
}

const connectVerb = "connect"

// unheard is a verb that failed when not one request had reached the source yet, which may well be why.
type unheard struct {
	verb     *target.Error
	evidence []result.Evidence
}

func (u *unheard) Error() string {
	if u.verb.Verb == connectVerb { // which may well do without the source
		return u.verb.Error()
	}
	return "not one request of the target's has reached the source, and " + u.verb.Error()
}
func (u *unheard) Unwrap() error { return u.verb }

// unheard says first that nothing arrived, where a verb failed that takes the source and nothing did.
func (b *builder) unheard(err error) error {
	var verb *target.Error
	if !errors.As(err, &verb) || b.route == nil || len(b.route.Log()) > 0 || len(b.env.Gateway.Unrouted()) > 0 {
		return err
	}
	saidSo := slices.Contains([]string{"target-refused", "target-command-failed", "target-work-failed"}, verb.Cause)
	if !saidSo || !slices.Contains([]string{connectVerb, "register_webhooks", "sync"}, verb.Verb) {
		return err
	}
	return &unheard{verb: verb, evidence: slices.Concat(b.turnedAway(), ways())}
}
