package reach

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/elazarl/goproxy"
)

// Proxied is a forward proxy's side of the one who answers in the provider's place.
type Proxied struct {
	// Takes tells whether a host, without its port, is the provider's; Port is the one that goes with it.
	Takes func(host string) bool
	Port  string
	// Hosts names those hosts in texts.
	Hosts func() string
	// Authority vouches for them.
	Authority *Authority
	// Plain answers requests that come to the proxy without TLS.
	Plain http.Handler
	// Refused is told of each request that the proxy did not take.
	Refused func(Refusal)
}

// Refusal is a request that a proxy did not take. Of what was asked it has the host alone: the rest is nobody's business.
type Refusal struct {
	At     time.Time `json:"at"`
	Method string    `json:"method"`
	// Host is as it was asked for, with its port.
	Host string `json:"host"`
	// Agent is what the client calls itself.
	Agent string `json:"agent,omitempty"`
	Why   string `json:"why"`
	// Times is how often the same was tried, the first time included; At is when that was. 0 where nobody counts.
	Times int `json:"times,omitempty"`
}

// Proxy is a forward proxy for one provider: it ends the TLS of connections to its hosts, and goes nowhere itself. It
// answers what comes to the proxy's port; the connections it opened come out of Tunnels, for a server to serve like those
// of a port, so that whoever answers there has the connection itself.
type Proxy struct {
	to      Proxied
	engine  *goproxy.ProxyHttpServer
	tunnels *tunnels
}

// NewProxy makes a proxy.
func NewProxy(to Proxied) *Proxy {
	p := &Proxy{to: to, engine: goproxy.NewProxyHttpServer(), tunnels: newTunnels()}
	p.engine.Logger = log.New(io.Discard, "", 0)
	// All requests are answered before the engine would go anywhere; it could not if one were not.
	p.engine.ConnectDial = func(string, string) (net.Conn, error) { return nil, errGoesNowhere }
	p.engine.Tr = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, errGoesNowhere }}
	p.engine.OnRequest().HandleConnectFunc(p.connect)
	p.engine.OnRequest().DoFunc(func(req *http.Request, _ *goproxy.ProxyCtx) (*http.Request, *http.Response) {
		return req, p.refuse(req, p.whyNot(req.URL.Host, ""))
	})
	p.engine.NonproxyHandler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r := p.refuse(req, "this is the port of a forward proxy, and the request is for a server: put this address into HTTPS_PROXY, not into a base URL")
		w.Header().Set("Content-Type", r.Header.Get("Content-Type"))
		w.WriteHeader(http.StatusBadRequest)
		_, _ = io.Copy(w, r.Body)
	})
	return p
}

var errGoesNowhere = errors.New("this proxy goes nowhere")

// Tunnels are the connections to the provider's hosts, as *tls.Conn.
func (p *Proxy) Tunnels() net.Listener { return p.tunnels }

// ServeHTTP answers what comes to the proxy's port.
func (p *Proxy) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	if req.Method != http.MethodConnect && req.URL.IsAbs() && p.whyNot(req.URL.Host, "80") == "" {
		p.to.Plain.ServeHTTP(w, req)
		return
	}
	p.engine.ServeHTTP(&early{w}, req)
}

// connect decides on a tunnel.
func (p *Proxy) connect(address string, ctx *goproxy.ProxyCtx) (*goproxy.ConnectAction, string) {
	if why := p.whyNot(address, ""); why != "" {
		ctx.Resp = p.refuse(ctx.Req, why)
		return &goproxy.ConnectAction{Action: goproxy.ConnectReject}, address
	}
	host := Name(address)
	return &goproxy.ConnectAction{Action: goproxy.ConnectHijack, Hijack: func(_ *http.Request, client net.Conn, _ *goproxy.ProxyCtx) {
		if _, err := io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n"); err != nil {
			_ = client.Close() // it went away
			return
		}
		p.tunnels.hand(tls.Server(client, p.to.Authority.Host(host)))
	}}, address
}

// whyNot says why the proxy does not take a host and port; empty if it does. plain is the port of requests without TLS.
func (p *Proxy) whyNot(address, plain string) string {
	host, port := address, ""
	if name, number, err := net.SplitHostPort(address); err == nil {
		host, port = name, number
	}
	switch {
	case !p.to.Takes(host):
		return fmt.Sprintf("%s is not the provider's: syncspec's proxy stands for %s alone, and goes nowhere else. "+
			"If it is a service of the target's own on this machine, name its host in NO_PROXY (NO_PROXY=127.0.0.1,localhost); "+
			"if it is a service elsewhere, switch it off for the test", address, p.to.Hosts())
	case port != "" && port != p.to.Port && port != plain:
		return fmt.Sprintf("%s is the provider's host on another port than its own, which is %s", address, p.to.Port)
	}
	return ""
}

// refuse answers with the reason, also in the status line: of a refused tunnel clients show nothing else.
func (p *Proxy) refuse(req *http.Request, why string) *http.Response {
	host := req.URL.Host
	if host == "" {
		host = req.Host
	}
	if p.to.Refused != nil {
		p.to.Refused(Refusal{At: time.Now(), Method: req.Method, Host: host, Agent: req.UserAgent(), Why: why})
	}
	body := "syncspec: " + why + ". See docs/reaching.md.\n"
	res := goproxy.NewResponse(req, "text/plain; charset=utf-8", http.StatusForbidden, body)
	res.Status = "403 refused by syncspec's proxy, which stands for " + p.to.Hosts() + " alone"
	res.Close = true
	return res
}

// early gives a connection that is taken over together with what the client had sent by then. The engine leaves that to
// whoever takes the connection, and does not pass it on.
type early struct{ http.ResponseWriter }

func (e *early) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(e.ResponseWriter).Hijack()
	if err != nil || rw.Reader.Buffered() == 0 {
		return conn, rw, err
	}
	sent, err := rw.Reader.Peek(rw.Reader.Buffered())
	return &begun{Conn: conn, r: io.MultiReader(strings.NewReader(string(sent)), conn)}, rw, err
}

// begun is a connection of which something was read already.
type begun struct {
	net.Conn
	r io.Reader
}

func (b *begun) Read(p []byte) (int, error) { return b.r.Read(p) }
