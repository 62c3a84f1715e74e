package adopt_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/adopt"
)

const least = "apiVersion: syncspec/v1\nkind: Target\nname: acme\nsource: shop\nstart: {command: [./serve]}\n"

func TestSave(t *testing.T) {
	m := shop(t)
	dir := t.TempDir()
	path := filepath.Join(dir, "acme.yaml")
	if err := adopt.Save(path, least, m, false); err != nil {
		t.Fatal(err)
	}
	if err := adopt.Save(path, "other", m, false); !errors.Is(err, adopt.ErrThere) {
		t.Errorf("over what is there: %v", err)
	}
	if err := adopt.Save(path, "name: x\n", m, true); err == nil || !strings.Contains(err.Error(), "is no profile") {
		t.Errorf("what is no profile: %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != least {
		t.Errorf("what was there is now %q, %v", text, err)
	}
	if err := adopt.Save(path, least+"# new\n", m, true); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != least+"# new\n" {
		t.Errorf("with force it is %q, %v", text, err)
	}
	if err := adopt.Save(dir, least, m, true); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("over a folder: %v", err)
	}
	if err := adopt.Save(filepath.Join(dir, "none", "acme.yaml"), least, m, false); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("into no folder: %v", err)
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}
