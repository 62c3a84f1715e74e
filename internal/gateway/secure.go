package gateway

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/syncspec/syncspec/internal/reach"
)

// Refusal is something that was asked of the gateway's proxy, or begun with its TLS, and came to nothing.
type Refusal = reach.Refusal

// maxRefusals bounds the different ones that are kept.
const maxRefusals = 1000

// secured is what a gateway has that speaks TLS and is a proxy.
type secured struct {
	config  *tls.Config
	proxied reach.Proxied

	mu      sync.Mutex
	refused []Refusal
	// silent are connections on which no request has come yet.
	silent map[*tls.Conn]struct{}
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
	s := &secured{config: authority.Server(own, g.takes), silent: map[*tls.Conn]struct{}{}}
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

// refuse notes a refusal. A client that tries the same again and again is counted: others are to be seen beside it.
func (s *secured) refuse(r Refusal) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.refused {
		have := &s.refused[i]
		if have.Method == r.Method && have.Host == r.Host && have.Agent == r.Agent && have.Why == r.Why {
			have.Times++
			return
		}
	}
	r.Times = 1
	if len(s.refused) < maxRefusals {
		s.refused = append(s.refused, r)
	}
}

// watch notes clients that began with TLS and left without a request: those that do not trust the run's authority. Some say
// so, others just go, before or after the last word of TLS; who only looks whether a port is open does not even begin.
func (s *secured) watch(conn net.Conn, state http.ConnState) {
	c, ok := conn.(*tls.Conn)
	if !ok {
		return
	}
	s.mu.Lock()
	_, silent := s.silent[c]
	switch state {
	case http.StateNew:
		s.silent[c] = struct{}{}
	default:
		delete(s.silent, c)
	}
	s.mu.Unlock()
	if state != http.StateClosed || !silent {
		return
	}
	if begun := c.ConnectionState(); begun.Version != 0 {
		s.refuse(Refusal{At: time.Now(), Method: "TLS", Host: begun.ServerName, Why: "a client began with TLS and left without a request: " +
			"if it does not trust the run's certificate authority, give it {source.ca_file} in the variable of its runtime"})
	}
}

// Refused returns what was asked of the proxy and not taken, and clients with which there was no TLS, in the order in
// which they first came: where nothing arrives, they tell what the target tried instead.
func (g *Gateway) Refused() []Refusal {
	if g.secured == nil {
		return nil
	}
	g.secured.mu.Lock()
	defer g.secured.mu.Unlock()
	return slices.Clone(g.secured.refused)
}
