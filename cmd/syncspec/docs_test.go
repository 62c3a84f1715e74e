package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/syncspec/syncspec/internal/checks"
)

// TestDocsAreCurrent fails when the code changed and the documents made from it did not.
func TestDocsAreCurrent(t *testing.T) {
	reference, err := manifestDocument()
	if err != nil {
		t.Fatal(err)
	}
	profiles, err := profileDocument()
	if err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string][]byte{
		"../../docs/checks.md":   checksDocument(checks.All()),
		"../../docs/manifest.md": reference,
		"../../docs/profile.md":  profiles,
	} {
		got, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is not what the code says: run make generate", file)
		}
	}
}
