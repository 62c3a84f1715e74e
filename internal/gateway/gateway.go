// Package gateway stands where the provider stands. In replay it serves recorded traffic strictly: what was
// recorded, in the state it was recorded in, and nothing else. Requests are told apart by credential, so that
// many scenarios share one address, and everything asked is kept in a traffic log.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reach"
	"github.com/syncspec/syncspec/internal/recording"
)

// Limits against a target that hangs, floods or never stops.
const (
	maxRequestBody = 10 << 20
	headerTimeout  = 10 * time.Second
	readTimeout    = time.Minute
	idleTimeout    = time.Minute
	shutdownGrace  = 500 * time.Millisecond
)

// Config says what a gateway serves and where.
type Config struct {
	Manifest *manifest.Manifest
	// Recording may be nil: then routes can only serve handlers.
	Recording *recording.Recording
	// Addr is host:port, :port or port; without a host it is 127.0.0.1, without a port any free one. Hosts other than
	// this machine's loopback are refused: what was recorded is for nobody else.
	Addr string
	// Secure adds TLS, by an authority that is made for this gateway and whose certificate is written into Dir, and a forward
	// proxy that takes the provider's own hosts.
	Secure bool
	Dir    string
	// Bridge is the address of a container engine's bridge on this machine, on which all of that is to be reached by containers
	// too; empty for none.
	Bridge string
}

// Gateway is a running server. Its methods may be called from any goroutine.
type Gateway struct {
	rules *rules
	auth  manifest.Auth
	oauth oauthPaths
	// rec is nil where only handlers are served; partial are the paths of which it holds a part.
	rec     *recording.Recording
	partial []*regexp.Regexp
	rewrite rewriter
	// keptHeaders are the response headers that the log keeps.
	keptHeaders []string

	front *front
	// hosts are the provider's; secured is nil where the gateway is not Secure.
	hosts   reach.Hosts
	secured *secured
	unhook  func() bool

	seq atomic.Int64
	// handling is held for reading by each request under way, so that closing can wait for them.
	handling sync.RWMutex
	closing  sync.Once
	closeErr error

	mu     sync.Mutex
	routes map[string]*Route
	// byHost, byName, byGrant and byAddress find a route where no credential does; see find.
	byHost, byName, byGrant, byAddress map[string]*Route

	unrouted traffic
	bodies   bodies
	indexes  map[string]*index
}

// Start listens and serves until Close is called or the context ends.
func Start(ctx context.Context, cfg Config) (*Gateway, error) {
	if cfg.Manifest == nil {
		return nil, errors.New("starting the gateway: a manifest is needed")
	}
	if err := checkAuth(cfg.Manifest.API.Auth); err != nil {
		return nil, fmt.Errorf("starting the gateway: %w", err)
	}
	if cfg.Secure && cfg.Dir == "" {
		return nil, errors.New("starting the gateway with TLS: a folder for the certificate is needed")
	}
	front, err := open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	g := &Gateway{
		rules:     newRules(cfg.Manifest),
		auth:      cfg.Manifest.API.Auth,
		oauth:     newOAuthPaths(cfg.Manifest.OAuth),
		front:     front,
		hosts:     reach.ParseHosts(cfg.Manifest.API.BaseURL),
		routes:    map[string]*Route{},
		byHost:    map[string]*Route{},
		byName:    map[string]*Route{},
		byAddress: map[string]*Route{},
		byGrant:   map[string]*Route{},
		indexes:   map[string]*index{},
	}
	g.keptHeaders = keptHeaders(cfg.Manifest)
	if cfg.Recording != nil {
		g.rec = cfg.Recording
		g.rewrite = newRewriter(cfg.Recording.Info.BaseURL, cfg.Manifest.API.Auth.Credentials)
		for _, p := range cfg.Recording.Partial() {
			g.partial = append(g.partial, manifest.MatchPath(g.rules.basePath+p.Path))
		}
	}
	if cfg.Secure {
		if g.secured, err = g.secure(cfg.Dir); err != nil {
			return nil, fmt.Errorf("starting the gateway with TLS: %w", errors.Join(err, front.unlisten()))
		}
	}
	front.serve(g, g.secured)
	g.unhook = context.AfterFunc(ctx, g.shutdown)
	return g, nil
}

// keptHeaders are the response headers by which a client has to act, or that say what was served.
func keptHeaders(m *manifest.Manifest) []string {
	names := []string{"Retry-After"}
	if m.API.Pagination.Next.From == "header_link" {
		names = append(names, "Link")
	}
	for _, l := range m.API.RateLimits {
		names = append(names, l.Header)
	}
	names = append(names, m.API.Version.Header)
	slices.Sort(names)
	return slices.Compact(names)
}

// URL is the gateway's address, http://127.0.0.1:port. The recorded base path comes after it.
func (g *Gateway) URL() string { return g.front.local.Plain }

// SecureURL is the same with TLS, https://127.0.0.1:port; empty where the gateway is not Secure.
func (g *Gateway) SecureURL() string { return g.front.local.Secure }

// ProxyURL is the forward proxy, http://127.0.0.1:port; empty where the gateway is not Secure.
func (g *Gateway) ProxyURL() string { return g.front.local.Proxy }

// CAFile is the file with the certificate of the authority that vouches for the gateway; empty where it is not Secure.
func (g *Gateway) CAFile() string { return g.front.caFile }

// Bridge is how containers reach the gateway; all empty where it was given no bridge.
func (g *Gateway) Bridge() Addresses { return g.front.bridge }

// Route opens an account, told apart by the credential that the manifest's api.auth.route names. Each scenario has
// one of its own: a credential that already has a route is an error.
func (g *Gateway) Route(credential string) (*Route, error) {
	r := newRoute(g)
	if err := g.admit(credential, r); err != nil {
		return nil, fmt.Errorf("opening a route on the gateway: %w", err)
	}
	return r, nil
}

// admit routes a credential, which must not be another route's.
func (g *Gateway) admit(credential string, r *Route) error {
	if credential == "" {
		return errors.New("the credential is empty")
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if have := g.routes[credential]; have != nil && have != r {
		return fmt.Errorf("this %s has a route already; give each scenario its own", g.auth.Route)
	}
	g.routes[credential] = r
	return nil
}

// Unrouted returns the requests that had no credential or an unknown one. They were answered 401.
func (g *Gateway) Unrouted() []Exchange { return g.unrouted.copy() }

// Close ends the server: requests under way get a moment, then are cut off. It returns when nothing of the
// gateway runs any more, and may be called more than once.
func (g *Gateway) Close() error {
	g.unhook()
	g.shutdown()
	return g.closeErr
}

func (g *Gateway) shutdown() {
	g.closing.Do(func() {
		g.closeErr = g.front.close()
		g.handling.Lock()
		defer g.handling.Unlock()
		g.closeErr = errors.Join(g.closeErr, g.bodies.close())
	})
}

// indexOf returns the index of a set of cassettes, building it once: routes share it and keep their own positions.
func (g *Gateway) indexOf(name string, load func() ([]recording.Interaction, error)) (*index, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if ix := g.indexes[name]; ix != nil {
		return ix, nil
	}
	interactions, err := load()
	if err != nil {
		return nil, err
	}
	ix, err := newIndex(g.rules, interactions)
	if err != nil {
		return nil, err
	}
	g.indexes[name] = ix
	return ix, nil
}
