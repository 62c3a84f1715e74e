package report

import (
	"bytes"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/result"
)

// TestGolden pins what the reports look like, for every verdict. Run it with -update to accept a change.
func TestGolden(t *testing.T) {
	self, partial, void := greenRun(), greenRun(), greenRun()
	self.Target, self.SelfTest, self.Mode = "reference", true, result.Recorded
	for i := range self.Results {
		self.Results[i].Mode = result.Recorded
	}
	partial.Selected, partial.Results = partial.Selected[:1], partial.Results[:1]
	void.Selected, void.Results = nil, nil
	waived := acceptedRun()
	waived.Planned, waived.Selected, waived.Results = waived.Planned[3:], waived.Selected[3:], waived.Results[3:]
	rerun := func(r result.Result) string {
		if strings.HasPrefix(r.Check, "scenario/") || strings.HasPrefix(r.Check, "run/") {
			return ""
		}
		return `.bin/ginkgo --focus "\[` + r.Subject + `\]" ./suites/shopify`
	}
	for name, run := range map[string]result.Run{
		"critical": sampleRun(), "healthy": greenRun(), "self-test": self, "partial": partial, "void": void,
		"accepted": acceptedRun(), "waived": waived, "lacking": lackingRun(),
	} {
		golden(t, name+".txt", func(w io.Writer) error {
			return Summary(w, run, SummaryOptions{Rerun: rerun, Folder: "reports/shopify"})
		})
		golden(t, name+".xml", func(w io.Writer) error { return JUnit(w, run) })
		golden(t, name+".md", func(w io.Writer) error { return Markdown(w, run) })
		golden(t, name+".annotations", func(w io.Writer) error { return Annotations(w, run) })
	}
	golden(t, "critical.json", func(w io.Writer) error { return JSON(w, sampleRun()) })
}

// golden compares what render writes with testdata/<name>.golden.
func golden(t *testing.T, name string, render func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := render(&got); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	path := filepath.Join("testdata", name+".golden")
	if flag.Lookup("update").Value.String() == "true" {
		if err := os.WriteFile(path, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; make it with: go test ./internal/report -run TestGolden -update", err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs; look at it, and accept it with -update. Got:\n%s", path, got.String())
	}
}
