package report

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/result"
)

// TestWaiversThroughJournals: waivers are of the run, not of a process. A pattern is used if any process found what it waives,
// and what a process says of itself is waived is judged again.
func TestWaiversThroughJournals(t *testing.T) {
	dir := t.TempDir()
	header := plannedFor(2)
	header.Started = sampleRun().Started
	header.Waivers = []result.Waiver{
		{Check: "work/*", Subject: "7", Reason: "r", Owner: "o", Issue: "i", Expires: "2026-12-31", At: "w.yaml:1"},
		{Check: "work/worker-1", Subject: "9", Reason: "r", Owner: "o", Issue: "i", Expires: "2026-12-31", At: "w.yaml:2"},
	}
	must(t, Begin(dir, header))
	if placeholder := junitIn(t, dir); placeholder.Tests != 1 || placeholder.Errors != 1 {
		t.Errorf("before anything ran there are %d results", placeholder.Tests)
	}
	other := header
	other.Waivers = header.Waivers[:1]
	for worker, h := range []result.Run{header, other} {
		j := open(t, dir, worker+1, h)
		for i := range perWorker {
			r := workerResult(worker+1, i)
			if worker == 1 && i == 7 {
				r.Status = result.Fail
				r = result.Waive(r, h.Waivers, h.Started, false)
			}
			if worker == 1 && i == 8 { // says so itself
				r.Status = result.Waived
			}
			must(t, j.Append(r))
		}
		must(t, j.Close())
	}
	run, err := Finish(dir)
	must(t, err)
	if n := run.Count(); n[result.Waived] != 1 || n[result.Fail] != 1 || n[result.Error] != 1 || n[result.Pass] != 2*perWorker-2 {
		t.Errorf("counts %v", n)
	}
	read, err := Load(filepath.Join(dir, JSONFile))
	must(t, err)
	if !slices.Equal(read.Waivers, header.Waivers) || read.Count()[result.Waived] != 1 {
		t.Errorf("read back: %+v, %v", read.Waivers, read.Count())
	}
	if !slices.ContainsFunc(run.Notes, func(n string) bool { return strings.HasPrefix(n, "worker 2 read other waivers") }) {
		t.Errorf("notes %q", run.Notes)
	}
}

// TestKeptIsNamed: where something was kept of a spec, everything that tells of the spec names the folder.
func TestKeptIsNamed(t *testing.T) {
	var console, page, log, junit bytes.Buffer
	run := sampleRun()
	must(t, Summary(&console, run, SummaryOptions{Folder: "reports/shopify"}))
	must(t, Markdown(&page, run))
	must(t, Annotations(&log, run))
	must(t, JUnit(&junit, run))
	const folder = "artifacts/accuracy.counts/object1"
	for where, pair := range map[string][2]string{
		"console": {console.String(), "\n      kept in:  reports/shopify/" + folder + "\n"}, "job summary": {page.String(), "- kept in: `" + folder + "`\n"},
		"annotations": {log.String(), "%0Akept in: " + folder}, "JUnit": {junit.String(), `<property name="artifacts" value="` + folder + `">`},
		"details": {Details(run.Results[3]), "kept in   " + folder + "\n"},
	} {
		if !strings.Contains(pair[0], pair[1]) {
			t.Errorf("the %s lacks %q:\n%s", where, pair[1], pair[0])
		}
	}
}
