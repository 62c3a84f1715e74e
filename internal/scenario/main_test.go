package scenario_test

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/supervise"
)

func TestMain(m *testing.M) {
	engine.Roles() // this binary is the guardian of its own Postgres, and the bundled target
	os.Exit(m.Run())
}

// database is one Postgres for a test, in which each part of it has a schema of its own.
type database struct {
	writing, reading *pgxpool.Pool
	schemas          atomic.Int64
}

func startDatabase(t *testing.T) *database {
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
		t.Fatal("tests of the reader need a Postgres: ", err)
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

// schema makes a schema, lets sql fill it, and returns its name.
func (db *database) schema(t *testing.T, sql string) string {
	t.Helper()
	name := fmt.Sprintf("reader_%d", db.schemas.Add(1))
	if _, err := db.writing.Exec(t.Context(), fmt.Sprintf("CREATE SCHEMA %[1]s; SET search_path TO %[1]s; %[2]s; RESET search_path", name, sql)); err != nil {
		t.Fatal(err)
	}
	return name
}
