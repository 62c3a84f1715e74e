package supervise

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// dropDatabase drops a database on a server that is not ours. Statements that name it are ended first: a CREATE DATABASE goes on
// when its client dies, and would make the database after it was dropped.
func dropDatabase(ctx context.Context, i item) error {
	fail := func(err error) error {
		return fmt.Errorf("drop database %s: %s; drop it by hand", i.Database, reason(err))
	}
	conn, err := pgx.Connect(ctx, i.DSN)
	if err != nil {
		return fail(err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for {
		var busy int
		err := conn.QueryRow(ctx, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
			WHERE pid <> pg_backend_pid() AND (datname = $1 OR position($1 in query) > 0)`, i.Database).Scan(&busy)
		if err != nil {
			return fail(err)
		}
		if busy == 0 {
			_, err = conn.Exec(ctx, "ALTER DATABASE "+pgx.Identifier{i.Database}.Sanitize()+" IS_TEMPLATE false")
			if err == nil {
				_, err = conn.Exec(ctx, "DROP DATABASE IF EXISTS "+pgx.Identifier{i.Database}.Sanitize())
			}
			var pg *pgconn.PgError
			switch {
			case err == nil || errors.As(err, &pg) && pg.Code == "3D000": // there is none of that name
				return nil
			case !errors.As(err, &pg) || pg.Code != "55006": // 55006: somebody connected meanwhile
				return fail(err)
			}
		}
		select {
		case <-ctx.Done():
			return fail(ctx.Err())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// reason is an error without what it may quote of a DSN, whose password must not be seen.
func reason(err error) string {
	var connect *pgconn.ConnectError
	var parse *pgconn.ParseConfigError
	var u *url.Error
	switch {
	case errors.As(err, &connect):
		return "cannot connect: " + connect.Unwrap().Error()
	case errors.As(err, &parse), errors.As(err, &u):
		return "the dsn is not valid"
	}
	return err.Error()
}
