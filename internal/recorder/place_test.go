package recorder

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestMayReplace(t *testing.T) {
	asOf := time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		files map[string]string
		force bool
		says  string // empty: it may
	}{
		{"nothing there", nil, false, ""},
		{"empty", map[string]string{}, false, ""},
		{"older", map[string]string{"recording.yaml": "mode: recorded-sandbox\nrecorded_at: 2026-11-19T09:00:00Z"}, false, ""},
		{"of the same time", map[string]string{"recording.yaml": "mode: recorded-sandbox\nrecorded_at: 2026-11-20T09:00:00Z"}, false, ""},
		{"newer", map[string]string{"recording.yaml": "mode: recorded-sandbox\nrecorded_at: 2026-11-20T09:00:01Z"}, false,
			"is of 2026-11-20T09:00:01Z, newer than the one to be made, of 2026-11-20T09:00:00Z: --force overwrites it"},
		{"newer, forced", map[string]string{"recording.yaml": "mode: recorded-sandbox\nrecorded_at: 2026-11-20T09:00:01Z"}, true, ""},
		{"of a real account", map[string]string{"recording.yaml": "mode: recorded\nrecorded_at: 2020-01-01T00:00:00Z"}, false,
			"was made from a real account (mode recorded), this one would be recorded-sandbox: --force"},
		{"of a real account, forced", map[string]string{"recording.yaml": "mode: recorded\nrecorded_at: 2020-01-01T00:00:00Z"}, true, ""},
		{"unreadable", map[string]string{"recording.yaml": "mode: [recorded"}, false, "it is not known what would be overwritten; --force overwrites it"},
		{"no recording", map[string]string{"thesis.txt": "three years of work"}, false, "is no recording (it has no recording.yaml) and not empty: name another folder"},
		{"no recording, forced", map[string]string{"thesis.txt": "three years of work"}, true, "is no recording"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "shopify")
			if c.files != nil {
				if err := os.Mkdir(dir, 0o755); err != nil {
					t.Fatal(err)
				}
			}
			for name, text := range c.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			err := mayReplace(dir, asOf, c.force)
			if c.says == "" && err != nil || c.says != "" && (err == nil || !strings.Contains(err.Error(), c.says)) {
				t.Errorf("%v, want %q", err, c.says)
			}
		})
	}
}

// TestReplace: the new folder comes as a whole or not at all.
func TestReplace(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shopify")
	write := func(text string, fail error) error {
		release, err := claim(dir)
		if err != nil {
			return err
		}
		defer release()
		return replace(dir, func(work string) error {
			if err := os.WriteFile(filepath.Join(work, text), []byte(text), 0o644); err != nil {
				return err
			}
			return fail
		})
	}
	have := func() string {
		var names []string
		for name := range files(t, filepath.Dir(dir)) {
			names = append(names, filepath.ToSlash(name))
		}
		return strings.Join(names, " ")
	}
	if err := write("one", nil); err != nil || have() != "shopify/one" {
		t.Fatalf("%v, there is %s", err, have())
	}
	broken := errors.New("broken off")
	if err := write("two", broken); !errors.Is(err, broken) || have() != "shopify/one" {
		t.Errorf("%v, there is %s", err, have())
	}
	if err := write("three", nil); err != nil || have() != "shopify/three" {
		t.Errorf("%v, there is %s", err, have())
	}
}

// TestKilledRecorder: what a recorder left that was killed at any moment is put in order by the next.
func TestKilledRecorder(t *testing.T) {
	for name, c := range map[string]struct{ left, after string }{
		"while it wrote":         {"shopify/a .shopify.unfinished/new/b", "shopify/a"},
		"the first time":         {".shopify.unfinished/new/b", ""},
		"between the two moves":  {".shopify.unfinished/old/a .shopify.unfinished/new/b", "shopify/a"},
		"before it had cleared":  {"shopify/b .shopify.unfinished/old/a", "shopify/b"},
		"of another's recording": {"shopify/a .other.unfinished/old/b", "shopify/a .other.unfinished/old/b"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "shopify")
			for _, file := range strings.Fields(c.left) {
				file = filepath.Join(filepath.Dir(dir), file)
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, nil, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			release, err := claim(dir)
			if err != nil {
				t.Fatal(err)
			}
			defer release()
			want := map[string][]byte{}
			for _, file := range strings.Fields(c.after) {
				want[file] = nil
			}
			if d := differences(want, files(t, filepath.Dir(dir))); len(d) > 0 {
				t.Errorf("%v", d)
			}
		})
	}
}

func TestOneRecorderAtATime(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "shopify")
	release, err := claim(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := claim(dir); err == nil || !strings.Contains(err.Error(), "another recording is being made in "+filepath.Dir(dir)) {
		t.Errorf("a second one: %v", err)
	}
	release()
	again, err := claim(dir)
	if err != nil {
		t.Fatalf("after the first: %v", err)
	}
	again()
}

// TestUnfinishedIsNotCarried: the program carries the recordings beside which recorders work, and nothing of that work.
func TestUnfinishedIsNotCarried(t *testing.T) {
	source, err := os.ReadFile("../../cassettes/cassettes.go")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := strings.Cut(string(source), "//go:embed ")
	patterns, _, _ := strings.Cut(rest, "\n")
	carried := func(name string) bool {
		return slices.ContainsFunc(strings.Fields(patterns), func(pattern string) bool {
			ok, _ := path.Match(pattern, name) // a bad pattern would not compile
			return ok
		})
	}
	if !found || !carried("shopify/recording.yaml") || !carried("shopify/README.md") || !carried("shopify/deliveries") {
		t.Fatalf("a recording is not carried by %q", patterns)
	}
	for _, below := range []string{"new", "old"} {
		if name := work("shopify") + "/" + below; carried(name) {
			t.Errorf("%q carries %s", patterns, name)
		}
	}
}
