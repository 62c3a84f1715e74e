package manifest

import (
	"fmt"
	"strings"
	"testing"
)

// aliasBomb is a short text that stands for 9 to the power of levels values.
func aliasBomb(levels int) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < levels; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	return b.String()
}

// TestDocumentProblems pins what is said of files that are no single, sane YAML document.
func TestDocumentProblems(t *testing.T) {
	for _, tc := range []struct{ name, data, want string }{
		{"empty", "", `m.yaml:1:1: the file is empty; a manifest begins with apiVersion: syncspec/v1`},
		{"comments only", "# nothing\n", `m.yaml:1:1: the file is empty; a manifest begins with apiVersion: syncspec/v1`},
		{"null", "null\n", `m.yaml:1:1: must be a mapping, is empty`},
		{"text", "hello\n", `m.yaml:1:1: must be a mapping, is the text "hello"`},
		{"list", "- a\n", `m.yaml:1:1: must be a mapping, is a list`},
		{"4 MiB", strings.Repeat("#", maxBytes) + "\n", `m.yaml:1:1: the file is larger than 4 MiB; a manifest states facts about a source; recorded data belongs elsewhere`},
		{"byte order mark", "\xef\xbb\xbfa: b\n", `m.yaml:1:1: the file begins with a byte order mark; save it as UTF-8 without one`},
		{"UTF-16, little end first", "\xff\xfea\x00", `m.yaml:1:1: the file is UTF-16; save it as UTF-8`},
		{"UTF-16, big end first", "\xfe\xff\x00a", `m.yaml:1:1: the file is UTF-16; save it as UTF-8`},
		{"Latin-1", "a: b\nä: caf\xe9\n", `m.yaml:2:7: byte 0xe9 is not valid UTF-8; save the file as UTF-8`},
		{"control character", "a: b\nc: d\x01\n", `m.yaml:2:1: not valid YAML: control characters are not allowed`},
		{"two documents", "a: b\n---\nc: d\n", `m.yaml:2:1: a second YAML document begins here; one file holds one manifest: remove the --- line or split the file`},
		{"broken second document", "a: b\n---\nc: [d\n", `m.yaml:3:1: not valid YAML: did not find expected ',' or ']'`},
		{"nested too deep", strings.Repeat("[", 70) + strings.Repeat("]", 70), `m.yaml:1:65: nested deeper than 64 levels; no manifest needs this; look for a list or mapping that is never closed`},
		{"nested as deep as can be", "a: " + strings.Repeat("[", 63) + strings.Repeat("]", 63), `m.yaml:1:1: key "api" is missing`},
		{"nested far too deep", strings.Repeat("[", 20000), `m.yaml:1:1: not valid YAML: exceeded max depth of 10000`},
		{"nested too deep by alias", "a: &a " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\nb: " + strings.Repeat("[", 40) + "*a" + strings.Repeat("]", 40), `m.yaml:2:44: alias *a is nested deeper than 64 levels; write the value out`},
		{"alias bomb", aliasBomb(9), `m.yaml:5:10: aliases up to here stand for more than 10000 values; write the values out`},
		{"alias of itself", "a: &a [*a]\n", `m.yaml:1:8: alias *a stands for something that contains it; write the value out`},
		{"unknown alias", "a: b\nc: *d\n", `m.yaml:2:1: not valid YAML: unknown anchor 'd' referenced`},
		{"colon in a value", "a: b: c\n", `m.yaml:1:1: not valid YAML: mapping values are not allowed in this context; a value that contains ": " must be in quotes, and keys of one mapping begin in the same column`},
		{"tab", "a:\n\tb: c\n", `m.yaml:2:2: not valid YAML: found character that cannot start any token; indent with spaces, and put values that begin with @, ` + "` or % in quotes"},
		{"at sign", "a:\n  b: @c\n", `m.yaml:2:3: not valid YAML: found character that cannot start any token; indent with spaces, and put values that begin with @, ` + "` or % in quotes"},
		{"indentation", "a:\n  b: c\n d: e\n", `m.yaml:3:2: not valid YAML: did not find expected key; the block that holds this line is broken from here on: compare the indentation`},
		{"open list", "a: [b\nc: d\n", `m.yaml:2:1: not valid YAML: did not find expected ',' or ']'`},
		{"open quotes", "a: b\nc: \"d\n", `m.yaml:2:1: not valid YAML: found unexpected end of stream`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Parse("m.yaml", []byte(tc.data))
			if err == nil {
				t.Fatal("this was taken for a manifest")
			}
			got, _, _ := strings.Cut(err.Error(), "\n")
			if got != tc.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tc.want)
			}
		})
	}
}

// TestManyProblems shows that a file full of mistakes gets an answer one can read.
func TestManyProblems(t *testing.T) {
	var b strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&b, "k%d: 1\n", i)
	}
	_, err := Parse("m.yaml", []byte(b.String()))
	problems, ok := err.(Errors)
	if !ok || len(problems) != maxProblems {
		t.Fatalf("%d problems, want %d", len(problems), maxProblems)
	}
	want := "m.yaml:200:1: from here on there are 4809 problems more; is this a manifest?"
	if got := problems[maxProblems-1].String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestLongNames shows that no line of a report is as long as a name in the file.
func TestLongNames(t *testing.T) {
	long := strings.Repeat("n", 100_000)
	_, err := Parse("m.yaml", []byte(long+": 1\ntitle: {"+long+": 1}\nsource: "+long+"\n"))
	for line := range strings.Lines(err.Error()) {
		if len(line) > 1000 {
			t.Errorf("a line of %d bytes: %s…", len(line), line[:100])
		}
	}
}
