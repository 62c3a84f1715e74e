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

// store is a second one, with what a shop that is connected by a key does not need.
//
//go:embed testdata/store.yaml
var store string

// edited returns the shop with texts replaced, given as pairs.
func edited(t *testing.T, edits []string) []byte {
	t.Helper()
	return editedText(t, shop, edits)
}

// editedText replaces texts, given as pairs. Each must occur exactly once, so that a test cannot silently change
// nothing.
func editedText(t *testing.T, text string, edits []string) []byte {
	t.Helper()
	for i := 0; i < len(edits); i += 2 {
		if n := strings.Count(text, edits[i]); n != 1 {
			t.Fatalf("%q occurs %d times", edits[i], n)
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

// check holds what is said of the shop against what is wanted.
func (tc problemCase) check(t *testing.T) {
	t.Helper()
	tc.saidOf(t, "shop.yaml", edited(t, tc.edits))
}

// checkStore does it for the store.
func (tc problemCase) checkStore(t *testing.T) {
	t.Helper()
	tc.saidOf(t, "store.yaml", editedText(t, store, tc.edits))
}

func (tc problemCase) saidOf(t *testing.T, name string, text []byte) {
	t.Helper()
	_, err := Parse(name, text)
	got := ""
	if err != nil {
		got = err.Error()
	}
	if want := strings.Join(tc.want, "\n"); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}
