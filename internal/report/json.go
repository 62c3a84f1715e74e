package report

import (
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/syncspec/syncspec/internal/result"
)

// jsonVersion names the form of results.json.
const jsonVersion = "syncspec/results/v1"

// Document is the content of results.json: the run with its results completed, and what follows from them.
type Document struct {
	Version string         `json:"version"`
	Verdict result.Verdict `json:"verdict"`
	// Headline is the verdict and of how much it is true.
	Headline string                `json:"headline"`
	ExitCode int                   `json:"exit_code"`
	Filtered bool                  `json:"filtered"`
	Counts   map[result.Status]int `json:"counts"`
	Metrics  []Metric              `json:"metrics,omitempty"`
	// Remarks are what people should know of the waivers.
	Remarks []string   `json:"remarks,omitempty"`
	Run     result.Run `json:"run"`
}

// JSON writes run as a [Document].
func JSON(w io.Writer, run result.Run) error {
	doc := Document{
		Version: jsonVersion, Verdict: run.Verdict(), Headline: run.Headline(), ExitCode: run.ExitCode(),
		Filtered: run.Filtered(), Counts: map[result.Status]int{}, Metrics: Metrics(run), Remarks: run.Remarks(), Run: run,
	}
	for _, s := range result.Statuses() { // zeros too: readers should not have to know what may be missing
		doc.Counts[s] = 0
	}
	for s, n := range run.Count() {
		doc.Counts[s] = n
	}
	doc.Run.Results = run.Complete()
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

// Load reads a results.json.
func Load(path string) (result.Run, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return result.Run{}, fmt.Errorf("no results to read: %w", err)
	}
	var doc Document
	if err := json.Unmarshal(text, &doc); err != nil {
		return result.Run{}, fmt.Errorf("%s is no results file: %w", path, err)
	}
	if doc.Version != jsonVersion {
		return result.Run{}, fmt.Errorf("%s has version %q; this program reads %q", path, doc.Version, jsonVersion)
	}
	return doc.Run, nil
}
