package postgres_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/postgres"
)

// TestGet fetches for real where the machine has no Postgres, as a newcomer's has not; elsewhere it sees that there is nothing to do.
func TestGet(t *testing.T) {
	t.Parallel()
	closed := filepath.Join(t.TempDir(), "closed") // to others, as the home of root is
	if err := os.Mkdir(closed, 0o700); err != nil {
		t.Fatal(err)
	}
	cfg := postgres.Config{Mode: postgres.ModeLocal, Cache: closed, Guardian: guardian(t)}
	before, installed := postgres.Have(t.Context(), cfg)
	var first, second strings.Builder
	if err := postgres.Get(t.Context(), cfg, &first); err != nil {
		t.Fatal(err)
	}
	t.Logf("before: %s\n%s", before, first.String())
	what, ok := postgres.Have(t.Context(), cfg)
	if !ok {
		t.Fatalf("after Get: %s", what)
	}
	if err := postgres.Get(t.Context(), cfg, &second); err != nil {
		t.Fatal(err)
	}
	if second.String() != "there already: "+what+"\n" || installed != (first.String() == second.String()) {
		t.Errorf("installed before: %v; the second call said %q", installed, second.String())
	}
	t.Log(start(t, cfg).Rung())
}
