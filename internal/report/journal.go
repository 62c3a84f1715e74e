package report

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/syncspec/syncspec/internal/result"
)

// runFolder is the folder below a source's reports that holds the journals of the current run.
const runFolder = "run"

// line is one line of a journal: exactly one of Header, Result and End is set.
type line struct {
	// At is when the line was written; the last one of all tells how long the run took, also after a kill.
	At     time.Time      `json:"at"`
	Header *result.Run    `json:"header,omitempty"`
	Result *result.Result `json:"result,omitempty"`
	// End says that the process closed its journal itself.
	End bool `json:"end,omitempty"`
}

// Journal is where one process writes down its results as they come, so that a process that dies takes none of
// them with it. It may be used by several goroutines.
type Journal struct {
	mu     sync.Mutex
	file   *os.File
	worker int
	// torn says that the last write stopped in the middle of a line.
	torn bool
}

// OpenJournal opens <dir>/run/<worker>.jsonl and writes the header: the run's metadata with what is planned and
// selected. Results and Notes so far may be in it too. A process that comes back continues its file.
func OpenJournal(dir string, worker int, header result.Run) (*Journal, error) {
	folder := filepath.Join(dir, runFolder)
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, explain("the reports folder cannot be made", err)
	}
	path := filepath.Join(folder, strconv.Itoa(worker)+".jsonl")
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return nil, explain("the journal cannot be opened", err)
	}
	j := &Journal{file: file, worker: worker, torn: endsInsideLine(file)}
	found := header.Results
	header.Results = nil
	if err := j.write(line{Header: &header}); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	for _, res := range found {
		if err := j.Append(res); err != nil {
			return nil, errors.Join(err, file.Close())
		}
	}
	return j, nil
}

// endsInsideLine tells whether an earlier process was cut off while writing to file.
func endsInsideLine(file *os.File) bool {
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return false
	}
	last := make([]byte, 1)
	_, err = file.ReadAt(last, info.Size()-1)
	return err != nil || last[0] != '\n'
}

// Append writes one result down. When it returns nil the result survives the end of this process, however it ends.
func (j *Journal) Append(res result.Result) error {
	if res.Worker == 0 {
		res.Worker = j.worker
	}
	return j.write(line{Result: &res})
}

// Note writes down facts about the run that were not known when the journal was opened.
func (j *Journal) Note(notes ...string) error {
	return j.write(line{Header: &result.Run{Notes: notes}})
}

// Close says in the journal that the process got to its end, and closes it. Call it before [Finish], which otherwise
// notes that this process may have died.
func (j *Journal) Close() error {
	return errors.Join(j.write(line{End: true}), j.file.Close())
}

// write appends l in a single write, so that a kill leaves at most one line cut off, and that one the last.
func (j *Journal) write(l line) error {
	l.At = time.Now().UTC()
	text, err := json.Marshal(l)
	if err != nil {
		return fmt.Errorf("a result cannot be written down: %w", err)
	}
	text = append(text, '\n')
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.torn { // end the cut line first, else this one would be lost with it
		text = append([]byte{'\n'}, text...)
	}
	n, err := j.file.Write(text)
	if n > 0 {
		j.torn = n < len(text)
	}
	if err != nil {
		return explain("the journal cannot be written", err)
	}
	return nil
}
