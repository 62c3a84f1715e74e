package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/syncspec/syncspec/internal/report"
	"github.com/syncspec/syncspec/internal/result"
)

// notebook takes down what a run finds as it finds it, and tells the user of each check when its last spec is over.
type notebook struct {
	folder string
	out    io.Writer

	journal *report.Journal
	// lost is why a result could not be taken down.
	lost error
	// open counts the specs of each check that are not over, found those that are by their status.
	open  map[string]int
	found map[string]map[result.Status]int
}

// Begin replaces the reports of an older run.
func (n *notebook) Begin(run result.Run) (err error) {
	if err := report.Begin(n.folder, run); err != nil {
		return err
	}
	n.open, n.found = map[string]int{}, map[string]map[result.Status]int{}
	selected := map[string]bool{}
	for _, key := range run.Selected {
		selected[key] = true
	}
	for _, p := range run.Planned {
		if selected[p.Key()] {
			n.open[p.Check]++
			n.found[p.Check] = map[result.Status]int{}
		}
	}
	n.journal, err = report.OpenJournal(n.folder, 1, run)
	return err
}

// Append takes down a result.
func (n *notebook) Append(res result.Result) error {
	if n.lost = n.journal.Append(res); n.lost != nil {
		return n.lost
	}
	if n.open[res.Check] == 0 {
		return nil // a cause outside any check: the summary has it
	}
	n.found[res.Check][res.Status]++
	if n.open[res.Check]--; n.open[res.Check] > 0 {
		return nil
	}
	var texts []string
	for _, s := range result.Statuses() {
		if count := n.found[res.Check][s]; count > 0 {
			texts = append(texts, fmt.Sprintf("%d %s", count, strings.ReplaceAll(string(s), "_", " ")))
		}
	}
	_, err := fmt.Fprintf(n.out, "%-34s %s\n", res.Check, strings.Join(texts, ", "))
	return err
}

// Note takes down facts about the run.
func (n *notebook) Note(facts ...string) error { return n.journal.Note(facts...) }

// finish closes the notebook and puts the reports in place.
func (n *notebook) finish() (result.Run, error) {
	if err := n.journal.Close(); err != nil {
		return result.Run{}, err
	}
	return report.Finish(n.folder)
}
