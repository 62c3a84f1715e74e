package harness_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/report"
)

// unreachable is a database that must not be asked for: a run that asks fails.
const unreachable = "SYNCSPEC_POSTGRES=postgres://somebody:geheim@127.0.0.1:1/x"

// TestRefusals: what cannot be run ends before anything is started, names the file and the way out, and leaves a report
// that is not the older, green one.
func TestRefusals(t *testing.T) {
	const cassette = "cassettes/woocommerce/backfill-coupons.yaml"
	for name, c := range map[string]struct {
		spoil func(*testing.T, tree)
		env   string
		args  []string
		says  []string
	}{
		"manifest misspelt": {
			spoil: func(t *testing.T, tr tree) {
				tr.edit(t, "specs/woocommerce.yaml", func(s string) string { return strings.Replace(s, "\nsource:", "\nsauce:", 1) })
			},
			says: []string{"specs/woocommerce.yaml:", "sauce"},
		},
		"manifest missing": {
			spoil: func(t *testing.T, tr tree) { remove(t, tr, "specs/woocommerce.yaml") },
			says:  []string{"specs/woocommerce.yaml: no such file"},
		},
		"cassette missing": {
			spoil: func(t *testing.T, tr tree) { remove(t, tr, cassette) },
			says:  []string{cassette, "there is no such file, but recording.yaml lists it", "restore it from version control"},
		},
		"cassette cut off": {
			spoil: func(t *testing.T, tr tree) {
				tr.edit(t, cassette, func(s string) string { return s[:len(s)/2] })
			},
			says: []string{cassette, "the file is cut off or damaged: restore it from version control"},
		},
		"cassette changed": {
			spoil: func(t *testing.T, tr tree) {
				tr.edit(t, cassette, func(s string) string { return strings.Replace(s, "percent", "PERCENT", 1) })
			},
			says: []string{cassette, "its sha256 is ", "it was changed since it was recorded"},
		},
		"mode mistyped": {
			env:  "SYNCSPEC_MODE=sandox",
			says: []string{`SYNCSPEC_MODE is "sandox": choose replay or sandbox`},
		},
		"mode not there yet": {
			env:  "SYNCSPEC_MODE=live",
			says: []string{"SYNCSPEC_MODE is live, and runs against the provider itself are not there yet"},
		},
		"filter without a match": {
			args: []string{"--ginkgo.label-filter=phase:9"},
			says: []string{"the filter lets none of the ", "Labels are like phase:1, check:"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr := newTree(t)
			green(t, tr)
			if c.spoil != nil {
				c.spoil(t, tr)
			}
			code, out := tr.run(t, []string{unreachable, c.env}, tr.binary, c.args...)
			if code != 1 || strings.Contains(out, "127.0.0.1:1") {
				t.Errorf("exit code %d:\n%s", code, out)
			}
			contains(t, out, c.says...)
			j := tr.junit(t)
			if red := j.red(); len(red) != 1 || len(j.cases) != 1 || red[0] != "run/prepared [woocommerce]" {
				t.Errorf("the report has %q, of which red %q", j.names(nil), red)
			}
			contains(t, j.cases["run/prepared [woocommerce]"].Error.Text, c.says[0])
		})
	}
}

// TestRefusalInParallel: one process says why, not each.
func TestRefusalInParallel(t *testing.T) {
	tr := newTree(t)
	remove(t, tr, "specs/woocommerce.yaml")
	code, out := tr.run(t, []string{unreachable}, ginkgoBinary, "--procs=2", tr.binary)
	if n := strings.Count(out, "woocommerce.yaml: no such file"); code == 0 || n != 1 {
		t.Errorf("exit code %d, said %d times:\n%s", code, n, out)
	}
}

// TestRequestThatWasNotRecorded: the harness's error, with what the recording has instead; the target is not to blame.
func TestRequestThatWasNotRecorded(t *testing.T) {
	tr := newTree(t)
	const cassette = "cassettes/woocommerce/webhooks-registration.yaml"
	before, err := os.ReadFile(filepath.Join(tr.root, cassette))
	if err != nil {
		t.Fatal(err)
	}
	tr.edit(t, cassette, func(s string) string {
		return strings.ReplaceAll(s, `,"topic":"product.updated"}`, `,"topic":"product.outdated"}`)
	})
	after, err := os.ReadFile(filepath.Join(tr.root, cassette))
	if err != nil {
		t.Fatal(err)
	}
	tr.edit(t, "cassettes/woocommerce/recording.yaml", func(s string) string { return strings.Replace(s, sum(before), sum(after), 1) })
	code, out := tr.run(t, nil, tr.binary, "--ginkgo.label-filter=scenario:connected")
	if code != 1 {
		t.Errorf("the exit code is %d", code)
	}
	j := tr.junit(t)
	const root = "recording/registration [woocommerce]"
	if red := j.red(); len(red) != 1 || red[0] != root || j.cases[root].Error == nil {
		t.Fatalf("red are %q:\n%s", red, out)
	}
	miss := j.cases[root].Error
	if miss.Type != "cassette-miss" {
		t.Errorf("the cause is %q", miss.Type)
	}
	contains(t, miss.Message, "cassettes/woocommerce has no answer to 1 of the target's requests, first to POST /wp-json/wc/v3/webhooks")
	contains(t, miss.Text, "nearest recorded: ", "webhooks-registration#", "needs the sandbox")
}

// TestDryRun lists what would run: without a database, without a report, and with success.
func TestDryRun(t *testing.T) {
	tr := newTree(t)
	code, out := tr.run(t, []string{unreachable}, tr.binary, "--ginkgo.dry-run", "--ginkgo.v")
	if code != 0 {
		t.Errorf("the exit code is %d:\n%s", code, out)
	}
	contains(t, out, "[woocommerce_raw_ingest]", "check:configuration.tables-exist")
	if _, err := os.Stat(filepath.Join(tr.root, "reports")); !os.IsNotExist(err) {
		t.Errorf("it made reports: %v", err)
	}
}

// TestUnreachableDatabase: one cause, said on the console, in the report, and without its password.
func TestUnreachableDatabase(t *testing.T) {
	tr := newTree(t)
	code, out := tr.run(t, []string{unreachable}, tr.binary)
	if code != 1 || strings.Contains(out, "geheim") {
		t.Errorf("exit code %d:\n%s", code, out)
	}
	contains(t, out, "connection refused", "start that server, correct the dsn, or unset SYNCSPEC_POSTGRES", "all tests were skipped")
	if n := strings.Count(out, "[FAIL]"); n != 1 {
		t.Errorf("Ginkgo counts %d failures", n)
	}
	j := tr.junit(t)
	const root = "run/setup [woocommerce]"
	if red := j.red(); len(red) != 1 || red[0] != root || j.cases[root].Error.Type != "no-database" || len(j.cases) < 200 {
		t.Errorf("%d cases, red are %q", len(j.cases), red)
	}
}

// TestReportsFolderThatCannotBe: nothing is started whose results could not be written down, and one message says why.
func TestReportsFolderThatCannotBe(t *testing.T) {
	for name, c := range map[string]struct {
		path string
		says string
	}{
		"a file in its place":      {"reports", "something else has that name: move it away"},
		"a file for the journals'": {"reports/woocommerce/run", "something else has that name: move it away"},
	} {
		t.Run(name, func(t *testing.T) {
			tr := newTree(t)
			path := filepath.Join(tr.root, c.path)
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, nil, 0o644); err != nil {
				t.Fatal(err)
			}
			code, out := tr.run(t, []string{unreachable}, tr.binary)
			if n := strings.Count(out, c.says); code != 1 || n != 1 || strings.Contains(out, "127.0.0.1:1") {
				t.Errorf("exit code %d, said %d times:\n%s", code, n, out)
			}
		})
	}
}

// green puts the report of an older, better run in place.
func green(t *testing.T, tr tree) {
	t.Helper()
	if err := os.MkdirAll(tr.reports(), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(tr.reports(), report.JUnitFile), []byte(`<testsuites tests="1"><testsuite name="old"><testcase name="old"/></testsuite></testsuites>`), 0o644); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, tr tree, name string) {
	t.Helper()
	if err := os.Remove(filepath.Join(tr.root, name)); err != nil {
		t.Fatal(err)
	}
}

func sum(data []byte) string {
	s := sha256.Sum256(data)
	return hex.EncodeToString(s[:])
}
