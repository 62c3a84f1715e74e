package webhook_test

import (
	"os"
	"testing"

	"github.com/syncspec/syncspec/internal/supervise"
)

func TestMain(m *testing.M) {
	supervise.Main() // this binary is the guardian of its own Postgres
	os.Exit(m.Run())
}
