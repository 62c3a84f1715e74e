package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/syncspec/syncspec/internal/supervise"
)

// portAttempts: a free port may be taken by somebody else between our look and the server's start.
const portAttempts = 5

// startLocal starts the postgres binaries of this machine, on a data folder of their own.
func startLocal(ctx context.Context, cfg Config, because string) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	b, err := findBinaries(ctx, cfg)
	if err != nil {
		if cfg.Mode == ModeLocal {
			return nil, fmt.Errorf("start a local postgres: %w\n%s", err, waysOut)
		}
		return nil, err
	}
	s := &Server{guardian: cfg.Guardian}
	s.ticket.Rung = fmt.Sprintf("local: postgres %s from %s, because %s", b.version, b.bin, because)
	if err := s.startBinaries(ctx, cfg, b, serverAccount()); err != nil {
		return nil, fmt.Errorf("start a local postgres %s from %s: %w", b.version, b.bin, err)
	}
	return s, nil
}

// startBinaries prepares the folder and starts the server.
func (s *Server) startBinaries(ctx context.Context, cfg Config, b binaries, a account) error {
	b, unreach, err := b.within(cfg, a)
	if err != nil {
		return err
	}
	c, err := preparedCluster(ctx, cfg, b, a)
	if err != nil {
		unreach()
		return err
	}
	parent, err := runParent(a)
	if err != nil {
		unreach()
		return err
	}
	run, forget, err := cfg.Guardian.TempDir(parent, "syncspec-postgres-")
	if err != nil {
		unreach()
		return explain(err)
	}
	remove := func() error {
		unreach()
		if err := os.RemoveAll(run); err != nil {
			return fmt.Errorf("remove the server's folder: %w", err)
		}
		forget()
		return nil
	}
	data := filepath.Join(run, "data")
	if err := errors.Join(b.linkZones(run), a.own(run), c.unpack(data, a)); err != nil {
		return errors.Join(explain(fmt.Errorf("copy the prepared data folder to %s: %w", run, err)), remove())
	}
	if err := cfg.Bridge.admit(data); err != nil {
		return errors.Join(explain(fmt.Errorf("let containers reach the server: %w", err)), remove())
	}
	for attempt := 1; ; attempt++ {
		port, err := freePort(cfg.Bridge)
		if err != nil {
			return errors.Join(err, remove())
		}
		p, err := cfg.Guardian.Spawn(ctx, supervise.Command{
			Name: "postgres", Path: filepath.Join(b.bin, "postgres"), Args: append([]string{"-D", data, "-p", port}, cfg.Bridge.listen()...),
			Env: append(serverEnv(), b.env()...), Dir: data, Credential: a.credential,
			StopSignal: syscall.SIGQUIT, PIDFile: filepath.Join(data, "postmaster.pid"),
		})
		if err != nil {
			return errors.Join(err, remove())
		}
		s.ticket.DSN = dsn("127.0.0.1", port, superuser, c.Password, "postgres")
		s.stop = func(ctx context.Context) error { return errors.Join(p.Stop(ctx), remove()) }
		err = waitReady(ctx, p, data, port)
		if err == nil {
			if err = s.connected(ctx); err == nil {
				err = s.bridged(cfg.Bridge, p, port)
			}
		}
		if err == nil {
			return nil
		}
		_ = p.Stop(context.WithoutCancel(ctx))
		if attempt < portAttempts && ctx.Err() == nil && portTaken(string(p.Log())) {
			continue
		}
		return errors.Join(explain(err), remove())
	}
}

// portTaken tells from a server's log that it did not get an address: with several it is content with one.
func portTaken(log string) bool {
	return strings.Contains(log, "could not create any TCP/IP sockets") || strings.Contains(log, "could not create listen socket")
}

// bridged notes how containers reach the server, if they are to, and sees that it got that address. What is seen from here is no
// proof of more: on its way to itself this machine may have another address than on the bridge, which the server does not let in.
func (s *Server) bridged(b Bridge, p *supervise.Process, port string) error {
	if !b.there() {
		return nil
	}
	if portTaken(string(p.Log())) {
		return fmt.Errorf("listen on %s too: it did not get the port there; its log ends with:\n%s", b.Address, tail(p))
	}
	s.ticket.Bridge = net.JoinHostPort(b.Address.String(), port)
	c, err := net.DialTimeout("tcp", s.ticket.Bridge, engineTimeout)
	if err != nil {
		return fmt.Errorf("reach it on the bridge: %w", err)
	}
	return c.Close()
}

// waitReady waits until the server says that it is ready, in line 8 of postmaster.pid. That needs no connection, and cannot be
// said by another server that happens to have the port.
func waitReady(ctx context.Context, p *supervise.Process, data, port string) error {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		content, _ := os.ReadFile(filepath.Join(data, "postmaster.pid"))
		rows := strings.Split(string(content), "\n")
		if len(rows) >= 8 && rows[0] == strconv.Itoa(p.PID()) && rows[3] == port && strings.TrimSpace(rows[7]) == "ready" {
			return nil
		}
		select {
		case <-p.Done():
			return fmt.Errorf("it ended before it was ready: %w; its log ends with:\n%s", p.ExitError(), tail(p))
		case <-ctx.Done():
			return fmt.Errorf("it was not ready: %w; its log ends with:\n%s", ctx.Err(), tail(p))
		case <-tick.C:
		}
	}
}

// freePort returns a port that nobody listens on, here and on the bridge.
func freePort(b Bridge) (string, error) {
	for attempt := 1; ; attempt++ {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return "", fmt.Errorf("find a free port on 127.0.0.1: %w", err)
		}
		_, port, err := net.SplitHostPort(l.Addr().String())
		if err = errors.Join(err, l.Close()); err != nil || b.free(port) {
			return port, err
		}
		if attempt == portAttempts {
			return "", fmt.Errorf("find a port that is free on 127.0.0.1 and on %s: none in %d attempts", b.Address, attempt)
		}
	}
}

// serverEnv is our environment without what would change a server's or initdb's behaviour, and without secrets of the run.
func serverEnv() []string {
	var env []string
	for _, kv := range os.Environ() {
		name, _, _ := strings.Cut(kv, "=")
		switch name {
		case "PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "SYSTEMROOT":
			env = append(env, kv)
		}
	}
	return append(env, "LC_ALL=C", "TZ=UTC")
}

// tail is the end of a process's log, for an error.
func tail(p *supervise.Process) string {
	rows := strings.Split(strings.TrimSpace(string(p.Log())), "\n")
	return "  " + strings.Join(rows[max(0, len(rows)-20):], "\n  ")
}
