package recorder

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

// TestCredentialsAreNotPublished: what looks like a credential, wherever it came from, ends the recording before it takes
// its place.
func TestCredentialsAreNotPublished(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shopify")
	o := options(t, dir)
	fixtures := fstest.MapFS{}
	for name, data := range files(t, "../../fixtures/shopify") {
		fixtures[name] = &fstest.MapFile{Data: data}
	}
	const file = "seed/price_rules.json"
	leaking := bytes.Replace(fixtures[file].Data, []byte(`"Willkommen"`), []byte(`"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"`), 1)
	if bytes.Equal(leaking, fixtures[file].Data) {
		t.Fatal("the fixtures have no such price rule any more")
	}
	fixtures[file] = &fstest.MapFile{Data: leaking}
	o.Fixtures = fixtures
	_, err := Record(t.Context(), o)
	if err == nil || !strings.Contains(err.Error(), "it would put a credential on the disk: steady-price-rules.yaml: ") || strings.Contains(err.Error(), "shpat_") {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(left) > 0 {
		t.Errorf("it left %v %v", left, err)
	}
}
