package postgres_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/supervise"
)

// The test binary is also the guardian, and the client that is killed.
func TestMain(m *testing.M) {
	supervise.Main()
	switch role := os.Getenv(supervise.RoleEnv); role {
	case "":
		os.Exit(m.Run())
	case "client":
		client()
	default:
		fmt.Fprintln(os.Stderr, "unknown role", role)
		os.Exit(9)
	}
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

// cache is a folder of all tests together, so that initdb runs once.
func cache() string {
	return filepath.Join(os.TempDir(), fmt.Sprintf("syncspec-test-cache-%d", os.Getuid()))
}

func local(t testing.TB) postgres.Config {
	return postgres.Config{Mode: postgres.ModeLocal, Cache: cache(), Guardian: guardian(t)}
}

func start(t testing.TB, cfg postgres.Config) *postgres.Server {
	t.Helper()
	s, err := postgres.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Stop(t.Context()) })
	return s
}
func client() {}
