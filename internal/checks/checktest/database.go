package checktest

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/supervise"
)

// Database is one Postgres for tests, in which each part of them has a schema of its own.
type Database struct {
	// Writing is the target's pool, Reading that of checks.
	Writing, Reading *pgxpool.Pool
	schemas          atomic.Int64
}

// Start starts a Postgres; SYNCSPEC_POSTGRES chooses which. It ends with the test.
func Start(t *testing.T) *Database {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // it is stopped after the test's context is over
	guardian, err := supervise.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := guardian.Close(); err != nil {
			t.Error(err)
		}
	})
	server, err := postgres.Start(ctx, postgres.FromEnv(os.Getenv, guardian))
	if err != nil {
		t.Fatal("this test needs a Postgres: ", err)
	}
	t.Cleanup(func() {
		if err := server.Stop(ctx); err != nil {
			t.Error(err)
		}
	})
	dsn, err := server.Clone(ctx, "", "")
	if err != nil {
		t.Fatal(err)
	}
	db := &Database{}
	if db.Writing, err = pgxpool.New(ctx, dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Writing.Close)
	if db.Reading, err = scenario.OpenReader(ctx, dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Reading.Close)
	return db
}

// Schema makes a schema, lets sql fill it, and returns its name.
func (db *Database) Schema(t *testing.T, sql string) string {
	t.Helper()
	name := fmt.Sprintf("world_%d", db.schemas.Add(1))
	if _, err := db.Writing.Exec(t.Context(), "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	db.Exec(t, name, sql)
	return name
}

// Exec runs statements in a schema, all or none.
func (db *Database) Exec(t *testing.T, schema, sql string, args ...any) {
	t.Helper()
	tx, err := db.Writing.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }() // does nothing after a commit
	if _, err = tx.Exec(t.Context(), "SET LOCAL search_path TO "+schema); err == nil {
		_, err = tx.Exec(t.Context(), sql, args...)
	}
	if err == nil {
		err = tx.Commit(t.Context())
	}
	if err != nil {
		t.Fatalf("%v\nin %s", err, sql)
	}
}
