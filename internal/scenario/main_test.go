package scenario_test

import (
	"os"
	"testing"

	"github.com/syncspec/syncspec/internal/engine"
)

func TestMain(m *testing.M) {
	engine.Roles() // this binary is the guardian of its own Postgres, and the bundled target
	os.Exit(m.Run())
}
