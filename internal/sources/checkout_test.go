package sources

import (
	"errors"
	"io/fs"
	"testing"
)

// TestCheckout: a manifest's catalogue is looked for beside the manifest's folder. Were it not found there, nothing would
// hold carried manifests against it, and nobody would notice.
func TestCheckout(t *testing.T) {
	for _, file := range []string{"specs/woocommerce.yaml", "fixtures/woocommerce/catalog/topics.txt"} {
		if text, err := fs.ReadFile(checkout{}, file); err != nil || len(text) == 0 {
			t.Errorf("%s: %d bytes, %v", file, len(text), err)
		}
	}
	for _, file := range []string{"cassettes/woocommerce/recording.yaml", "fixtures/magento/catalog/topics.txt", "go.mod"} {
		if _, err := fs.ReadFile(checkout{}, file); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", file, err)
		}
	}
}
