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

// database is the one Postgres of a package's tests. Each world has a schema of its own in it.
type database struct {
	writing, reading *pgxpool.Pool
	schemas          atomic.Int64
}

// start starts a Postgres; SYNCSPEC_POSTGRES chooses which. It ends with the test.
func start(t *testing.T) *database {
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
		t.Fatal("tests of checks need a Postgres: ", err)
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
	db := &database{}
	if db.writing, err = pgxpool.New(ctx, dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.writing.Close)
	if db.reading, err = scenario.OpenReader(ctx, dsn); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.reading.Close)
	return db
}

// schema makes an empty schema.
func (db *database) schema(t *testing.T) string {
	t.Helper()
	name := fmt.Sprintf("world_%d", db.schemas.Add(1))
	if _, err := db.writing.Exec(t.Context(), "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	return name
}

// exec runs statements in a schema, all or none.
func (db *database) exec(t *testing.T, schema, sql string, args ...any) {
	t.Helper()
	tx, err := db.writing.Begin(t.Context())
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
