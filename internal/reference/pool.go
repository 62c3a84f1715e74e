package reference

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// pool lends a bounded number of connections.
type pool struct {
	config *pgx.ConnConfig
	// slots holds one entry per connection that may exist: an idle one, or nil for one not opened yet.
	slots chan *pgx.Conn
}

func newPool(databaseURL string, size int) (*pool, error) {
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		// The error of the parser may quote the address, and with it a password.
		return nil, errors.New("DATABASE_URL is no Postgres address: want postgres://user@host:port/database")
	}
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "syncspec-reference"
	}
	// Times are written with their zone everywhere; this keeps what a person sees in the logs in UTC as well.
	config.RuntimeParams["timezone"] = "UTC"
	p := &pool{config: config, slots: make(chan *pgx.Conn, size)}
	for range size {
		p.slots <- nil
	}
	return p, nil
}

// with runs f on a connection. One that f left unusable or in a transaction is closed, not lent again.
func (p *pool) with(ctx context.Context, f func(*pgx.Conn) error) error {
	var conn *pgx.Conn
	select {
	case conn = <-p.slots:
	case <-ctx.Done():
		return fmt.Errorf("waiting for a database connection: %w", ctx.Err())
	}
	if conn == nil || conn.IsClosed() {
		var err error
		if conn, err = pgx.ConnectConfig(ctx, p.config.Copy()); err != nil {
			p.slots <- nil
			return fmt.Errorf("connecting to the database: %w", err)
		}
	}
	done := false
	defer func() { // also on a panic, or the slot would be lost
		if !done || conn.IsClosed() || conn.PgConn().IsBusy() || conn.PgConn().TxStatus() != 'I' {
			closeConn(conn)
			conn = nil
		}
		p.slots <- conn
	}()
	err := f(conn)
	done = true
	return err
}

// tx runs f in a transaction that commits when f succeeds.
func (p *pool) tx(ctx context.Context, f func(pgx.Tx) error) error {
	return p.with(ctx, func(c *pgx.Conn) error { return pgx.BeginFunc(ctx, c, f) })
}

// close ends all connections; it waits for those that are lent.
func (p *pool) close() {
	for range cap(p.slots) {
		closeConn(<-p.slots)
	}
}

func closeConn(c *pgx.Conn) {
	if c == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	// An error here means that the connection is gone already, which is what is wanted.
	_ = c.Close(ctx)
}

// refused tells whether Postgres itself said no to a statement, as opposed to a lost connection or a cancelled call.
func refused(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || len(pg.Code) < 2 {
		return false
	}
	switch pg.Code[:2] {
	case "08", "53", "57": // connection, resources, operator intervention: not the statement's fault
		return false
	}
	return true
}

// collided tells whether a transaction lost against another and may simply be run again.
func collided(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}
