package profile_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/profile"
)

// write puts a profile into a folder of its own.
func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "acme.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// environment is what profiles of these tests may refer to.
func environment(name string) (string, bool) {
	value, ok := map[string]string{"ACME_KEY": "geheim", "ACME_EMPTY": "", "ACME_BRACES": "a{port}${b}{{c"}[name]
	return value, ok
}

// TestLoadTarget reads a whole profile; what is relative in it starts from its folder.
func TestLoadTarget(t *testing.T) {
	file := write(t, `
apiVersion: syncspec/v1
kind: Target
name: acme integrations
start:
  command: [bin/serve, --workers, "2"]
  env: {LOG_LEVEL: debug, RETRIES: 3, API_KEY: "${ACME_KEY}", EMPTY: "${ACME_EMPTY}", PRICE: "$5 ${x", WORDS: "a ${ACME_KEY}"}
`)
	got, err := profile.LoadTarget(file, environment)
	if err != nil {
		t.Fatal(err)
	}
	path, args := got.Program(got.Start.Command)
	if want := filepath.Join(filepath.Dir(file), "bin/serve"); path != want || got.Dir != filepath.Dir(file) || got.File != file || got.Name != "acme integrations" {
		t.Errorf("%q starts %s in %s, want %s", got.Name, path, got.Dir, want)
	}
	if diff := cmp.Diff([]string{"--workers", "2"}, args); diff != "" {
		t.Error(diff)
	}
	env, err := profile.FillAll(got.Start.Env, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"API_KEY": "geheim", "EMPTY": "", "LOG_LEVEL": "debug", "PRICE": "$5 ${x", "RETRIES": "3", "WORDS": "a ${ACME_KEY}"}
	if diff := cmp.Diff(want, env); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"geheim"}, got.Secrets); diff != "" {
		t.Error(diff)
	}
	for command, want := range map[string]string{"python3": "python3", "/opt/serve": "/opt/serve", "./serve": filepath.Join(got.Dir, "serve")} {
		if path, _ := got.Program([]string{command}); path != want {
			t.Errorf("%s starts %s, want %s", command, path, want)
		}
	}
}

// TestUnreadableProfiles names the file.
func TestUnreadableProfiles(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.yaml")
	if err := os.WriteFile(large, make([]byte, 2<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		filepath.Join(dir, "none.yaml"): "no such file or directory",
		dir:                             "it is no regular file",
		large:                           "it is larger than 1 MiB, and a profile is a few lines",
	} {
		if _, err := profile.LoadTarget(file, environment); err == nil || err.Error() != "reading the profile "+file+": "+want {
			t.Errorf("%s: %v", file, err)
		}
	}
}
