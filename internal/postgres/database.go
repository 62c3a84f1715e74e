package postgres

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Template is a database that is migrated once and then copied.
type Template struct {
	server *Server
	name   string
}

// Name is the database's name, by which an attached process finds it: see Server.TemplateNamed.
func (t *Template) Name() string { return t.name }

// TemplateNamed returns a template that another process of the run made.
func (s *Server) TemplateNamed(name string) *Template { return &Template{server: s, name: name} }

// Template makes a database, lets migrate prepare it, and closes it for good, so that it can be copied at any time. key names
// what migrate does: a second call with the same key, in any process on this server, returns the template that is there. On a foreign
// server every call makes one of its own, for nobody knows how old one got there.
func (s *Server) Template(ctx context.Context, key string, migrate func(ctx context.Context, dsn string) error) (*Template, error) {
	fail := func(err error) (*Template, error) {
		return nil, fmt.Errorf("make the template database for %q: %w", key, err)
	}
	sum := sha256.Sum256([]byte(key))
	name := "syncspec_template_" + hex.EncodeToString(sum[:8])
	if s.ticket.Foreign {
		name = randomName()
	}
	err := s.with(ctx, func(c *pgx.Conn) error {
		// One maker at a time, in whatever process. The lock belongs to the connection, so it cannot be left behind.
		if _, err := c.Exec(ctx, "SELECT pg_advisory_lock(hashtextextended($1, 0))", name); err != nil {
			return err
		}
		defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
		var there bool
		err := c.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&there)
		if err != nil || there {
			return err
		}
		return s.makeTemplate(ctx, name, migrate)
	})
	if err != nil {
		return fail(err)
	}
	return &Template{server: s, name: name}, nil
}

func (s *Server) makeTemplate(ctx context.Context, name string, migrate func(context.Context, string) error) error {
	making := name + "_new" // gets its name when it is complete, so a migration that failed leaves no template
	if err := s.Drop(ctx, making); err != nil {
		return err
	}
	for _, n := range []string{name, making} {
		if err := s.register(n); err != nil {
			return err
		}
	}
	if err := s.exec(ctx, "CREATE DATABASE "+quoted(making)); err != nil {
		return err
	}
	if err := s.fillTemplate(ctx, making, name, migrate); err != nil {
		return errors.Join(err, s.Drop(context.WithoutCancel(ctx), making))
	}
	s.forget(making)
	return nil
}

func (s *Server) fillTemplate(ctx context.Context, making, name string, migrate func(context.Context, string) error) error {
	dsn, err := withDatabase(s.ticket.DSN, making)
	if err != nil {
		return err
	}
	if err := migrate(ctx, dsn); err != nil {
		return fmt.Errorf("migrate it: %w", err)
	}
	// CREATE DATABASE refuses a source that somebody is connected to; a migration tool may leave a pool open for a while.
	if err := s.exec(ctx, "ALTER DATABASE "+quoted(making)+" ALLOW_CONNECTIONS false"); err != nil {
		return err
	}
	if err := s.disconnect(ctx, making); err != nil {
		return err
	}
	return s.exec(ctx, "ALTER DATABASE "+quoted(making)+" RENAME TO "+quoted(name))
}

// Clone creates a database as a copy of the template and returns its dsn. An empty name makes a random one.
func (t *Template) Clone(ctx context.Context, name string) (dsn string, err error) {
	return t.server.create(ctx, name, t.name)
}

// Clone creates a database as a copy of the template of that name, or an empty one if from is empty, and returns its dsn. An empty
// name makes a random one; on a foreign server a name gets a random suffix, for it may be in use there.
func (s *Server) Clone(ctx context.Context, name, from string) (dsn string, err error) {
	return s.create(ctx, name, from)
}

func (s *Server) create(ctx context.Context, name, from string) (string, error) {
	switch {
	case name == "":
		name = randomName()
	case s.ticket.Foreign:
		name = randomName() + "_" + name
	}
	if len(name) > 63 {
		name = name[:63] // as Postgres would
	}
	fail := func(err error) (string, error) {
		if from != "" {
			return "", fmt.Errorf("clone database %s from %s: %w", name, from, err)
		}
		return "", fmt.Errorf("create database %s: %w", name, err)
	}
	dsn, err := withDatabase(s.ticket.DSN, name)
	if err != nil {
		return fail(err)
	}
	if err := s.register(name); err != nil {
		return fail(err)
	}
	sql := "CREATE DATABASE " + quoted(name)
	if from != "" {
		sql += " TEMPLATE " + quoted(from)
	}
	// Copying files is twice as fast as logging every page, at the price of two checkpoints: free on a server of ours, which syncs
	// nothing, and not ours to impose on another one.
	if !s.ticket.Foreign && s.version >= 150000 {
		sql += " STRATEGY FILE_COPY"
	}
	if err := s.exec(ctx, sql); err != nil {
		s.forget(name)
		return fail(err)
	}
	return dsn, nil
}

// Drop drops a database, whoever is connected to it. One that is not there is no error.
func (s *Server) Drop(ctx context.Context, name string) error {
	fail := func(err error) error { return fmt.Errorf("drop database %s: %w", name, err) }
	for {
		if err := s.disconnect(ctx, name); err != nil {
			return fail(err)
		}
		err := s.exec(ctx, "DROP DATABASE IF EXISTS "+quoted(name))
		if err == nil {
			s.forget(name)
			return nil
		}
		if !hasCode(err, "55006") { // somebody connected meanwhile
			return fail(err)
		}
	}
}

// disconnect ends all connections to a database and waits until they are gone.
func (s *Server) disconnect(ctx context.Context, name string) error {
	for {
		var n int
		err := s.with(ctx, func(c *pgx.Conn) error {
			return c.QueryRow(ctx, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
				WHERE datname = $1 AND pid <> pg_backend_pid()`, name).Scan(&n)
		})
		if err != nil || n == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(2 * time.Millisecond):
		}
	}
}

// exec runs a statement that cannot be prepared or run in a transaction.
func (s *Server) exec(ctx context.Context, sql string) error {
	err := s.with(ctx, func(c *pgx.Conn) error {
		_, err := c.PgConn().Exec(ctx, sql).ReadAll()
		return err
	})
	switch {
	case hasCode(err, "53100"):
		return fmt.Errorf("%w; the disk that the server writes to is full: make room, or set TMPDIR to another disk", err)
	case hasCode(err, "42501"):
		return fmt.Errorf("%w; the user of the dsn needs the right: ALTER ROLE … CREATEDB", err)
	}
	return err
}

// register has the guardian drop a database in the end, if the server does not vanish by itself.
func (s *Server) register(name string) error {
	forget := func() {}
	if s.ticket.Foreign {
		if s.guardian == nil {
			return errors.New("no guardian was given that would drop it")
		}
		var err error
		if forget, err = s.guardian.Database(s.ticket.DSN, name); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.clones == nil {
		s.clones = map[string]func(){}
	}
	s.clones[name] = forget
	return nil
}

func (s *Server) forget(name string) {
	s.mu.Lock()
	forget := s.clones[name]
	delete(s.clones, name)
	s.mu.Unlock()
	if forget != nil {
		forget()
	}
}

func hasCode(err error, code string) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == code
}

func quoted(name string) string { return pgx.Identifier{name}.Sanitize() }

func randomName() string { return "syncspec_" + strings.ToLower(rand.Text()[:16]) }
