package waiver

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/result"
)

// terms are those of the baselines in these tests.
var terms = Terms{Owner: "jane", Issue: "ACME-12", Expires: "2026-12-31", Reason: "known"}

// brokenRun has something of each kind that a baseline has to tell apart.
func brokenRun() result.Run {
	run := result.Run{Source: "shop", Target: "acme", Started: time.Date(2026, 7, 4, 2, 0, 0, 0, time.UTC)}
	add := func(check, subject string, status result.Status, cause string) *result.Result {
		r := result.Result{Check: check, Subject: subject, Level: "required", Status: status, Cause: cause, Summary: "saw \x1b[31m" + subject + "\nand more"}
		run.Planned = append(run.Planned, result.Planned{Check: check, Subject: subject, Level: "required"})
		run.Selected = append(run.Selected, r.Key())
		run.Results = append(run.Results, r)
		return &run.Results[len(run.Results)-1]
	}
	for _, subject := range []string{"orders", "products", "customers"} {
		add("accuracy/counts", subject, result.Fail, "row-missing")
	}
	add("accuracy/fields", "orders", result.Fail, "value-differs")
	add("accuracy/fields", "products", result.Pass, "")
	add("accuracy/fields", "customers", result.Fail, "value-differs")
	add("accuracy/fields", "refunds", result.Fail, "column-missing")
	add("stats/one", "shop", result.Fail, "stats-wrong")
	add("dedupe/hash", "orders", result.Unproven, "too-little-data")
	add("dedupe/hash", "refunds", result.Warning, "claimed")
	add("dedupe/hash", "payouts", result.Error, "harness")
	add("realtime/applied", "orders", result.Blocked, "blocked").BlockedBy = "scenario/updated [shop]"
	add("realtime/applied", "refunds", result.Blocked, "blocked").BlockedBy = "run/target [shop]"
	run.Results = append(run.Results,
		result.Result{Check: "scenario/updated", Subject: "shop", Level: "required", Status: result.Fail, Cause: "refused", Summary: "refused"},
		result.Result{Check: "run/target", Subject: "shop", Level: "required", Status: result.Fail, Cause: "target-exited", Summary: "it died"})
	return run
}

func TestBaseline(t *testing.T) {
	var got []string
	for _, g := range Baseline(brokenRun(), nil) {
		got = append(got, fmt.Sprintf("%s %s %v: %s", g.Check, g.Cause, g.Subjects, g.Extent()))
	}
	want := []string{
		"accuracy/counts row-missing [orders products customers]: all 3 subjects",
		"accuracy/fields value-differs [orders customers]: 2 of 4 subjects",
		"accuracy/fields column-missing [refunds]: 1 of 4 subjects",
		"stats/one stats-wrong [shop]: its one subject",
		"dedupe/hash too-little-data [orders]: 1 of 3 subjects",
		"scenario/updated refused [shop]: shop",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	there := []result.Waiver{{Check: "accuracy/*", Subject: "*", Owner: "o", Issue: "i", Expires: "2020-01-01"}, {Check: "dedupe/*", Subject: "*"}}
	if got := Baseline(brokenRun(), there); len(got) != 3 || got[0].Check != "stats/one" || got[1].Check != "dedupe/hash" {
		t.Errorf("what is accepted already is accepted again: %+v", got)
	}
}

// TestAdd writes a baseline, and shows that a run with it has nothing left but what no waiver accepts.
func TestAdd(t *testing.T) {
	file := filepath.Join(t.TempDir(), "waivers.yaml")
	run := brokenRun()
	if err := Add(file, Baseline(run, nil), terms, "Baseline of shop."); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	const want = `# Accepted failures. What is mended must leave this file: a waiver that waives nothing is an error.
apiVersion: syncspec/v1
kind: Waivers
waivers:
  # Baseline of shop.
  # all 3 subjects: saw [31morders and more
  - check: accuracy/counts
    subject: '*'
    cause: row-missing
    reason: known
    owner: jane
    issue: ACME-12
    expires: 2026-12-31
  # 2 of 4 subjects: saw [31morders and more
  - check: accuracy/fields
    subjects:
      - orders
      - customers
    cause: value-differs
`
	if !strings.HasPrefix(string(text), want) {
		t.Errorf("it is\n%s", text)
	}
	if run.Waivers, err = Load(file); err != nil {
		t.Fatal(err)
	}
	var red []string
	for _, r := range run.Complete() {
		if r.Status.Red() {
			red = append(red, r.Key())
		}
	}
	if want := []string{"dedupe/hash [payouts]", "realtime/applied [refunds]", "run/target [shop]"}; !slices.Equal(red, want) {
		t.Errorf("red are %q, want %q", red, want)
	}
	if again := Baseline(run, run.Waivers); len(again) != 0 {
		t.Errorf("a second baseline has %+v", again)
	}

	mended := run // one of a list is mended: that one has to leave, at its own line
	mended.Results = slices.Clone(run.Results)
	mended.Results[3].Status = result.Pass
	found := slices.IndexFunc(mended.Complete(), func(r result.Result) bool { return r.Check == result.WaiversCheck })
	if found < 0 || mended.Complete()[found].Subject != shown(file)+":17" {
		t.Errorf("a subject that is mended: %d", found)
	}
}

// TestAddToAFile: whatever form it has, what stands there stays to the letter.
func TestAddToAFile(t *testing.T) {
	head := "apiVersion: syncspec/v1\nkind: Waivers\n"
	entry := func(margin, dash string) string {
		in := margin + strings.Repeat(" ", len(dash))
		return margin + dash + "check: a/b # keep\n" + in + "subject: c\n" + in + "reason: r\n" + in + "owner: o\n" + in + "issue: i\n" + in + "expires: 2026-12-31\n"
	}
	groups := []Group{{Check: "a/b", Cause: "x", Subjects: []string{"d", "e"}, Planned: 3, Summary: "seen"}}
	for name, old := range map[string]string{
		"indented":           head + "waivers:\n" + entry("  ", "- ") + "\n  # the end",
		"not indented":       head + "waivers:\n" + entry("", "- "),
		"deeper":             head + "waivers:\n" + entry("    ", "-   "),
		"without a last \\n": head + "waivers:\n" + strings.TrimSuffix(entry("  ", "- "), "\n"),
		"none":               head,
		"empty":              head + "waivers: [] # all mended\n",
		"CRLF":               strings.ReplaceAll(head+"waivers:\n"+entry("  ", "- "), "\n", "\r\n"),
	} {
		file := write(t, old)
		if err := os.Chmod(file, 0o640); err != nil {
			t.Fatal(err)
		}
		if err := Add(file, groups, terms, "More."); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		text, _ := os.ReadFile(file)
		if !strings.HasPrefix(string(text), strings.Replace(strings.TrimSuffix(old, "\n"), " []", "", 1)) {
			t.Errorf("%s: what was there is changed:\n%s", name, text)
		}
		if name == "CRLF" && strings.Count(string(text), "\n") != strings.Count(string(text), "\r\n") {
			t.Errorf("%s: mixed line ends: %q", name, text)
		}
		got, err := Load(file)
		if err != nil || len(got) < 2 || got[len(got)-1].Subject != "e" || got[len(got)-1].Check != "a/b" {
			t.Errorf("%s: %v, %+v\n%s", name, err, got, text)
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("%s: %v, %v", name, info.Mode(), err)
		}
		left, _ := os.ReadDir(filepath.Dir(file))
		if len(left) != 1 {
			t.Errorf("%s: left over: %v", name, left)
		}
	}
}

// TestAddRefuses: a file that cannot be added to safely is told so and stays as it is.
func TestAddRefuses(t *testing.T) {
	inner := "{check: a/b, subject: c, reason: r, owner: o, issue: i, expires: 2026-12-31}"
	groups := []Group{{Check: "a/b", Cause: "x", Subjects: []string{"d"}, Planned: 3}}
	for name, c := range map[string]struct{ old, want string }{
		"flow":        {"apiVersion: syncspec/v1\nkind: Waivers\nwaivers: [" + inner + "]\n", "make waivers: its last key"},
		"not last":    {"waivers:\n  - " + inner + "\napiVersion: syncspec/v1\nkind: Waivers\n", "make waivers: its last key"},
		"ended":       {"apiVersion: syncspec/v1\nkind: Waivers\nwaivers:\n  - " + inner + "\n...\n", "make waivers: its last key"},
		"not waivers": {"apiVersion: syncspec/v1\nkind: Target\n", `kind: "Target" is not allowed here`},
		"something":   {"my notes\n", "must be a mapping"},
	} {
		file := write(t, c.old)
		err := Add(file, groups, terms, "More.")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if text, _ := os.ReadFile(file); string(text) != c.old {
			t.Errorf("%s: it is now\n%s", name, text)
		}
	}
	missing := filepath.Join(t.TempDir(), "no", "waivers.yaml")
	if err := Add(missing, groups, terms, ""); err == nil || !strings.Contains(err.Error(), "no such file or directory; nothing was changed") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

// TestAddThroughALink: the link stays one.
func TestAddThroughALink(t *testing.T) {
	file := write(t, good)
	link := filepath.Join(t.TempDir(), "link.yaml")
	if err := os.Symlink(file, link); err != nil {
		t.Skipf("no links here: %v", err)
	}
	if err := Add(link, []Group{{Check: "a/b", Cause: "x", Subjects: []string{"d"}}}, terms, "More."); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is replaced: %v, %v", info, err)
	}
	if got, err := Load(file); err != nil || len(got) != 4 {
		t.Errorf("%v, %v", got, err)
	}
}

// TestAddOddTexts: what comes from a run or from flags cannot break the file.
func TestAddOddTexts(t *testing.T) {
	file := filepath.Join(t.TempDir(), "waivers.yaml")
	odd := []string{"a: b", "- x", "#no", "'q'", `"q"`, "yes", "12", "2026-01-01", "{}", "&a", "é ⚡", "x  y"}
	for i, text := range odd {
		group := Group{Check: "a/b", Cause: "c" + text, Subjects: []string{text, "second"}, Planned: 9, Summary: text + "\n- check: forged"}
		odd := Terms{Owner: text, Issue: text, Reason: text, Expires: "2026-12-31"}
		if err := Add(file, []Group{group}, odd, "from\n- check: elsewhere"); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		got, err := Load(file)
		if err != nil || len(got) != 2*(i+1) || got[2*i].Subject != text || got[2*i].Owner != text {
			t.Fatalf("%q: %v, %+v", text, err, got)
		}
	}
}
