package harness_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// watch follows a run from outside: which processes it has, and where its databases lie. It must not ask the run's own
// guardian, for that one is on trial.
type watch struct {
	mark string
	done chan struct{}
	over sync.WaitGroup

	mu      sync.Mutex
	seen    map[process]bool
	folders map[string]bool
}

// process is a process of the table; with its start it is no other's, also when its number is used again.
type process struct {
	pid     int
	started string
}

func startWatch(root int, mark string) *watch {
	w := &watch{mark: mark, done: make(chan struct{}), seen: map[process]bool{}, folders: map[string]bool{}}
	w.look(root)
	w.over.Go(func() {
		for {
			select {
			case <-w.done:
				return
			case <-time.After(50 * time.Millisecond):
				w.look(root)
			}
		}
	})
	return w
}

func (w *watch) stop() {
	select {
	case <-w.done:
	default:
		close(w.done)
	}
	w.over.Wait()
}

// row is a line of the process table.
type row struct {
	process
	parent int
	ticks  int // processor time used, in hundredths of a second
	zombie bool
}

func table() map[int]row {
	rows := map[int]row{}
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			continue // ended meanwhile
		}
		text := string(data)
		pid, _ := strconv.Atoi(text[:strings.IndexByte(text, ' ')])
		f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
		parent, _ := strconv.Atoi(f[1])
		user, _ := strconv.Atoi(f[11])
		system, _ := strconv.Atoi(f[12])
		rows[pid] = row{process{pid, f[19]}, parent, user + system, f[0] == "Z"}
	}
	return rows
}

// look adds the run's processes: the first one, and whatever descends from one of them, also when its parent is gone.
func (w *watch) look(root int) {
	rows := table()
	w.mu.Lock()
	defer w.mu.Unlock()
	if r, ok := rows[root]; ok && len(w.seen) == 0 {
		w.seen[r.process] = true
	}
	for grown := true; grown; {
		grown = false
		for _, r := range rows {
			parent, ok := rows[r.parent]
			if ok && w.seen[parent.process] && !w.seen[r.process] {
				w.seen[r.process], grown = true, true
				w.noteFolder(r.pid)
			}
		}
	}
}

// noteFolder notes the data folder of a Postgres.
func (w *watch) noteFolder(pid int) {
	args := commandLine(pid)
	if i := slices.Index(args, "-D"); i >= 0 && i+1 < len(args) && filepath.Base(args[0]) == "postgres" {
		w.folders[filepath.Dir(args[i+1])] = true
	}
}

func commandLine(pid int) []string {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return strings.Split(string(data), "\x00")
}

func environment(pid int) []byte {
	data, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
	return data
}

// find returns the living processes of the run that is is true of.
func (w *watch) find(is func(row) bool) []int {
	rows := table()
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []int
	for p := range w.seen {
		if r, ok := rows[p.pid]; ok && r.process == p && !r.zombie && is(r) {
			found = append(found, p.pid)
		}
	}
	slices.Sort(found)
	return found
}

// targets returns the running targets that have used so much processor time, in hundredths of a second.
func (w *watch) targets(ticks int) []int {
	return w.find(func(r row) bool {
		return r.ticks >= ticks && bytes.Contains(environment(r.pid), []byte("SYNCSPEC_ROLE=reference\x00"))
	})
}

// postmasters returns the running database servers.
func (w *watch) postmasters() []int {
	return w.find(func(r row) bool {
		args := commandLine(r.pid)
		return filepath.Base(args[0]) == "postgres" && slices.Contains(args, "-D")
	})
}

// workers returns the processes in which Ginkgo runs specs, by their number.
func (w *watch) worker(number int) []int {
	return w.find(func(r row) bool {
		return slices.ContainsFunc(commandLine(r.pid), func(arg string) bool {
			return strings.HasSuffix(arg, fmt.Sprintf("ginkgo.parallel.process=%d", number))
		}) && !bytes.Contains(environment(r.pid), []byte("SYNCSPEC_ROLE="))
	})
}

// nothingLeft checks that a run that ended has left nothing: no process, no folder, no shared memory. The guardian of a
// killed run needs a moment.
func (d *drive) nothingLeft(t *testing.T) {
	t.Helper()
	var left []string
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		if left = d.watch.left(); len(left) == 0 {
			d.watch.stop()
			return
		}
	}
	t.Errorf("left behind:\n  %s", strings.Join(left, "\n  "))
}

func (w *watch) left() []string {
	var left []string
	for _, pid := range w.find(func(row) bool { return true }) {
		left = append(left, fmt.Sprintf("process %d: %s", pid, strings.Join(commandLine(pid), " ")))
	}
	// What was never seen, for it lived too short or left the family, has the run's own TMPDIR all the same.
	for pid, r := range table() {
		if !r.zombie && bytes.Contains(environment(pid), []byte("TMPDIR="+w.mark+"\x00")) {
			left = append(left, fmt.Sprintf("process %d with its environment: %s", pid, strings.Join(commandLine(pid), " ")))
		}
	}
	entries, _ := os.ReadDir(w.mark)
	for _, e := range entries {
		left = append(left, "folder or file "+filepath.Join(w.mark, e.Name()))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for folder := range w.folders {
		if _, err := os.Lstat(folder); err == nil {
			left = append(left, "folder "+folder)
		}
	}
	segments, _ := os.ReadFile("/proc/sysvipc/shm")
	for line := range strings.Lines(string(segments)) {
		f := strings.Fields(line)
		if len(f) < 5 {
			continue
		}
		creator, _ := strconv.Atoi(f[4])
		for p := range w.seen {
			if creator != 0 && p.pid == creator {
				left = append(left, "shared memory "+f[1])
			}
		}
	}
	return left
}
