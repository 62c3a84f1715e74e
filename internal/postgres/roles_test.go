package postgres_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/moby/moby/client"
	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/supervise"
)

// The test binary is also the guardian, and the test run that is killed.
func TestMain(m *testing.M) {
	supervise.Main()
	switch role := os.Getenv(supervise.RoleEnv); role {
	case "":
		os.Exit(m.Run())
	case "client":
		testRun(os.Getenv("CLIENT_END"))
	default:
		fmt.Fprintln(os.Stderr, "unknown role", role)
		os.Exit(9)
	}
}

// ownFolder is an empty folder that nobody else can write to, whatever the umask.
func ownFolder(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}

func guardian(t testing.TB) *supervise.Guardian {
	t.Helper()
	g, err := supervise.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// local is the local rung with the user's own cache, as a run has it: initdb has mostly run there already, and what
// `syncspec postgres get` fetched is there.
func local(t testing.TB) postgres.Config {
	t.Helper()
	if what, ok := postgres.Have(t.Context(), postgres.Config{}); !ok {
		skip(t, "the local rung: "+what)
	}
	return postgres.Config{Mode: postgres.ModeLocal, Guardian: guardian(t)}
}

// installed is local for tests that give it a cache of their own: the binaries must come from elsewhere then.
func installed(t testing.TB) postgres.Config {
	t.Helper()
	cfg := local(t)
	cfg.Cache = ownFolder(t)
	if what, ok := postgres.Have(t.Context(), cfg); !ok {
		skip(t, "a cache of its own, for the only Postgres here is in the user's: "+what)
	}
	return cfg
}

// skip leaves a test out and says so also without -v. Where everything must be tested it fails instead.
func skip(t testing.TB, why string) {
	t.Helper()
	if os.Getenv("SYNCSPEC_REQUIRE_ALL") == "1" {
		t.Fatalf("SYNCSPEC_REQUIRE_ALL=1, but cannot test %s", why)
	}
	fmt.Fprintf(os.Stderr, "SKIPPED %s: cannot test %s\n", t.Name(), why)
	t.SkipNow()
}

// image is the container image to test with: the configured one, the default, or a local one.
func image(t testing.TB) string {
	t.Helper()
	engine, err := client.New(client.FromEnv)
	if err != nil {
		skip(t, "containers: "+err.Error())
	}
	defer engine.Close()
	if _, err := engine.Ping(t.Context(), client.PingOptions{}); err != nil {
		skip(t, "containers: no engine answers: "+err.Error())
	}
	for _, name := range []string{os.Getenv(postgres.ImageEnv), postgres.DefaultImage, "localhost/syncspec-postgres:15"} {
		if name == "" {
			continue
		}
		if _, err := engine.ImageInspect(t.Context(), name); err == nil {
			return name
		}
	}
	skip(t, "containers: neither "+postgres.DefaultImage+" nor localhost/syncspec-postgres:15 is there; see scripts/build-postgres-image")
	return ""
}

func start(t testing.TB, cfg postgres.Config) *postgres.Server {
	t.Helper()
	s, err := postgres.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// migrate makes what a test can recognise.
func migrate(ctx context.Context, dsn string) error {
	c, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, `CREATE TABLE thing (id int PRIMARY KEY, name text); INSERT INTO thing VALUES (1, 'migrated')`)
	return err
}

// state is what a test run has, and must not leave.
type state struct {
	DSN      string
	Database string
	Files    string // postmaster.pid
	Data     string // the data folder
}

// testRun is a test run that ends in one of several ways.
func testRun(end string) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	g, err := supervise.Start(ctx)
	check(err)
	s, err := postgres.Start(ctx, postgres.FromEnv(os.Getenv, g))
	check(err)
	t, err := s.Template(ctx, "test", migrate)
	check(err)
	dsn, err := t.Clone(ctx, "")
	check(err)
	c, err := pgx.Connect(ctx, dsn) // stays open: a target does not close its connections either
	check(err)
	now := state{DSN: s.DSN()}
	check(c.QueryRow(ctx, "SELECT current_database(), pg_read_file('postmaster.pid'), current_setting('data_directory')").
		Scan(&now.Database, &now.Files, &now.Data))
	check(json.NewEncoder(os.Stdout).Encode(now))
	_, _ = os.Stdin.Read(make([]byte, 1)) // go on when the test is ready
	switch end {
	case "success":
		check(s.Stop(ctx))
		check(g.Close())
	case "failure":
		os.Exit(1)
	case "panic":
		panic("this panic is part of the test")
	default:
		forever()
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(9)
	}
}

// forever waits until somebody ends the process. A bare select would be a deadlock to Go where nothing else runs.
func forever() {
	for {
		time.Sleep(time.Hour)
	}
}
