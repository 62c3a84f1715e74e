package profile_test

import (
	"os"
	"path/filepath"
	"strings"
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
	value, ok := map[string]string{"ACME_KEY": "geheim", "ACME_EMPTY": ""}[name]
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
	path, args := got.Program()
	if want := filepath.Join(filepath.Dir(file), "bin/serve"); path != want || got.Dir != filepath.Dir(file) || got.Name != "acme integrations" {
		t.Errorf("%q starts %s in %s, want %s", got.Name, path, got.Dir, want)
	}
	if diff := cmp.Diff([]string{"--workers", "2"}, args); diff != "" {
		t.Error(diff)
	}
	want := []string{"API_KEY=geheim", "EMPTY=", "LOG_LEVEL=debug", "PRICE=$5 ${x", "RETRIES=3", "WORDS=a ${ACME_KEY}"}
	if diff := cmp.Diff(want, got.Env()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"geheim"}, got.Secrets); diff != "" {
		t.Error(diff)
	}
	for command, want := range map[string]string{"python3": "python3", "/opt/serve": "/opt/serve", "./serve": filepath.Join(got.Dir, "serve")} {
		got.Start.Command = []string{command}
		if path, _ := got.Program(); path != want {
			t.Errorf("%s starts %s, want %s", command, path, want)
		}
	}
}

// TestBadProfiles: whatever is wrong is said at once, with its line and column.
func TestBadProfiles(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"unknown keys": {
			"apiVersion: syncspec/v1\nkind: Target\nname: acme\nstart:\n  comand: [x]\n  cwd: y\nattach: {url: z}\n",
			[]string{`:5:3: start.comand: unknown key "comand"; did you mean "command"?`, `:6:3: start.cwd: unknown key "cwd"; `,
				`:7:1: attach: unknown key "attach"; `},
		},
		"missing keys": {
			"kind: Target\n",
			[]string{`:1:1: key "apiVersion" is missing`, `:1:1: key "name" is missing`, `:1:1: key "start" is missing`},
		},
		"another kind": {
			"apiVersion: syncspec/v2\nkind: target\nname: acme\nstart: {command: [x]}\n",
			[]string{`:1:13: apiVersion: "syncspec/v2" is not allowed here; did you mean "syncspec/v1"?`, `:2:7: kind: "target" is not allowed here; did you mean "Target"?`},
		},
		"wrong types": {
			"apiVersion: syncspec/v1\nkind: Target\nname: 7\nstart: {command: serve --fast, env: [A=b]}\n",
			[]string{`:3:7: name: must be text, is the number 7; put it in quotes: "7"`, `:4:18: start.command: must be a list, is the text "serve --fast"; write [serve --fast]`,
				`:4:37: start.env: must be a mapping, is a list`},
		},
		"empty command": {
			"apiVersion: syncspec/v1\nkind: Target\nname: acme\nstart: {command: []}\n",
			[]string{`:4:18: start.command: "command" must not be empty`},
		},
		"secrets in arguments": {
			"apiVersion: syncspec/v1\nkind: Target\nname: acme\nstart:\n  command: [serve, --db, \"postgres://me:geheim@db/x\"]\n",
			[]string{`:5:26: start.command[2]: a password in an argument can be read by everybody on the machine; put it into start.env`},
		},
		"variables": {
			"apiVersion: syncspec/v1\nkind: Target\nname: acme\nstart:\n  command: [serve]\n  env:\n    DATABASE_URL: x\n    SYNCSPEC_LISTEN: x\n    \"a b\": c\n    PATH: d\n",
			[]string{`:7:5: start.env: "a b" is no name of an environment variable; write letters, digits and _`,
				`:7:19: start.env.DATABASE_URL: DATABASE_URL is set by the run itself; remove it`,
				`:8:22: start.env.SYNCSPEC_LISTEN: SYNCSPEC_LISTEN is set by the run itself; remove it`,
				`:10:11: start.env.PATH: PATH is set by the run itself; remove it`},
		},
		"not in the environment": {
			"apiVersion: syncspec/v1\nkind: Target\nname: acme\nstart: {command: [x], env: {KEY: \"${NO_SUCH}\"}}\n",
			[]string{":4:34: start.env.KEY: NO_SUCH is not set in the environment; set it for this command, or write the value itself if it is no secret"},
		},
		"nothing":      {"# later\n", []string{":1:1: the file is empty; a profile begins with apiVersion: syncspec/v1 and kind: Target"}},
		"no mapping":   {"[]\n", []string{":1:1: must be a mapping, is a list"}},
		"broken YAML":  {"a: b: c\n", []string{":1:1: not valid YAML: "}},
		"twice":        {"kind: Target\nkind: Target\napiVersion: syncspec/v1\nname: acme\nstart: {command: [x]}\n", []string{`:2:1: kind: key "kind" stands here twice; the first is on line 1`}},
		"two profiles": {"kind: Target\n---\nkind: Target\n", []string{":2:1: a second YAML document begins here"}},
		"lines in the name": {"apiVersion: syncspec/v1\nkind: Target\nname: \"a\\nb\"\nstart: {command: [x]}\n",
			[]string{":3:7: name: must be one line"}},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, c.text)
			_, err := profile.LoadTarget(file, environment)
			if err == nil {
				t.Fatal("it was taken")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(c.want) {
				t.Fatalf("%d problems, want %d:\n%v", len(lines), len(c.want), err)
			}
			for i, want := range c.want {
				if !strings.HasPrefix(lines[i], file+want) {
					t.Errorf("got  %s\nwant %s", lines[i], file+want)
				}
			}
		})
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
