package harness_test

import (
	"bytes"
	"encoding/xml"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/report"
)

// tree is a copy of the repository as far as a suite needs it: its reports and temporary files come to lie there.
type tree struct {
	root, suite, binary, tmp string
}

func newTree(t *testing.T) tree {
	t.Helper()
	root := t.TempDir()
	tr := tree{root: root, suite: filepath.Join(root, "suites", "woocommerce"), tmp: filepath.Join(root, "tmp")}
	tr.binary = filepath.Join(tr.suite, "woocommerce.test")
	for _, dir := range []string{tr.suite, tr.tmp} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"specs", "cassettes", "fixtures"} {
		mirror(t, filepath.Join("..", name), filepath.Join(root, name))
	}
	if err := os.Link(suiteBinary, tr.binary); err != nil {
		t.Fatal(err)
	}
	return tr
}

// mirror makes the folders anew and links the files, so that a test can replace any of them.
func mirror(t *testing.T, from, to string) {
	t.Helper()
	from, err := filepath.Abs(from)
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		target := filepath.Join(to, path[len(from):])
		if d.IsDir() {
			return os.MkdirAll(target, 0o755)
		}
		return os.Symlink(path, target)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// edit replaces a file of the tree by a changed copy of it.
func (tr tree) edit(t *testing.T, name string, change func(string) string) {
	t.Helper()
	path := filepath.Join(tr.root, name)
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := change(string(data))
	if changed == string(data) {
		t.Fatalf("nothing was changed in %s", name)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
}

func (tr tree) reports() string { return filepath.Join(tr.root, "reports", "woocommerce") }

// junit reads the report of the last run.
func (tr tree) junit(t *testing.T) junit {
	t.Helper()
	return readJUnit(t, filepath.Join(tr.reports(), report.JUnitFile))
}

// junit is a JUnit file, ours or Ginkgo's.
type junit struct {
	text  string
	cases map[string]report.JUnitCase
}

func readJUnit(t *testing.T, path string) junit {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var doc report.JUnitSuites
	if err := xml.Unmarshal(data, &doc); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	j := junit{text: string(data), cases: map[string]report.JUnitCase{}}
	for _, s := range doc.Suites {
		for _, c := range s.Cases {
			if _, twice := j.cases[c.Name]; twice {
				t.Errorf("%s has %q twice", path, c.Name)
			}
			j.cases[c.Name] = c
		}
	}
	return j
}

// red names the cases with a failure or an error.
func (j junit) red() []string {
	return j.names(func(c report.JUnitCase) bool { return c.Failure != nil || c.Error != nil })
}

func (j junit) names(keep func(report.JUnitCase) bool) []string {
	var names []string
	for name, c := range j.cases {
		if keep == nil || keep(c) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// drive is a run of the suite as a user starts it.
type drive struct {
	tree
	cmd    *exec.Cmd
	output bytes.Buffer
	watch  *watch
	ended  chan struct{}
}

// start runs a program in the suite's folder, in a process group of its own as a terminal does it.
func (tr tree) start(t *testing.T, env []string, program string, args ...string) *drive {
	t.Helper()
	d := &drive{tree: tr, cmd: exec.Command(program, args...), ended: make(chan struct{})}
	d.cmd.Dir = tr.suite
	// A local database is processes that can be found, and killed.
	d.cmd.Env = append(os.Environ(), "GINKGO_NO_COLOR=TRUE", "SYNCSPEC_POSTGRES=local", "TMPDIR="+tr.tmp)
	d.cmd.Env = append(d.cmd.Env, env...)
	d.cmd.Stdout, d.cmd.Stderr = &d.output, &d.output
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// A descendant that kept the output open would be a leftover: it must not hold the test up.
	d.cmd.WaitDelay = 5 * time.Second
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d.watch = startWatch(d.cmd.Process.Pid, tr.tmp)
	go func() {
		defer close(d.ended)
		_ = d.cmd.Wait() // the state says how it ended
	}()
	t.Cleanup(func() {
		_ = syscall.Kill(-d.cmd.Process.Pid, syscall.SIGKILL)
		<-d.ended
		d.watch.stop()
	})
	return d
}

// wait waits for the end and returns the exit code, -1 after a signal.
func (d *drive) wait(t *testing.T, within time.Duration) int {
	t.Helper()
	select {
	case <-d.ended:
	case <-time.After(within):
		t.Fatalf("it runs still after %s", within)
	}
	if t.Failed() {
		return d.cmd.ProcessState.ExitCode()
	}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("its output:\n%s", d.output.String())
		}
	})
	return d.cmd.ProcessState.ExitCode()
}

// run is start and wait.
func (tr tree) run(t *testing.T, env []string, program string, args ...string) (int, string) {
	t.Helper()
	d := tr.start(t, env, program, args...)
	code := d.wait(t, time.Minute)
	d.nothingLeft(t)
	return code, d.output.String()
}

// until polls until done says so.
func (d *drive) until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !done(); time.Sleep(5 * time.Millisecond) {
		select {
		case <-d.ended:
			t.Fatalf("the run ended before %s:\n%s", what, d.output.String())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s did not happen", what)
		}
	}
}

// signal sends a signal to a process of the run.
func (d *drive) signal(t *testing.T, pid int, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatalf("sending %v to %d: %v", s, pid, err)
	}
}

// contains checks a text for the sentences that matter.
func contains(t *testing.T, text string, want ...string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(text, w) {
			t.Errorf("it does not say %q:\n%s", w, text)
		}
	}
}
