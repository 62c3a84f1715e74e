// Package artifact keeps what a person needs to look into a spec that failed: the requests and deliveries that matter, the
// rows that must be and those that are, the target's log, and the command that runs the spec again.
package artifact

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// Folder is where artefacts are, in the folder of a run's reports.
const Folder = "artifacts"

// Failed is a spec that did not hold, and what is known of it.
type Failed struct {
	Result  result.Result
	Subject check.Subject
	// Snapshot is what the spec looked at; nil where there is none.
	Snapshot *scenario.Snapshot
	// Log is what the target wrote so far, Rerun the command that runs this spec alone.
	Log, Rerun string
	// Redact takes secrets out of a text. Nothing is written that has not gone through it.
	Redact func(string) string
}

// bounds of what is kept of one spec.
type bounds struct {
	// entries and bodies are those of the traffic, bodies in bytes; deliveries are files of their own.
	entries, bodies, deliveries int
	rows, log                   int
}

func standard() bounds {
	return bounds{entries: 200, bodies: 2 << 20, deliveries: 50, rows: 1000, log: 1 << 20}
}

// file is one file in the folder of a spec, as result.json lists it.
type file struct {
	Name  string `json:"name"`
	Holds string `json:"holds"`
}

// record is the form of result.json.
type record struct {
	result.Result
	Scenario scenario.Name `json:"scenario,omitempty"`
	Files    []file        `json:"files,omitempty"`
	// NotKept says what is missing, and why.
	NotKept []string `json:"not_kept,omitempty"`
}

// Write keeps what is known of a failed spec below the report folder, and returns the folder it made there, as a path from
// the report folder; empty where nothing could be kept. Each file is there whole or not at all, and the error says what
// is missing.
func Write(ctx context.Context, reports string, f Failed) (folder string, err error) {
	return write(ctx, reports, f, standard(), nil)
}

// write is Write with other bounds, and with a disk that a test lets fill up.
func write(ctx context.Context, reports string, f Failed, b bounds, full limit) (folder string, err error) {
	folder = path.Join(Folder, nameOf(f.Result.Check, f.Result.Subject))
	w, err := open(reports, folder, newCleaner(f), full)
	if err != nil {
		return "", explain(folder, err)
	}
	defer func() { err = errors.Join(err, w.close()) }()
	k := keeper{Failed: f, bounds: b, to: w, concerned: map[string]bool{}}
	k.all(ctx)
	f.Result.Artifacts = folder
	rec := record{Result: f.Result, Files: w.files}
	if f.Snapshot != nil {
		rec.Scenario = f.Snapshot.Scenario
	}
	for _, problem := range k.problems {
		rec.NotKept = append(rec.NotKept, problem.Error())
	}
	k.put("result.json", "what was found", func() ([]byte, error) { return indented(rec) })
	if len(w.files) == 0 {
		return "", errors.Join(explain(folder, k.problems...), w.remove())
	}
	return folder, explain(folder, k.problems...)
}

// Clean removes what earlier runs kept below the report folder. It comes first: what an old failure left must not be seen
// beside a new success.
func Clean(reports string) error {
	root, err := os.OpenRoot(reports)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = errors.Join(root.RemoveAll(Folder), root.Close())
	}
	if err != nil {
		return fmt.Errorf("removing what earlier runs kept of failed specs: %w; remove %s yourself, or name another report folder",
			err, filepath.Join(reports, Folder))
	}
	return nil
}

// explain says in one line what is missing, and what to do about it; nil where nothing is.
func explain(folder string, problems ...error) error {
	if len(problems) == 0 {
		return nil
	}
	err, way := problems[0], "what is missing would only have helped to look into the failure"
	for _, p := range problems[1:] {
		err = fmt.Errorf("%w; %w", err, p)
	}
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		way = "make room on the disk of the report folder; " + way
	}
	return fmt.Errorf("not all of %s could be kept: %w (%s)", folder, err, way)
}

// keeper keeps the parts one after the other.
type keeper struct {
	Failed
	bounds
	to       *folder
	problems []error
	// concerned are the ids of what differs.
	concerned map[string]bool
}

// all keeps everything but the result, which lists what there is.
func (k *keeper) all(ctx context.Context) {
	if k.Rerun != "" {
		k.put("rerun.sh", "the command that runs this spec alone", func() ([]byte, error) { return k.script(), nil })
	}
	if k.Log != "" {
		text, cut := tail(k.to.clean.text(k.Log), k.log)
		holds := "what the target wrote"
		if cut {
			holds = fmt.Sprintf("the last %d KiB of what the target wrote", k.log>>10)
		}
		k.put("target.log", holds, func() ([]byte, error) { return []byte(text), nil })
	}
	if k.Snapshot == nil {
		return
	}
	k.rows(ctx)
	told := k.deliveries()
	k.told(told)
	k.traffic(told)
}

// put writes one file. A disk that is full takes no other either, but for those that are small.
func (k *keeper) put(name, holds string, render func() ([]byte, error)) {
	data, err := render()
	if err == nil {
		err = k.to.put(name, holds, data)
	}
	if err != nil {
		k.problems = append(k.problems, fmt.Errorf("%s: %w", name, err))
	}
}

// script is the command as a file that can be run. It cannot go to the folder by itself: reports are read on other machines too.
func (k *keeper) script() []byte {
	text := strings.TrimRight(k.Rerun, "\n") + "\n"
	if !strings.HasPrefix(text, "#!") {
		text = "#!/bin/sh\n# Run it in the folder in which the run was started. It begins by removing all that was kept of that run.\n" + text
	}
	return []byte(text)
}

// tail is the end of a text, from the beginning of a line.
func tail(text string, most int) (end string, cut bool) {
	if len(text) <= most {
		return text, false
	}
	text = text[len(text)-most:]
	if _, rest, found := strings.Cut(text, "\n"); found {
		text = rest
	}
	return text, true
}

func indented(v any) ([]byte, error) {
	data, err := json.MarshalIndent(v, "", "  ")
	return append(data, '\n'), err
}
