package gateway

import (
	"crypto/tls"
	"log"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/syncspec/syncspec/internal/reach"
)

// Refusal is something that was asked of the gateway's proxy, or begun with its TLS, and came to nothing.
type Refusal = reach.Refusal

// maxRefusals bounds what is kept of them.
const maxRefusals = 1000

// secured is what a gateway has that speaks TLS and is a proxy.
type secured struct {
	config  *tls.Config
	proxied reach.Proxied

	mu      sync.Mutex
	refused []Refusal
}

// secure makes the authority of the run, writes its certificate and prepares TLS and proxy.
func (g *Gateway) secure(dir string) (*secured, error) {
	authority, err := reach.NewAuthority()
	if err != nil {
		return nil, err
	}
	if g.front.caFile, err = authority.Write(dir); err != nil {
		return nil, err
	}
	own := []string{"127.0.0.1", "localhost", "::1"}
	if g.front.bridge.Secure != "" {
		own = append(own, hostOf(g.front.bridge.Secure), "host.docker.internal", "host.containers.internal")
	}
	if host := hostOf(g.front.local.Plain); !slices.Contains(own, host) {
		own = append(own, host)
	}
	s := &secured{config: authority.Server(own, g.takes)}
	s.proxied = reach.Proxied{
		Takes: g.takes, Port: g.hosts.Port(), Hosts: g.hostsInWords, Authority: authority, Plain: g, Refused: s.refuse,
	}
	return s, nil
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "" // the addresses are our own
	}
	return u.Hostname()
}

func (s *secured) refuse(r Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.refused) < maxRefusals {
		s.refused = append(s.refused, r)
	}
}

// handshake is how net/http begins to tell of a client with which there was no TLS.
const handshake = "http: TLS handshake error from "

// errorLog notes clients that came and did not trust the run's authority, of which no request tells. What else net/http
// says is of broken connections, and the traffic log has those.
func (s *secured) errorLog() *log.Logger { return log.New(handshakes{s}, "", 0) }

type handshakes struct{ to *secured }

func (h handshakes) Write(line []byte) (int, error) {
	rest, ok := strings.CutPrefix(strings.TrimSpace(string(line)), handshake)
	_, cause, _ := strings.Cut(rest, ": ")
	if ok && strings.Contains(cause, "tls: ") { // others came and went without a word, as who looks whether a port is open
		h.to.refuse(Refusal{At: time.Now(), Method: "TLS", Why: "there was no TLS with a client that came (" + cause +
			"): if it does not trust the run's certificate authority, give it {source.ca_file} in the variable of its runtime"})
	}
	return len(line), nil
}

// Refused returns what was asked of the proxy and not taken, and clients with which there was no TLS, in the order in
// which they came: where nothing arrives, they tell what the target tried instead.
func (g *Gateway) Refused() []Refusal {
	if g.secured == nil {
		return nil
	}
	g.secured.mu.Lock()
	defer g.secured.mu.Unlock()
	return slices.Clone(g.secured.refused)
}
