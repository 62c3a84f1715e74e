package reference_test

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/supervise"
)

// server is the Postgres of all tests here; SYNCSPEC_POSTGRES chooses which.
var server *postgres.Server

func TestMain(m *testing.M) {
	supervise.Main() // this binary is its own guardian
	os.Exit(withPostgres(m))
}

func withPostgres(m *testing.M) int {
	ctx := context.Background()
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, "tests of the reference need a Postgres:", err)
		return 1
	}
	guardian, err := supervise.Start(ctx)
	if err != nil {
		return fail(err)
	}
	defer guardian.Close()
	if server, err = postgres.Start(ctx, postgres.FromEnv(os.Getenv, guardian)); err != nil {
		return fail(err)
	}
	defer server.Stop(ctx)
	code := m.Run()
	if code == 0 && whole() {
		if err := allAnswersSeen(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return code
}

// freshDatabase makes an empty database for one test.
func freshDatabase(t testing.TB) string {
	t.Helper()
	dsn, err := server.Clone(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	return dsn
}
