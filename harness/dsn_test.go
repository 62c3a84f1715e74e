package harness_test

import (
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/supervise"
)

// TestGivenServer: of a run on a server that somebody else runs no database is left, neither after a good end nor after
// kill -9.
func TestGivenServer(t *testing.T) {
	guardian, err := supervise.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := guardian.Close(); err != nil {
			t.Error(err)
		}
	}()
	server, err := postgres.Start(t.Context(), postgres.FromEnv(func(key string) string {
		if key == "SYNCSPEC_POSTGRES" {
			return "local"
		}
		return ""
	}, guardian))
	if err != nil {
		if os.Getenv("SYNCSPEC_REQUIRE_ALL") == "1" {
			t.Fatalf("SYNCSPEC_REQUIRE_ALL=1, but there is no Postgres to give: %v", err)
		}
		t.Skipf("there is no Postgres to give: %v", err)
	}
	dsn := []string{"SYNCSPEC_POSTGRES=" + server.DSN()}
	before := databases(t, server.DSN())

	tr := newTree(t)
	if code, out := tr.run(t, dsn, ginkgoBinary, "--procs=2", "--label-filter=scenario:connected && phase:1", tr.binary); code != 0 {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if after := databases(t, server.DSN()); !slices.Equal(after, before) {
		t.Errorf("after a good end there are the databases %q", after)
	}

	d := tr.start(t, dsn, tr.binary, "--ginkgo.label-filter=scenario:backfilled")
	d.until(t, "a sync", func() bool { return len(d.watch.targets(busy)) == 1 })
	if len(databases(t, server.DSN())) == len(before) {
		t.Error("the run has no database of its own")
	}
	d.signal(t, d.cmd.Process.Pid, syscall.SIGKILL)
	d.wait(t, 10*time.Second)
	d.nothingLeft(t)
	if after := databases(t, server.DSN()); !slices.Equal(after, before) {
		t.Errorf("after kill -9 there are the databases %q", after)
	}
}

func databases(t *testing.T, dsn string) []string {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), "SELECT datname FROM pg_database ORDER BY 1")
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return names
}
