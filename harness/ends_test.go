package harness_test

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/report"
)

// busy is how much processor time, in hundredths of a second, a target has used when it is in the middle of a sync.
const busy = 25

// TestSerialAndParallelReports: a run's report holds every spec, says what Ginkgo says, stands beside Ginkgo's own, and
// is the same however many processes there are. Nothing is left afterwards.
func TestSerialAndParallelReports(t *testing.T) {
	tr := newTree(t)
	own := filepath.Join(tr.root, "own.xml")
	code, out := tr.run(t, nil, tr.binary, "--ginkgo.randomize-all", "--ginkgo.junit-report="+own)
	serial, theirs := tr.junit(t), readJUnit(t, own)
	contains(t, out, "OVERALL STATUS: ", "Reports: "+tr.reports())
	if red := serial.red(); (code != 0) != (len(red) > 0) {
		t.Errorf("exit code %d, but red are %q", code, red)
	}
	var names, red []string
	for name, c := range theirs.cases { // "[It] scenario: check [subject] [labels]"
		name, isSpec := strings.CutPrefix(name, "[It] ")
		if !isSpec {
			continue
		}
		_, name, _ = strings.Cut(name, ": ")
		name, _, _ = strings.Cut(name, " [phase:")
		names = append(names, name)
		if c.Failure != nil || c.Error != nil {
			red = append(red, name)
		}
	}
	slices.Sort(names)
	slices.Sort(red)
	if !slices.Equal(names, serial.names(nil)) || len(names) < 200 {
		t.Errorf("Ginkgo has %d specs, the report %d", len(names), len(serial.cases))
	}
	if !slices.Equal(red, serial.red()) {
		t.Errorf("red are %q in Ginkgo, %q in the report", red, serial.red())
	}

	parallelCode, out := tr.run(t, nil, ginkgoBinary, "--procs=2", "--randomize-all", tr.binary)
	parallel := tr.junit(t)
	contains(t, out, "OVERALL STATUS: ", `worker 2 took`)
	if !slices.Equal(parallel.names(nil), serial.names(nil)) || !slices.Equal(parallel.red(), serial.red()) || parallelCode != code {
		t.Errorf("in parallel: %d specs, exit code %d, red %q", len(parallel.cases), parallelCode, parallel.red())
	}
}

// TestRepeatedPartialRun: each round of a repeated run makes the report anew, and a filtered one claims no verdict.
func TestRepeatedPartialRun(t *testing.T) {
	tr := newTree(t)
	code, out := tr.run(t, nil, ginkgoBinary, "--repeat=1", "--label-filter=scenario:connected && phase:1", tr.binary)
	if n := strings.Count(out, "OVERALL STATUS: PARTIAL - a filter left out "); code != 0 || n != 2 {
		t.Errorf("exit code %d, PARTIAL %d times:\n%s", code, n, out)
	}
	j := tr.junit(t)
	contains(t, j.text, `<property name="partial" value="true">`)
	if n := len(j.names(nil)); n == 0 || n > 150 {
		t.Errorf("%d specs are reported", n)
	}
}

// twoSyncs are the labels of two scenarios that sync. Two processes take one each.
const twoSyncs = "--label-filter=scenario:backfilled || scenario:updated"

// TestKilledWorker: the other process goes on, and the report names what did not complete.
func TestKilledWorker(t *testing.T) {
	tr := newTree(t)
	d := tr.start(t, nil, ginkgoBinary, "--procs=2", twoSyncs, tr.binary)
	// Both targets are busy with the sync that the first spec of each process waits for.
	d.until(t, "two syncs", func() bool { return len(d.watch.targets(busy)) == 2 })
	d.signal(t, d.watch.worker(2)[0], syscall.SIGKILL)
	if code := d.wait(t, time.Minute); code <= 0 {
		t.Errorf("the exit code is %d", code)
	}
	d.nothingLeft(t)
	j := tr.junit(t)
	red := j.red()
	if done := len(j.cases) - len(red); len(red) == 0 || done < 20 {
		t.Errorf("%d specs completed, red are %q", done, red)
	}
	for _, name := range red {
		contains(t, j.cases[name].Error.Message, "the run ended before this spec had a result")
	}
	contains(t, j.text, "worker 2 never closed its journal: it was killed")
	selected, err := strconv.Atoi(property(t, j.text, "selected"))
	if err != nil || selected != len(j.cases) {
		t.Errorf("%d of %d selected specs are reported", len(j.cases), selected)
	}
}

// TestEndsFromOutside: however a run is ended, nothing is left of it, and no report looks as though it had passed.
func TestEndsFromOutside(t *testing.T) {
	for name, c := range map[string]struct {
		end   func(*testing.T, *drive)
		code  int
		cases int // 0: all selected ones and the cause
		says  []string
	}{
		"Ctrl-C": {
			end:  func(t *testing.T, d *drive) { d.signal(t, -d.cmd.Process.Pid, syscall.SIGINT) },
			code: 1, says: []string{`type="interrupted"`, `the run was interrupted while the scenario &#34;backfilled&#34; was being reached`, "the run ended before this spec had a result"},
		},
		"kill -9": {
			end:  func(t *testing.T, d *drive) { d.signal(t, d.cmd.Process.Pid, syscall.SIGKILL) },
			code: -1, cases: 1, says: []string{`message="run did not complete"`},
		},
		"the guardian killed": {
			end: func(t *testing.T, d *drive) {
				// The run's process starts one child of its own, the guardian, and has that start all others.
				guardians := d.watch.find(func(r row) bool { return r.parent == d.cmd.Process.Pid })
				if len(guardians) != 1 {
					t.Fatalf("the run has the children %v, want the guardian alone", guardians)
				}
				d.signal(t, guardians[0], syscall.SIGKILL)
			},
			code: 1, says: []string{`type="database-lost"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			tr := newTree(t)
			d := tr.start(t, nil, tr.binary, "--ginkgo.label-filter=scenario:backfilled")
			d.until(t, "a sync", func() bool { return len(d.watch.targets(busy)) == 1 })
			c.end(t, d)
			if code := d.wait(t, 10*time.Second); code != c.code {
				t.Errorf("the exit code is %d", code)
			}
			d.nothingLeft(t)
			j := tr.junit(t)
			contains(t, j.text, c.says...)
			if len(j.red()) == 0 || c.cases > 0 && len(j.cases) != c.cases {
				t.Errorf("%d cases, red are %q", len(j.cases), j.red())
			}
		})
	}
}

// TestDeathsBelow: the death of the target or of the database in the middle of a run is one red case; what it keeps from
// being judged is skipped and names it.
func TestDeathsBelow(t *testing.T) {
	for name, c := range map[string]struct {
		victim func(*drive) []int
		root   string
		says   string
		own    bool // the target's own fault, not the harness's
	}{
		"target":   {func(d *drive) []int { return d.watch.targets(busy) }, "run/target [woocommerce]", `reference was ended by the signal "killed" in the middle of the run`, true},
		"database": {func(d *drive) []int { return d.watch.postmasters() }, "run/database [woocommerce]", "the database does not answer any more", false},
	} {
		t.Run(name, func(t *testing.T) {
			tr := newTree(t)
			d := tr.start(t, nil, tr.binary, "--ginkgo.label-filter=scenario:backfilled")
			d.until(t, "a sync", func() bool { return len(d.watch.targets(busy)) == 1 })
			d.signal(t, c.victim(d)[0], syscall.SIGKILL)
			if code := d.wait(t, time.Minute); code != 1 {
				t.Errorf("the exit code is %d", code)
			}
			d.nothingLeft(t)
			j := tr.junit(t)
			if red := j.red(); !slices.Equal(red, []string{c.root}) {
				t.Fatalf("red are %q", red)
			}
			root := j.cases[c.root]
			message := root.Error
			if c.own {
				message = root.Failure
			}
			if message == nil {
				t.Fatalf("whose fault is it? %+v", root)
			}
			contains(t, message.Message, c.says)
			contains(t, message.Text, "remedy")
			blocked := j.names(func(c report.JUnitCase) bool { return c.Skipped != nil })
			if len(blocked) != len(j.cases)-1 || !strings.Contains(j.cases[blocked[0]].Skipped.Message, "cause: "+c.root) {
				t.Errorf("%d of %d are blocked, e.g. %+v", len(blocked), len(j.cases), j.cases[blocked[0]].Skipped)
			}
			contains(t, d.output.String(), "Ran 1 of ", "1 Failed")
		})
	}
}

// property returns a fact about the run from a report.
func property(t *testing.T, text, name string) string {
	t.Helper()
	_, rest, ok := strings.Cut(text, `<property name="`+name+`" value="`)
	value, _, _ := strings.Cut(rest, `"`)
	if !ok {
		t.Fatalf("there is no property %q", name)
	}
	return value
}
