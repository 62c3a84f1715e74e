package report

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/result"
)

// ReadJournals merges what all processes of the run in dir wrote down: what any of them planned or selected, all
// results, each note once, the earliest start, and the time until the last line. Lines that a kill cut off are left
// out and noted. Journals that tell of different targets or modes are an error: their results must not mix.
func ReadJournals(dir string) (result.Run, error) {
	workers, err := journals(filepath.Join(dir, runFolder))
	if err != nil {
		return result.Run{}, explain("the journals cannot be listed", err)
	}
	m := merger{planned: map[string]bool{}, selected: map[string]bool{}, noted: map[string]bool{}}
	for _, worker := range workers {
		if err := m.readFile(filepath.Join(dir, runFolder, strconv.Itoa(worker)+".jsonl"), worker); err != nil {
			return result.Run{}, err
		}
	}
	if !m.identified {
		return result.Run{}, fmt.Errorf("%s holds no journal of a run: it ended before it began, or was never started; "+
			"look at the start of the run's output, then run again", filepath.Join(dir, runFolder))
	}
	for _, note := range m.remarks { // after the run's own notes, which matter more
		m.note(note)
	}
	if span := m.last.Sub(m.run.Started).Seconds(); span > m.run.Seconds {
		m.run.Seconds = span
	}
	return m.run, nil
}

// journals lists the workers whose journals are in folder, in the order of their numbers.
func journals(folder string) ([]int, error) {
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var workers []int
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), ".jsonl")
		// Only names that we would write: "1", not "01" or "notes".
		if n, err := strconv.Atoi(name); ok && err == nil && strconv.Itoa(n) == name {
			workers = append(workers, n)
		}
	}
	slices.SortFunc(workers, cmp.Compare)
	return workers, nil
}

// merger collects the lines of all journals into one run.
type merger struct {
	run result.Run
	// identified says that a header told whose run this is.
	identified bool
	last       time.Time
	// remarks are what reading itself has to say.
	remarks                  []string
	planned, selected, noted map[string]bool
}

// readFile adds the journal at path.
func (m *merger) readFile(path string, worker int) error {
	file, err := os.Open(path)
	if err != nil {
		return explain("a journal cannot be read", err)
	}
	defer file.Close()
	ended := false
	lines := bufio.NewReader(file) // not a Scanner: evidence may make a line of any length
	for number := 1; ; number++ {
		text, err := lines.ReadBytes('\n')
		if len(strings.TrimSpace(string(text))) > 0 {
			var l line
			if json.Unmarshal(text, &l) != nil {
				m.remark("worker %d: line %d of its journal was cut off and is left out", worker, number)
			} else if err := m.add(l, worker); err != nil {
				return err
			} else {
				ended = l.End
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return explain("a journal cannot be read", err)
		}
	}
	if !ended {
		m.remark("worker %d never closed its journal: it was killed, crashed, or is still running", worker)
	}
	return nil
}

// add takes one line in.
func (m *merger) add(l line, worker int) error {
	if l.At.After(m.last) {
		m.last = l.At
	}
	if l.Result != nil {
		m.run.Results = append(m.run.Results, *l.Result)
	}
	if l.Header == nil {
		return nil
	}
	for _, note := range l.Header.Notes {
		m.note(note)
	}
	if l.Header.Source == "" { // a later note, not the header
		return nil
	}
	return m.header(*l.Header, worker)
}

// header takes the metadata of one process in.
func (m *merger) header(h result.Run, worker int) error {
	if !m.identified {
		results, notes := m.run.Results, m.run.Notes
		m.run = h
		m.run.Results, m.run.Notes, m.run.Planned, m.run.Selected = results, notes, nil, nil
		m.identified = true
	}
	if err := sameRun(m.run, h, worker); err != nil {
		return err
	}
	if h.Seed != m.run.Seed {
		m.remark("worker %d ran with seed %d, not %d", worker, h.Seed, m.run.Seed)
	}
	if !slices.Equal(h.Waivers, m.run.Waivers) {
		m.remark("worker %d read other waivers: their file was changed while the run began, and those of the first worker count", worker)
	}
	if m.run.Started.IsZero() || !h.Started.IsZero() && h.Started.Before(m.run.Started) {
		m.run.Started = h.Started
	}
	m.run.Seconds = max(m.run.Seconds, h.Seconds)
	m.run.Title = cmp.Or(m.run.Title, h.Title)
	m.run.Provenance = cmp.Or(m.run.Provenance, h.Provenance)
	for _, p := range h.Planned {
		if !m.planned[p.Key()] {
			m.planned[p.Key()] = true
			m.run.Planned = append(m.run.Planned, p)
		}
	}
	for _, key := range h.Selected {
		if !m.selected[key] {
			m.selected[key] = true
			m.run.Selected = append(m.run.Selected, key)
		}
	}
	return nil
}

// sameRun refuses a header that speaks of another run: a verdict over two targets would be true of neither.
func sameRun(run, h result.Run, worker int) error {
	if run.Source == h.Source && run.Target == h.Target && run.Mode == h.Mode && run.SelfTest == h.SelfTest {
		return nil
	}
	return fmt.Errorf("worker %d's journal is of another run (%s), not of this one (%s): "+
		"two runs share this reports folder; run them one after the other, or give each its own folder",
		worker, identity(h), identity(run))
}

// identity names a run in a message.
func identity(r result.Run) string {
	kind := ""
	if r.SelfTest {
		kind = " self-test"
	}
	return fmt.Sprintf("source %q, target %q%s, mode %q", r.Source, r.Target, kind, r.Mode)
}

// note adds a note unless another process had the same.
func (m *merger) note(text string) {
	if !m.noted[text] {
		m.noted[text] = true
		m.run.Notes = append(m.run.Notes, text)
	}
}

// remark keeps what reading itself found, to be noted at the end.
func (m *merger) remark(format string, args ...any) {
	m.remarks = append(m.remarks, fmt.Sprintf(format, args...))
}
