package reference

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"
)

const (
	// graceTime is how long calls in flight may take after the end was asked for.
	graceTime = 10 * time.Second
	poolSize  = 8
)

// Serve runs the target until ctx ends, then finishes the calls in flight. The tables must be there (Migrate).
func Serve(ctx context.Context, cfg Config) error {
	cfg = cfg.withDefaults()
	if err := loopback(cfg.Listen); err != nil {
		return err
	}
	sources, err := cfg.sources()
	if err != nil {
		return err
	}
	p, err := newPool(cfg.DatabaseURL, poolSize)
	if err != nil {
		return err
	}
	defer p.close()
	e := newEngine(cfg, sources, p)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", cfg.Listen)
	if err != nil {
		return fmt.Errorf("listening on %s: %w (is the port taken? use port 0)", cfg.Listen, err)
	}
	// Calls in flight outlive ctx by the grace time and no longer.
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	server := &http.Server{
		Handler: (&front{e}).handler(),
		// No ReadTimeout: it would also cut off syncs that take longer.
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       2 * time.Minute,
		BaseContext:       func(net.Listener) context.Context { return work },
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	e.log.Info("listening", "addr", listener.Addr().String())
	if cfg.Ready != nil {
		cfg.Ready(listener.Addr().String())
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(work, graceTime)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		stopWork()
		_ = server.Close() // the error of Shutdown is the telling one
		return fmt.Errorf("calls still ran %s after the end was asked for and were cut off: %w", graceTime, err)
	}
	e.client.http.CloseIdleConnections()
	return nil
}
