package manifest

import (
	_ "embed"
	"strings"
	"testing"
)

// shop is a small manifest that uses every part of the format once; tests break one thing in it at a time.
//
//go:embed testdata/shop.yaml
var shop string

// edited returns the shop with texts replaced, given as pairs. Each must occur exactly once, so that a test cannot
// silently change nothing.
func edited(t *testing.T, edits []string) []byte {
	t.Helper()
	text := shop
	for i := 0; i < len(edits); i += 2 {
		if n := strings.Count(text, edits[i]); n != 1 {
			t.Fatalf("%q occurs %d times in the shop", edits[i], n)
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	return []byte(text)
}

// problemCase is one thing that can be wrong, and every line that must be said of it.
type problemCase struct {
	name  string
	edits []string
	want  []string
}

// parses runs the cases against Parse.
func (tc problemCase) check(t *testing.T) {
	t.Helper()
	_, err := Parse("shop.yaml", edited(t, tc.edits))
	got := ""
	if err != nil {
		got = err.Error()
	}
	if want := strings.Join(tc.want, "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
