package reference

import (
	"log/slog"
	"time"
)

// engine is the integration without its HTTP front.
type engine struct {
	sources      map[string]*source
	integrations *integrations
	pool         *pool
	client       *client
	ports        Ports
	applier      *applier
	clock        Clock
	log          *slog.Logger
}

// newEngine composes the pipeline; this is the one place where ports are plugged in.
func newEngine(cfg Config, sources []*source, p *pool) *engine {
	log := cfg.logger()
	e := &engine{sources: map[string]*source{}, pool: p, clock: cfg.Clock, log: log}
	for _, s := range sources {
		e.sources[s.m.Source] = s
	}
	e.integrations = &integrations{pool: p, sources: e.sources}
	e.client = &client{http: newHTTPClient(cfg.RequestTimeout), clock: cfg.Clock, log: log}
	e.client.tokens = &tokens{pool: p, client: e.client}
	e.ports = Ports{
		Fetcher: fetcher{e.client}, Verifier: verifier{}, Hasher: hasher{}, Ingester: ingester{p},
		Refiner: refiner{}, Arbiter: arbiter{}, Responder: responder{}, Ledger: ledger{},
		Registrar: registrar{e.client, e.integrations},
		Pacer:     pacer{tries: cfg.Tries, first: 100 * time.Millisecond, longest: 30 * time.Second, random: cfg.Random},
	}
	if cfg.Wrap != nil {
		e.ports = cfg.Wrap(e.ports)
	}
	e.client.pacer = e.ports.Pacer
	e.applier = &applier{pool: p, arbiter: e.ports.Arbiter}
	return e
}
