package supervise

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// killTimeout bounds the wait for killed processes to be gone. Only one that hangs in the kernel takes longer.
const killTimeout = 10 * time.Second

// drainTimeout bounds the reading of what a process wrote that is gone with all that it started. A busy machine needs its time for
// it; only a descendant that hides itself can keep the output open.
const drainTimeout = 2 * time.Second

// warden is the guardian's side.
type warden struct {
	out    *lines
	ledger ledger
	token  string // begins every mark, and is of this guardian only

	// forks are executed by the main goroutine, which stays on its thread to the end: the kernel sends the parent death signal
	// when the *thread* that forked ends, and Go ends threads at will.
	forks chan func()
	ended chan struct{}

	// mu is held from a fork to the entry in the maps: else the reaper could meet a child that nobody knows yet.
	mu       sync.Mutex
	children map[int]*child // by id
	byPID    map[int]*child
	closing  bool
}

// child is a started process.
type child struct {
	id, pid int
	mark    string
	command Command
	log     *ring
	output  *ring // of standard output alone, nil unless it is kept

	said     func()        // tells the client that it wrote what is awaited
	reaped   chan struct{} // closed when the process itself is gone
	over     chan struct{} // closed when also its output is read and what it must not leave is removed
	status   syscall.WaitStatus
	alone    bool // valid when over is closed: it left no descendants
	problems []string
}

// spawn starts a process.
func (w *warden) spawn(id int, command Command) (*child, error) {
	argv0 := command.Path
	if command.Role != "" {
		self, err := os.Executable()
		if err != nil {
			return nil, fmt.Errorf("find this program: %w", err)
		}
		argv0 = self
	}
	mark := w.token + "-" + strconv.Itoa(id)
	env := []string{spawnEnv + "=" + mark}
	if command.Role != "" {
		env = append(env, RoleEnv+"="+command.Role)
	}
	for _, kv := range command.Env { // of two values of one name some programs take the first, others the last
		if !strings.HasPrefix(kv, spawnEnv+"=") && !strings.HasPrefix(kv, RoleEnv+"=") {
			env = append(env, kv)
		}
	}

	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer null.Close()
	out, in, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe for the output: %w", err)
	}
	defer in.Close()
	stdout, outputs := in, []*os.File{out}
	if command.KeepOutput {
		own, end, err := os.Pipe()
		if err != nil {
			out.Close()
			return nil, fmt.Errorf("make a pipe for the output: %w", err)
		}
		defer end.Close()
		stdout, outputs = end, append(outputs, own)
	}

	c := &child{
		id: id, mark: mark, command: command, log: newRing(command.logLimit()),
		said:   sync.OnceFunc(func() { _ = w.out.write(reply{Process: id, Said: true}) }),
		reaped: make(chan struct{}), over: make(chan struct{}),
	}
	if command.KeepOutput {
		c.output = newRing(command.logLimit())
	}
	attr := &syscall.ProcAttr{
		Dir: command.Dir, Env: env, Files: []uintptr{null.Fd(), stdout.Fd(), in.Fd()}, Sys: attributes(command),
	}
	done := make(chan error)
	w.forks <- func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.closing {
			done <- errors.New("the guardian is ending")
			return
		}
		pid, err := syscall.ForkExec(argv0, append([]string{argv0}, command.Args...), attr)
		if err == nil {
			c.pid = pid
			w.children[id], w.byPID[pid] = c, c
		}
		done <- err
	}
	if err := <-done; err != nil {
		for _, f := range outputs {
			f.Close()
		}
		return nil, err
	}
	go w.follow(c, outputs)
	return c, nil
}

// follow reads a process's output, and finishes its affairs when it has ended. Of several outputs the second one is
// standard output.
func (w *warden) follow(c *child, outputs []*os.File) {
	drained := make(chan struct{})
	var reading sync.WaitGroup
	for i, out := range outputs {
		to := []io.Writer{c.log}
		if i > 0 {
			to = []io.Writer{c.output}
		}
		if c.command.Await != "" {
			to = append(to, newWatch(c.command.Await, c.said))
		}
		reading.Go(func() {
			defer out.Close()
			buf := make([]byte, 32<<10)
			for {
				n, err := out.Read(buf)
				_, _ = io.MultiWriter(to...).Write(buf[:n])
				if err != nil {
					return
				}
			}
		})
	}
	go func() {
		reading.Wait()
		close(drained)
	}()
	<-c.reaped
	if c.command.PIDFile != "" {
		// Descendants of a killed Postgres go on until they notice; nobody wants them.
		if err := w.killFamily(c); err != nil {
			c.problems = append(c.problems, err.Error())
		}
		if err := removeSegment(c.command.PIDFile); err != nil {
			c.problems = append(c.problems, err.Error())
		}
	}
	// Looked up while its number cannot be anybody else's for long.
	left, err := family(c.pid, c.mark)
	c.alone = err == nil && len(left) == 0
	patience := 100 * time.Millisecond // a descendant keeps the output open; its lines are read on
	if c.alone {
		patience = drainTimeout
	}
	select {
	case <-drained:
	case <-time.After(patience):
	}
	close(c.over)
}

// reap collects every dead child: those that were started, and adopted orphans.
func (w *warden) reap() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, syscall.WNOHANG, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return
		}
		if c := w.byPID[pid]; c != nil {
			delete(w.byPID, pid) // the number may be used again
			c.status = status
			close(c.reaped)
		}
	}
}

// signal sends a signal to a process, unless it has ended.
func (w *warden) signal(c *child, s syscall.Signal) error {
	w.mu.Lock() // not reaped meanwhile, so the number is still its own
	defer w.mu.Unlock()
	if w.byPID[c.pid] != c {
		return nil
	}
	if err := syscall.Kill(c.pid, s); err != nil && err != syscall.ESRCH {
		return fmt.Errorf("send %v to %s (process %d): %w", s, c.name(), c.pid, err)
	}
	return nil
}

// stop ends a process by a signal, or by SIGKILL after its grace, and then all its descendants.
func (w *warden) stop(c *child, by syscall.Signal) error {
	select {
	case <-c.over:
		if c.alone {
			return nil
		}
	default:
	}
	// Looked up first: afterwards those that left group and session and lost their parent are known by their mark only.
	before, err := family(c.pid, c.mark)
	if err != nil {
		return err
	}
	if err := w.signal(c, by); err != nil {
		return err
	}
	select {
	case <-c.reaped:
	case <-time.After(c.command.grace()):
		if err := w.signal(c, syscall.SIGKILL); err != nil {
			return err
		}
	}
	select {
	case <-c.reaped:
	case <-time.After(killTimeout):
		return fmt.Errorf("%s (process %d) does not end, even by SIGKILL", c.name(), c.pid)
	}
	if err := w.killFamily(c, before...); err != nil {
		return err
	}
	<-c.over
	return nil
}

// killFamily kills a process's descendants until there are none. Those in also were its descendants when it lived.
func (w *warden) killFamily(c *child, also ...int) error {
	former := map[int]bool{}
	for _, pid := range also {
		former[pid] = true
	}
	return w.killAll(c.name(), func() ([]int, error) {
		found, err := family(c.pid, c.mark)
		if err != nil || len(former) == 0 {
			return found, err
		}
		// A number from before may be somebody else's by now, unless its owner is still a descendant of the guardian.
		ours, err := family(os.Getpid(), "")
		for _, pid := range ours {
			if former[pid] {
				found = append(found, pid)
			}
		}
		return found, err
	})
}

// killAll kills what find finds, again and again, for it may be forking, until nothing is left.
func (w *warden) killAll(of string, find func() ([]int, error)) error {
	deadline := time.Now().Add(killTimeout)
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		found, err := find()
		if err != nil {
			return err
		}
		if len(found) == 0 {
			return nil
		}
		for _, pid := range found {
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && err != syscall.ESRCH {
				return fmt.Errorf("kill process %d, a descendant of %s: %w", pid, of, err)
			}
		}
		w.reap()
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v, descendants of %s, do not end, even by SIGKILL", found, of)
		}
		time.Sleep(pause)
	}
}

// endAll ends every process, each by its own signal, side by side, and then whatever else descends from the guardian.
func (w *warden) endAll() []error {
	w.mu.Lock()
	w.closing = true
	var all []*child
	for _, c := range w.children {
		all = append(all, c)
	}
	w.mu.Unlock()

	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs []error
	)
	for _, c := range all {
		wg.Go(func() {
			if err := w.stop(c, c.command.stopSignal()); err != nil {
				mu.Lock()
				errs = append(errs, err)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if err := w.killAll("the guardian", func() ([]int, error) { return family(os.Getpid(), "") }); err != nil {
		errs = append(errs, err)
	}
	return errs
}

func (c *child) name() string {
	switch {
	case c.command.Name != "":
		return c.command.Name
	case c.command.Role != "":
		return c.command.Role
	}
	return filepath.Base(c.command.Path)
}
