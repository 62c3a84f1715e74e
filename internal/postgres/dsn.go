package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

func isDSN(s string) bool {
	return strings.HasPrefix(s, "postgres://") || strings.HasPrefix(s, "postgresql://")
}

// dsn makes a dsn for a server on this machine.
func dsn(host, port, user, password, database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(user, password), Host: net.JoinHostPort(host, port), Path: "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// withDatabase is the dsn with another database.
func withDatabase(dsn, name string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", errNotADSN
	}
	u.Path, u.RawPath = "/"+name, ""
	q := u.Query()
	q.Del("dbname")
	q.Del("database")
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// errNotADSN replaces the parsers' errors, which quote the dsn with its password.
var errNotADSN = errors.New("the dsn is not valid; it looks like postgres://user:password@host:5432/database " +
	"(special characters of the password percent-encoded)")

// shown is a dsn as it may be seen: host, port and database.
func shown(dsn string) string {
	c, err := pgx.ParseConfig(dsn)
	if err != nil {
		return "the given dsn"
	}
	return fmt.Sprintf("%s/%s as %s", net.JoinHostPort(c.Host, fmt.Sprint(c.Port)), c.Database, c.User)
}

// connect connects, with errors that contain no secret.
func connect(ctx context.Context, dsn string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errNotADSN
	}
	c, err := pgx.ConnectConfig(ctx, config)
	if err == nil {
		return c, nil
	}
	var refused *pgconn.ConnectError
	if errors.As(err, &refused) {
		err = refused.Unwrap() // the wrapper names user and host again
	}
	return nil, &connectError{where: shown(dsn), err: err}
}

// connectError is a failed connection in one line. pgx tries with TLS and without, and tells of both, mostly the same.
type connectError struct {
	where string
	err   error
}

func (e *connectError) Error() string {
	var said []string
	for line := range strings.Lines(e.err.Error()) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(said, line) {
			said = append(said, line)
		}
	}
	return "connect to " + e.where + ": " + strings.Join(said, "; ")
}

func (e *connectError) Unwrap() error { return e.err }

// startForeign uses a server that somebody else runs.
func startForeign(ctx context.Context, cfg Config) (*Server, error) {
	s := &Server{guardian: cfg.Guardian, ticket: ticket{DSN: cfg.Mode, Foreign: true}}
	fail := func(err error, next string) (*Server, error) {
		return nil, fmt.Errorf("use the Postgres of %s: %w; %s", ModeEnv, err, next)
	}
	if err := s.connected(ctx); err != nil {
		return fail(err, "start that server, correct the dsn, or unset "+ModeEnv+" to have one started")
	}
	var may bool
	var version string
	err := s.with(ctx, func(c *pgx.Conn) error {
		return c.QueryRow(ctx, `SELECT (rolcreatedb OR rolsuper), current_setting('server_version')
			FROM pg_roles WHERE rolname = current_user`).Scan(&may, &version)
	})
	if err != nil {
		return fail(err, "is it a Postgres?")
	}
	if !may {
		return fail(errors.New("its user may not create databases"), "grant it with: ALTER ROLE … CREATEDB")
	}
	s.ticket.Rung = fmt.Sprintf("dsn: postgres %s at %s, because %s gives it", first(version), shown(cfg.Mode), ModeEnv)
	return s, nil
}

// first is the first word: "15.18 (Debian 15.18-0+deb12u1)" is 15.18.
func first(s string) string {
	word, _, _ := strings.Cut(s, " ")
	return word
}
