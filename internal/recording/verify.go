package recording

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
)

// loaded is a parsed cassette, or what is wrong with it.
type loaded struct {
	interactions []Interaction
	problems     Problems
}

// fill opens every file the sidecar lists, checks it, and keeps what is needed. Cassettes are parsed in parallel:
// that is where the time goes.
func (r *Recording) fill(side *sidecar) Problems {
	r.Info = Info{
		Source: side.Source, Recorder: side.Recorder, RecordedAt: side.RecordedAt, RecordedUntil: side.RecordedUntil,
		Software: side.Software, Environment: side.Environment, APIVersion: side.APIVer, Mode: side.Mode,
		BaseURL: strings.TrimSuffix(side.BaseURL, "/"),
	}
	r.phases, r.phaseNames, r.partial = side.Phases, side.phaseOrder, side.Partial
	r.deliveries, r.truth = side.Deliveries, side.Truth
	r.cassettes = make(map[string]*loaded, len(side.Cassettes))

	results := make([]*loaded, len(side.Cassettes))
	inParallel(len(side.Cassettes), func(i int) { results[i] = r.loadCassette(side.Cassettes[i]) })
	var problems Problems
	for i, c := range side.Cassettes {
		if r.cassettes[c.name()] == nil {
			r.names = append(r.names, c.name())
		}
		r.cassettes[c.name()] = results[i]
		problems = append(problems, results[i].problems...)
	}
	for _, e := range slices.Concat(side.Deliveries, side.Truth) {
		if _, p := r.read(e); p != nil {
			problems = append(problems, *p)
		}
	}
	return append(problems, r.unlisted(side)...)
}

// inParallel calls f for 0 … n-1 on as many goroutines as there are processors.
func inParallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// loadCassette reads and parses one cassette. A wrong checksum does not end the checking: whether the file is cut
// off or merely changed is what the reader needs to know.
func (r *Recording) loadCassette(e cassetteEntry) *loaded {
	data, wrong := r.read(fileEntry{File: e.File, SHA256: e.SHA256})
	l := &loaded{}
	if wrong != nil {
		l.problems = append(l.problems, *wrong)
	}
	if data == nil {
		return l
	}
	file := path.Join(r.Dir, e.File)
	interactions, err := parseCassette(e, data)
	if err != nil {
		l.problems = append(l.problems, Problem{File: file, What: err.Error(),
			Fix: "the file is cut off or damaged: restore it from version control or record it again"})
		return l
	}
	if len(interactions) != e.Interactions {
		l.problems = append(l.problems, Problem{File: file,
			What: fmt.Sprintf("it holds %d interactions, %s says %d", len(interactions), SidecarName, e.Interactions),
			Fix:  "restore the file, or correct the count if it was recorded again"})
	}
	l.interactions = interactions
	return l
}

// read returns a listed file, with a problem if it is missing or not what was recorded.
func (r *Recording) read(e fileEntry) ([]byte, *Problem) {
	file := path.Join(r.Dir, e.File)
	data, err := fs.ReadFile(r.fsys, e.File)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrInvalid) {
		return nil, &Problem{File: file, What: "there is no such file, but " + SidecarName + " lists it",
			Fix: "restore it from version control, or remove the entry"}
	}
	if err != nil {
		return nil, &Problem{File: file, What: err.Error(), Fix: "make it readable"}
	}
	sum := sha256.Sum256(data)
	if got := hex.EncodeToString(sum[:]); got != e.SHA256 {
		return data, &Problem{File: file, What: fmt.Sprintf("its sha256 is %s, %s says %q", got, SidecarName, e.SHA256),
			Fix: "it was changed since it was recorded: restore it, or write the new checksum if it was recorded again"}
	}
	return data, nil
}

// unlisted finds files that nobody vouches for.
func (r *Recording) unlisted(side *sidecar) Problems {
	listed := map[string]bool{SidecarName: true, "README.md": true}
	folders := map[string]bool{".": true}
	for _, c := range side.Cassettes {
		listed[c.File] = true
	}
	for _, e := range slices.Concat(side.Deliveries, side.Truth) {
		listed[e.File] = true
		folders[path.Dir(e.File)] = true
	}
	var problems Problems
	for folder := range folders {
		entries, err := fs.ReadDir(r.fsys, folder)
		if err != nil {
			continue // a missing folder shows as its missing files
		}
		for _, e := range entries {
			name := path.Join(folder, e.Name())
			if ext := path.Ext(name); e.IsDir() || listed[name] || ext != ".yaml" && ext != ".json" {
				continue
			}
			problems = append(problems, Problem{File: path.Join(r.Dir, name), What: SidecarName + " does not list it",
				Fix: "list it with its checksum, or remove it"})
		}
	}
	slices.SortFunc(problems, func(a, b Problem) int { return strings.Compare(a.File, b.File) })
	return problems
}
