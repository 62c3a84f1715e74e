package harness_test

import (
	"net/url"
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
	given := givenServer(t)
	dsn := []string{"SYNCSPEC_POSTGRES=" + given}
	before := databases(t, given)

	tr := newTree(t)
	if code, out := tr.run(t, dsn, ginkgoBinary, "--procs=2", "--label-filter=scenario:connected && phase:1", tr.binary); code != 0 {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	if after := databases(t, given); !slices.Equal(after, before) {
		t.Errorf("after a good end there are the databases %q", after)
	}

	d := tr.start(t, dsn, tr.binary, "--ginkgo.label-filter=scenario:backfilled")
	d.until(t, "a sync", func() bool { return len(d.watch.targets(busy)) == 1 })
	if len(databases(t, given)) == len(before) {
		t.Error("the run has no database of its own")
	}
	d.signal(t, d.cmd.Process.Pid, syscall.SIGKILL)
	d.wait(t, 10*time.Second)
	d.nothingLeft(t)
	if after := databases(t, given); !slices.Equal(after, before) {
		t.Errorf("after kill -9 there are the databases %q", after)
	}
}

// TestCleanupFails: a run of which something is left is no good run, in whichever report.
func TestCleanupFails(t *testing.T) {
	given := givenServer(t)
	execute(t, given, "CREATE ROLE guest LOGIN CREATEDB PASSWORD 'geheim12'")
	u, err := url.Parse(given)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword("guest", "geheim12")
	before := databases(t, given)

	tr := newTree(t)
	d := tr.start(t, []string{"SYNCSPEC_POSTGRES=" + u.String()}, ginkgoBinary, "--procs=2", twoSyncs, tr.binary)
	d.until(t, "two syncs", func() bool { return len(d.watch.targets(busy)) == 2 })
	for _, name := range databases(t, given) {
		if !slices.Contains(before, name) { // it can be used as before, but only its owner can drop it
			execute(t, given, "ALTER DATABASE "+pgx.Identifier{name}.Sanitize()+" OWNER TO CURRENT_USER")
		}
	}
	if code := d.wait(t, time.Minute); code != 1 {
		t.Errorf("the exit code is %d", code)
	}
	d.nothingLeft(t)
	j := tr.junit(t)
	const cause = "run/cleanup [woocommerce]"
	if red := j.red(); !slices.Equal(red, []string{cause}) {
		t.Fatalf("red are %q", red)
	}
	if e := j.cases[cause].Error; e == nil {
		t.Errorf("it is no error of the harness: %+v", j.cases[cause])
	} else if contains(t, e.Message, "drop database syncspec_", "must be owner of database"); e.Type != "cleanup" {
		t.Errorf("its cause is %q", e.Type)
	}
	contains(t, d.output.String(), "OVERALL STATUS: CRITICAL ISSUES", cause)
}

// givenServer starts a Postgres that runs are given, and returns its dsn.
func givenServer(t *testing.T) string {
	t.Helper()
	guardian, err := supervise.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := guardian.Close(); err != nil {
			t.Error(err)
		}
	})
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
	return server.DSN()
}

func execute(t *testing.T, dsn, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
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
