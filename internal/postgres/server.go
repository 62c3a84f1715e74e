package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/syncspec/syncspec/internal/supervise"
)

// Server is a running Postgres. It is safe for concurrent use.
type Server struct {
	guardian *supervise.Guardian
	ticket   ticket
	stop     func(context.Context) error // nil: not ours to stop

	mu      sync.Mutex
	idle    []*pgx.Conn
	version int // server_version_num
	clones  map[string]func()
}

// ticket is what another process needs to use the same server.
type ticket struct {
	DSN     string `json:"dsn"`
	Rung    string `json:"rung"`
	Foreign bool   `json:"foreign"` // a server that somebody else runs
	Bridge  string `json:"bridge"`  // host:port at which containers reach it; empty for none
}

// Start returns a running Postgres, as the configuration asks. If nothing works the one error names every way out.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if cfg.Guardian == nil {
		return nil, errors.New("start postgres: no guardian was given that would end it; see supervise.Start")
	}
	switch mode := cfg.Mode; {
	case isDSN(mode):
		return startForeign(ctx, cfg)
	case mode == ModeContainer:
		return startContainer(ctx, cfg, ModeEnv+"=container asks for it")
	case mode == ModeLocal:
		return startLocal(ctx, cfg, ModeEnv+"=local asks for it")
	case mode == ModeAuto || mode == "":
		return startAuto(ctx, cfg)
	default:
		return nil, fmt.Errorf("%s=%q is none of auto, container, local, or a dsn that begins with postgres://", ModeEnv, mode)
	}
}

// startAuto takes a container if that works, else the local binaries.
func startAuto(ctx context.Context, cfg Config) (*Server, error) {
	server, noContainer := startContainer(ctx, cfg, "an engine answers and the image is there")
	if noContainer == nil {
		return server, nil
	}
	if ctx.Err() != nil {
		return nil, noContainer
	}
	server, noLocal := startLocal(ctx, cfg, "no container: "+oneLine(noContainer))
	if noLocal == nil {
		return server, nil
	}
	return nil, fmt.Errorf("there is no Postgres to test with.\n  container: %w\n  local: %w\n%s", noContainer, noLocal, waysOut)
}

// waysOut ends every error that means "there is none".
const waysOut = `Any one of these helps:
  - syncspec postgres get            fetches the binaries into your cache; needs no rights and installs nothing
` + waysBesidesGet

const waysBesidesGet = `  - install postgresql               apt-get install postgresql, dnf install postgresql-server, brew install postgresql@18
  - start a container engine         that has, or can pull, the image; ` + ImageEnv + ` names another one
  - ` + ModeEnv + `=postgres://…  the dsn of a server on which databases may be created`

// Attach returns a server that another process of the same run started, from its Ticket. Closing or stopping it leaves the server
// running; databases that this process clones on a foreign server are registered with its own guardian.
func Attach(ctx context.Context, guardian *supervise.Guardian, serverTicket string) (*Server, error) {
	s := &Server{guardian: guardian}
	if err := json.Unmarshal([]byte(serverTicket), &s.ticket); err != nil || s.ticket.DSN == "" {
		return nil, errors.New("attach to a running postgres: the ticket is not one that Server.Ticket made")
	}
	if err := s.connected(ctx); err != nil {
		return nil, fmt.Errorf("attach to a running postgres: %w", err)
	}
	return s, nil
}

// Ticket returns what Attach needs. It contains the password: hand it over through memory or a pipe, never through arguments.
func (s *Server) Ticket() string {
	data, _ := json.Marshal(s.ticket) // strings and a bool cannot fail
	return string(data)
}

// DSN is the administrator's dsn. It contains the password.
func (s *Server) DSN() string { return s.ticket.DSN }

// Rung says in one line what was taken and why, without secrets.
func (s *Server) Rung() string { return s.ticket.Rung }

// Stop drops what was created on a foreign server, ends a server of ours, and waits until it is gone. A Server from Attach only
// drops its own databases on a foreign server.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	var names []string
	for name := range s.clones {
		names = append(names, name)
	}
	s.mu.Unlock()
	var errs []error
	if s.ticket.Foreign {
		for _, name := range names {
			errs = append(errs, s.Drop(ctx, name))
		}
	}
	s.mu.Lock()
	for _, c := range s.idle {
		_ = c.Close(ctx)
	}
	s.idle = nil
	s.mu.Unlock()
	if s.stop != nil {
		errs = append(errs, s.stop(ctx))
	}
	return errors.Join(errs...)
}

// connected checks that the server answers, and learns its version.
func (s *Server) connected(ctx context.Context) error {
	return s.with(ctx, func(c *pgx.Conn) error {
		var version int
		if err := c.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
			return err
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.version = version
		return nil
	})
}

// with runs f on a connection to the administrator's database. Connections are kept, for the handshake takes longer than most of
// what is done here.
func (s *Server) with(ctx context.Context, f func(*pgx.Conn) error) error {
	s.mu.Lock()
	var c *pgx.Conn
	if n := len(s.idle); n > 0 {
		c, s.idle = s.idle[n-1], s.idle[:n-1]
	}
	s.mu.Unlock()
	if c == nil {
		var err error
		if c, err = connect(ctx, s.ticket.DSN); err != nil {
			return err
		}
	}
	err := f(c)
	if c.IsClosed() {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, c)
	return err
}

// oneLine is an error for the middle of a sentence.
func oneLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return line
}
