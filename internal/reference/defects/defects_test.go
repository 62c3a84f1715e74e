package defects

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func TestMain(m *testing.M) {
	flag.Bool("update", false, "write docs/kills.md as it must be now")
	os.Exit(m.Run())
}

// TestPage pins docs/kills.md. Run it with -update after a change of the defects.
func TestPage(t *testing.T) {
	path := filepath.Join("..", "..", "..", "docs", "kills.md")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, []byte(Markdown()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != Markdown() {
		t.Errorf("%s is not what the defects say; run make generate", path)
	}
}

// TestDefectsAreWhole wants each defect to be one thing, in the file of its name.
func TestDefectsAreWhole(t *testing.T) {
	kebab := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	seen := map[string]bool{}
	for _, d := range All() {
		kinds := 0
		for _, given := range []bool{d.wrap != nil, d.execute != nil, d.mutate != nil} {
			if given {
				kinds++
			}
		}
		file := strings.ReplaceAll(d.Name, "-", "_") + ".go"
		switch _, err := os.Stat(file); {
		case !kebab.MatchString(d.Name) || seen[d.Name]:
			t.Errorf("%q is no name of its own in kebab-case", d.Name)
		case d.Breaks == "" || strings.HasSuffix(d.Breaks, ".") || strings.Contains(d.Breaks, "\n"):
			t.Errorf("%s: want one sentence without its full stop, got %q", d.Name, d.Breaks)
		case kinds != 1:
			t.Errorf("%s has %d of wrap, execute and mutate, want one", d.Name, kinds)
		case err != nil:
			t.Errorf("%s is not in a file of its own: %v", d.Name, err)
		}
		seen[d.Name] = true
	}
}

// sources are the manifests there are.
func sources(t *testing.T) []*manifest.Manifest {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("..", "..", "..", "specs", "*.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var all []*manifest.Manifest
	for _, path := range paths {
		if filepath.Base(path) == "sop.yaml" { // the requirements, no source
			continue
		}
		m, err := manifest.Load(path)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, m)
	}
	return all
}

// TestMisunderstandings seeds every defect of the manifest into those it applies to, where it must fire, and into an empty
// one, where it must not claim to have fired.
func TestMisunderstandings(t *testing.T) {
	for _, d := range All() {
		if d.mutate == nil {
			continue
		}
		for _, m := range sources(t) {
			if !d.AppliesTo(m) {
				continue
			}
			t.Run(d.Name+"/"+m.Source, func(t *testing.T) {
				if !fires(t, d.Name, func(s Seeded) { s.Mutate(m) }) {
					t.Error("it did not fire")
				}
			})
		}
		if fires(t, d.Name, func(s Seeded) { s.Mutate(&manifest.Manifest{}) }) {
			t.Errorf("%s claims to have fired on a manifest that has nothing to forget", d.Name)
		}
	}
}

// TestEveryDefectHasASource wants each defect to be possible with some source, and to say what it needs of one.
func TestEveryDefectHasASource(t *testing.T) {
	all := sources(t)
	for _, d := range All() {
		if !slices.ContainsFunc(all, d.AppliesTo) {
			t.Errorf("%s applies to no source there is, so nothing is ever proved by it", d.Name)
		}
		if conditional := d.applies != nil; conditional != (d.Needs != "") {
			t.Errorf("%s needs %q of a source: want that said if and only if it does not apply to each", d.Name, d.Needs)
		}
		if d.applies != nil && d.AppliesTo(&manifest.Manifest{}) {
			t.Errorf("%s needs %s, and applies to a source that has nothing", d.Name, d.Needs)
		}
	}
}

// TestOtherKindsDoNothing wants a defect of one kind, and none at all, to leave the other seams alone.
func TestOtherKindsDoNothing(t *testing.T) {
	for _, name := range append(Names(), "") {
		i := slices.IndexFunc(All(), func(d Defect) bool { return d.Name == name })
		if fires(t, name, func(s Seeded) {
			if i < 0 || All()[i].wrap == nil {
				s.Wrap(reference.Ports{})
			}
			if i < 0 || All()[i].mutate == nil {
				s.Mutate(&manifest.Manifest{})
			}
			if i < 0 || All()[i].execute == nil {
				// An address that cannot be connected to: nothing may try.
				if err := s.Execute(t.Context(), &manifest.Manifest{}, "postgres://127.0.0.1:1/"); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
		}) {
			t.Errorf("%s fired where it has no part", name)
		}
	}
}

func TestUnknownDefectIsNamedWithThoseThereAre(t *testing.T) {
	_, err := Named("no-such-defect", "")
	if err == nil || !strings.Contains(err.Error(), `"no-such-defect"`) || !strings.Contains(err.Error(), All()[0].Name) {
		t.Errorf("got %v, want the name and the names there are", err)
	}
}

// fires seeds a defect and tells whether it said that it fired.
func fires(t *testing.T, name string, act func(Seeded)) bool {
	t.Helper()
	file := filepath.Join(t.TempDir(), "fired")
	s, err := Named(name, file)
	if err != nil {
		t.Fatal(err)
	}
	act(s)
	_, err = os.Stat(file)
	return err == nil
}
