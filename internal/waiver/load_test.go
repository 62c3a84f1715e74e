package waiver

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
)

// good has every form that an entry can have.
const good = `# why this file is here
apiVersion: syncspec/v1
kind: Waivers
waivers:
  - check: accuracy/fields
    subjects:
      - orders
      - products # soon
    cause: value-differs
    reason: rounding
    owner: jane@acme.test
    issue: ACME-12
    expires: 2026-12-31

  - {check: "webhook/*", subject: "orders/*", reason: none, owner: joe, issue: ACME-13, expires: "2027-01-31"}
`

// write makes a file in a folder of the test's own.
func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "waivers.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestParse(t *testing.T) {
	got, err := Parse("w.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	first := result.Waiver{Check: "accuracy/fields", Subject: "orders", Cause: "value-differs", Reason: "rounding", Owner: "jane@acme.test",
		Issue: "ACME-12", Expires: "2026-12-31", At: "w.yaml:7"}
	second := first
	second.Subject, second.At = "products", "w.yaml:8"
	third := result.Waiver{Check: "webhook/*", Subject: "orders/*", Reason: "none", Owner: "joe", Issue: "ACME-13", Expires: "2027-01-31", At: "w.yaml:15"}
	if len(got) != 3 || got[0] != first || got[1] != second || got[2] != third {
		t.Errorf("%+v", got)
	}
	ofCause := "apiVersion: syncspec/v1\nkind: Waivers\nwaivers:\n  - {check: \"*\", subject: \"*\", cause: target-lacks, reason: r, owner: o, issue: i, expires: 2026-12-31}\n"
	if got, err := Parse("w.yaml", []byte(ofCause)); err != nil || len(got) != 1 {
		t.Errorf("one cause, wherever it is: %v, %v", got, err)
	}
	for _, none := range []string{"apiVersion: syncspec/v1\nkind: Waivers\n", "apiVersion: syncspec/v1\nkind: Waivers\nwaivers: []\n"} {
		if got, err := Parse("w.yaml", []byte(none)); err != nil || len(got) != 0 {
			t.Errorf("%q: %v, %v", none, got, err)
		}
	}
}

// TestParseProblems: all of a file at once, each where it is and with the way out.
func TestParseProblems(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"empty":        {"", `w.yaml:1:1: the file is empty; a file of waivers begins with apiVersion: syncspec/v1 and kind: Waivers`},
		"not yaml":     {"a: [", `w.yaml:1:1: not valid YAML: did not find expected node content`},
		"another kind": {"apiVersion: syncspec/v1\nkind: Target\n", `w.yaml:2:7: kind: "Target" is not allowed here; one of: Waivers`},
		"no list":      {"apiVersion: syncspec/v1\nkind: Waivers\nwaivers:\n", `w.yaml:3:9: waivers: must be a list, is empty`},
		"everything at once": {`apiVersion: syncspec/v1
kind: Waivers
waivers:
  - check: accuracy/fields
    subjet: orders
    reason: "  "
    owner: ""
    issue: 12
    expires: 31.12.2026
  - check: "*/*"
    subject: "*"
    reason: lazy
    owner: joe
    issue: ACME-1
    expires: 2026-02-30
  - check: "*"
    subject: "**"
    cause: "*"
    reason: lazier
    owner: joe
    issue: ACME-1
    expires: 2026-02-28
  - check: accuracy/counts
    subject: orders
    subjects: [orders]
    reason: "two\nlines"
    owner: joe
    issue: ACME-1
    expires: 2026-02-28
    until: 2027-01-01
  - just text
`, `w.yaml:4:5: waivers[0]: key "subject" is missing; write one subject, a pattern such as "orders/*", or a list as subjects
w.yaml:5:5: waivers[0].subjet: unknown key "subjet"; did you mean "subject"?
w.yaml:6:13: waivers[0].reason: must not be blank
w.yaml:7:12: waivers[0].owner: "owner" must not be empty
w.yaml:8:12: waivers[0].issue: must be text, is the number 12; put it in quotes: "12"
w.yaml:9:14: waivers[0].expires: "31.12.2026" is no date; write the last day on which it holds, such as 2026-12-31
w.yaml:11:14: waivers[1].subject: this would accept whatever goes wrong; name the check, the subject or the cause
w.yaml:15:14: waivers[1].expires: "2026-02-30" is no date; write the last day on which it holds, such as 2026-12-31
w.yaml:17:14: waivers[2].subject: this would accept whatever goes wrong; name the check, the subject or the cause
w.yaml:25:15: waivers[3].subjects: subject and subjects exclude each other; keep the list
w.yaml:26:13: waivers[3].reason: must be one line
w.yaml:30:5: waivers[3].until: unknown key "until"; known: cause, check, expires, issue, owner, reason, subject, subjects
w.yaml:31:5: waivers[4]: must be a mapping, is the text "just text"`},
		"duplicates": {`apiVersion: syncspec/v1
kind: Waivers
waivers:
  - {check: a/b, subject: c, reason: r, owner: o, issue: i, expires: 2026-12-31}
  - {check: a/b, subject: c, reason: other, owner: other, issue: other, expires: 2027-12-31}
  - {check: a/b, subject: c, cause: d, reason: r, owner: o, issue: i, expires: 2026-12-31}
  - check: a/b
    subjects:
      - d
      - c
      - d
    cause: d
    reason: r
    owner: o
    issue: i
    expires: 2026-12-31
`, `w.yaml:5:27: waivers[1].subject: a/b [c] is waived twice; it is waived at w.yaml:4 already: remove one of them
w.yaml:10:9: waivers[3].subjects[1]: a/b [c] (d) is waived twice; it is waived at w.yaml:6 already: remove one of them
w.yaml:11:9: waivers[3].subjects[2]: a/b [d] (d) is waived twice; it is waived at w.yaml:9 already: remove one of them`},
	} {
		got, err := Parse("w.yaml", []byte(c.text))
		if _, ok := errors.AsType[manifest.Errors](err); !ok || err.Error() != c.want {
			t.Errorf("%s:\n%v\nwant\n%s", name, err, c.want)
		}
		if got != nil {
			t.Errorf("%s: %v in spite of the problems", name, got)
		}
	}
}

// TestAliases: an entry that stands for another has a line of its own.
func TestAliases(t *testing.T) {
	text := "apiVersion: syncspec/v1\nkind: Waivers\nwaivers:\n  - check: a/b\n    subjects: &s [c, d]\n    reason: r\n    owner: o\n    issue: i\n" +
		"    expires: 2026-12-31\n  - {check: a/c, subjects: *s, reason: r, owner: o, issue: i, expires: 2026-12-31}\n"
	got, err := Parse("w.yaml", []byte(text))
	if err != nil || len(got) != 4 || got[1].At != "w.yaml:5" || got[3].Check != "a/c" || got[3].Subject != "d" {
		t.Errorf("%v, %+v", err, got)
	}
}

// TestLoad: what is no file of waivers is told, and where a waiver stands is named from the current folder.
func TestLoad(t *testing.T) {
	file := write(t, good)
	t.Chdir(filepath.Dir(file))
	for _, name := range []string{file, "waivers.yaml"} {
		if got, err := Load(name); err != nil || got[0].At != "waivers.yaml:7" {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
	if err := os.WriteFile("huge.yaml", []byte(strings.Repeat("# comment\n", (1<<20)/10+1)), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"no.yaml": "reading the waivers no.yaml: no such file or directory", ".": "reading the waivers .: it is no regular file",
		"huge.yaml": "reading the waivers huge.yaml: it is larger than 1 MiB, and a waiver is a few lines",
	} {
		if _, err := Load(name); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
	if _, err := Load("no.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("nobody can tell that it is not there: %v", err)
	}
}

// FuzzParse: whatever a file holds, it is taken or refused, and what is taken says where it stands.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{good, "", "waivers: [*a]", "waivers:\n  - &a {check: a, subject: *a}\n", "apiVersion: syncspec/v1\nkind: Waivers\nwaivers: {}\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := Parse("w.yaml", []byte(text))
		if err != nil && got != nil {
			t.Fatalf("%v and %v", got, err)
		}
		for _, w := range got {
			if w.Check == "" || w.Subject == "" || w.Owner == "" || w.Expires == "" || !strings.HasPrefix(w.At, "w.yaml:") {
				t.Fatalf("%+v", w)
			}
		}
	})
}
