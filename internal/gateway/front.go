package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/syncspec/syncspec/internal/reach"
)

// Addresses are the ways to a gateway from one place: this machine, or the containers of an engine on it. Secure and Proxy
// are there only where the gateway was told to be Secure.
type Addresses struct {
	// Plain and Secure are the gateway itself, http://… and https://…; Proxy is the forward proxy, http://….
	Plain, Secure, Proxy string
}

// front is where clients come in: all that listens, and the servers behind it.
type front struct {
	local, bridge Addresses
	caFile        string
	// servers are the gateway's own and the proxy's; proxy is nil without Secure.
	server, outer *http.Server
	proxy         *reach.Proxy
	// plain, secure and proxied are the listeners by kind.
	plain, secure, proxied []net.Listener
	config                 *tls.Config
	served                 sync.WaitGroup

	// opening is held while a further address is opened; after closed there is none.
	opening sync.Mutex
	closed  bool
}

// open listens wherever the configuration says. Nothing is served yet.
func open(ctx context.Context, cfg Config) (*front, error) {
	f := &front{}
	if err := f.open(ctx, cfg); err != nil {
		return nil, errors.Join(err, f.unlisten())
	}
	return f, nil
}

func (f *front) open(ctx context.Context, cfg Config) error {
	address, err := f.listen(&f.plain, func() (net.Listener, error) { return listen(ctx, cfg.Addr) })
	if err != nil {
		return err
	}
	f.local.Plain = "http://" + address
	if cfg.Secure {
		if err := f.openSecure(ctx, "127.0.0.1", &f.local); err != nil {
			return err
		}
	}
	if cfg.Bridge == "" {
		return nil
	}
	if err := reach.CheckBridge(cfg.Bridge); err != nil {
		return fmt.Errorf("starting the gateway for containers: %w", err)
	}
	if address, err = f.listen(&f.plain, func() (net.Listener, error) { return listenAny(ctx, cfg.Bridge) }); err != nil {
		return err
	}
	f.bridge.Plain = "http://" + address
	if cfg.Secure {
		return f.openSecure(ctx, cfg.Bridge, &f.bridge)
	}
	return nil
}

// openSecure listens for TLS and for the proxy's clients.
func (f *front) openSecure(ctx context.Context, host string, to *Addresses) error {
	address, err := f.listen(&f.secure, func() (net.Listener, error) { return listenAny(ctx, host) })
	if err != nil {
		return err
	}
	to.Secure = "https://" + address
	if address, err = f.listen(&f.proxied, func() (net.Listener, error) { return listenAny(ctx, host) }); err != nil {
		return err
	}
	to.Proxy = "http://" + address
	return nil
}

func (f *front) listen(kind *[]net.Listener, open func() (net.Listener, error)) (address string, err error) {
	l, err := open()
	if err != nil {
		return "", err
	}
	*kind = append(*kind, l)
	return l.Addr().String(), nil
}

// listenAny listens on any free port.
func listenAny(ctx context.Context, host string) (net.Listener, error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, fmt.Errorf("starting the gateway on a free port of %s: %w", host, err)
	}
	return l, nil
}

// serve begins to answer: handler what comes to the gateway itself, and with an authority also the proxy's clients.
func (f *front) serve(handler http.Handler, secure *secured) {
	f.server = newServer(handler)
	if secure != nil {
		f.server.ConnState, f.config = secure.watch, secure.config
	}
	for _, l := range f.plain {
		f.run(f.server, l)
	}
	if secure == nil {
		return
	}
	for _, l := range f.secure {
		f.run(f.server, tls.NewListener(l, secure.config))
	}
	f.proxy = reach.NewProxy(secure.proxied)
	f.outer = newServer(f.proxy)
	f.run(f.server, f.proxy.Tunnels())
	for _, l := range f.proxied {
		f.run(f.outer, l)
	}
}

func (f *front) run(server *http.Server, l net.Listener) {
	f.served.Go(func() {
		_ = server.Serve(l) // it ends with http.ErrServerClosed: only close ends it
	})
}

// another listens beside an address of the gateway's own, which like is, and answers there in the same way.
func (f *front) another(ctx context.Context, like string) (string, error) {
	own := []string{f.local.Plain, f.local.Secure, f.bridge.Plain, f.bridge.Secure}
	if like == "" || !slices.Contains(own, like) {
		return "", fmt.Errorf("%q is none of the gateway's own addresses", like)
	}
	scheme, address, _ := strings.Cut(like, "://")
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "", err
	}
	f.opening.Lock()
	defer f.opening.Unlock()
	if f.closed {
		return "", errors.New("the gateway has ended")
	}
	l, err := listenAny(ctx, host)
	if err != nil {
		return "", err
	}
	address = l.Addr().String()
	if scheme == "https" {
		l = tls.NewListener(l, f.config)
	}
	f.run(f.server, l)
	return scheme + "://" + address, nil
}

func newServer(handler http.Handler) *http.Server {
	return &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout, ErrorLog: discardLog(),
	}
}

// close ends all of it: requests under way get a moment, then are cut off. That is no fault of the caller's.
func (f *front) close() error {
	f.opening.Lock()
	f.closed = true
	f.opening.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	var errs []error
	for _, server := range []*http.Server{f.outer, f.server} { // no new tunnels first
		if server == nil {
			continue
		}
		if err := server.Shutdown(ctx); err != nil {
			errs = append(errs, server.Close())
		}
	}
	f.served.Wait()
	if f.caFile != "" {
		if err := os.Remove(f.caFile); err != nil && !errors.Is(err, os.ErrNotExist) { // its folder may be gone
			errs = append(errs, fmt.Errorf("removing the certificate of the run's authority: %w", err))
		}
	}
	return errors.Join(errs...)
}

// unlisten ends listeners that nobody serves.
func (f *front) unlisten() error {
	var errs []error
	for _, kind := range [][]net.Listener{f.plain, f.secure, f.proxied} {
		for _, l := range kind {
			errs = append(errs, l.Close())
		}
	}
	return errors.Join(errs...)
}

func listen(ctx context.Context, addr string) (net.Listener, error) {
	full := addr
	switch {
	case addr == "":
		full = "127.0.0.1:0"
	case strings.HasPrefix(addr, ":"):
		full = "127.0.0.1" + addr
	case !strings.Contains(addr, ":"):
		full = "127.0.0.1:" + addr
	}
	if host, _, err := net.SplitHostPort(full); err == nil && host != "localhost" {
		if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
			return nil, fmt.Errorf("starting the gateway on %q: other machines would reach it; name 127.0.0.1, localhost or [::1], or no host", addr)
		}
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", full)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		_, port, _ := net.SplitHostPort(full)
		return nil, fmt.Errorf("starting the gateway: port %s is taken (%s): "+
			"end what listens there, name another port, or name none to get a free one: %w", port, full, err)
	case err != nil:
		return nil, fmt.Errorf("starting the gateway on %q (write host:port, a port, or nothing for a free one): %w", addr, err)
	}
	return l, nil
}
