package supervise

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// helloTimeout is how long a started guardian may take to answer; a loaded machine with a large binary needs its time.
const helloTimeout = 20 * time.Second

// ErrLost is returned when the guardian has ended: killed, or closed already.
var ErrLost = errors.New("the guardian process is gone")

// Guardian is the client's side of a guardian process. It is safe for concurrent use.
type Guardian struct {
	pid    int
	limits string
	token  string // begins the mark of all its processes
	out    *lines
	pipe   *os.File
	ledger ledger // a copy, for the case that the guardian is killed

	gone   chan struct{} // closed when the guardian's end of the pipe is
	exited chan struct{} // closed when its process is

	mu        sync.Mutex
	next      int64
	waiting   map[int64]chan reply
	processes map[int]*Process
	bye       *reply
	lostErr   error // of ending its processes after it was killed

	closeOnce sync.Once
	closeErr  error
}

// Start starts a guardian process. It fails if the binary does not call Main, and where no process can be started.
func Start(ctx context.Context) (*Guardian, error) {
	if os.Getenv(RoleEnv) == guardianRole {
		return nil, errors.New("this process was started as a guardian and went on as something else; " +
			"call supervise.Main first in main or TestMain")
	}
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to run it as guardian: %w", err)
	}
	theirRequests, requests, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe to the guardian: %w", err)
	}
	defer theirRequests.Close()
	replies, theirReplies, err := os.Pipe()
	if err != nil {
		requests.Close()
		return nil, fmt.Errorf("make a pipe to the guardian: %w", err)
	}
	defer theirReplies.Close()

	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), RoleEnv+"="+guardianRole)
	cmd.ExtraFiles = []*os.File{theirRequests, theirReplies}
	// A session of its own: Ctrl-C goes to the terminal's foreground group, and must not reach the one that cleans up after it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		requests.Close()
		replies.Close()
		return nil, fmt.Errorf("start the guardian, %s: %w", self, err)
	}
	g := &Guardian{
		pid: cmd.Process.Pid, pipe: requests, out: &lines{w: requests},
		gone: make(chan struct{}), exited: make(chan struct{}), waiting: map[int64]chan reply{}, processes: map[int]*Process{},
	}
	hello := make(chan reply, 1)
	go g.receive(replies, hello)
	go func() {
		defer close(g.exited)
		_ = cmd.Wait() // says only how it ended; its last reply says what it did
	}()

	fail := func(err error) (*Guardian, error) {
		_ = cmd.Process.Kill()
		_ = requests.Close()
		<-g.exited
		return nil, fmt.Errorf("start the guardian: %w", err)
	}
	timer := time.NewTimer(helloTimeout)
	defer timer.Stop()
	select {
	case h := <-hello:
		if h.Error != "" {
			return fail(errors.New(h.Error))
		}
		g.limits = h.Limits
		return g, nil
	case <-g.gone:
		return fail(errors.New("it ended at once; does main or TestMain call supervise.Main first?"))
	case <-timer.C:
		return fail(fmt.Errorf("no answer within %v; does main or TestMain call supervise.Main first?", helloTimeout))
	case <-ctx.Done():
		return fail(ctx.Err())
	}
}

// receive reads replies until the guardian is gone.
func (g *Guardian) receive(replies *os.File, hello chan<- reply) {
	defer replies.Close()
	in := json.NewDecoder(bufio.NewReader(replies))
	for {
		var r reply
		if err := in.Decode(&r); err != nil {
			break
		}
		g.mu.Lock()
		switch {
		case r.Hello:
			g.token = r.Token
			hello <- r
		case r.Bye:
			g.bye = &r
		case r.ID != 0:
			if r.Process != 0 && r.Error == "" {
				g.processes[r.Process].started(r.PID)
			}
			if c := g.waiting[r.ID]; c != nil {
				delete(g.waiting, r.ID)
				c <- r
			}
		case r.Said:
			if p := g.processes[r.Process]; p != nil {
				p.hasSaid()
			}
		case r.Exit != nil:
			if p := g.processes[r.Process]; p != nil {
				p.ended(r)
				delete(g.processes, r.Process) // there is nothing more to be told of it
			}
		}
		g.mu.Unlock()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.bye == nil {
		g.lostErr = g.endStrays() // now, while the numbers of its processes cannot be anybody else's
	}
	close(g.gone)
	for _, p := range g.processes {
		p.lost()
	}
}

// call sends a request and waits for its reply.
func (g *Guardian) call(ctx context.Context, r request, prepare func(id int64)) (reply, error) {
	c := make(chan reply, 1)
	g.mu.Lock()
	g.next++
	r.ID = g.next
	g.waiting[r.ID] = c
	if prepare != nil {
		prepare(r.ID)
	}
	g.mu.Unlock()
	defer func() {
		g.mu.Lock()
		delete(g.waiting, r.ID)
		g.mu.Unlock()
	}()
	if err := g.out.write(r); err != nil {
		return reply{}, ErrLost
	}
	select {
	case a := <-c:
		return a, a.err()
	case <-g.gone:
		select {
		case a := <-c: // answered just before
			return a, a.err()
		default:
			return reply{}, ErrLost
		}
	case <-ctx.Done():
		return reply{}, ctx.Err()
	}
}

// err is the reply's error; a system's error number survives the way over the pipe.
func (r reply) err() error {
	switch {
	case r.Error == "":
		return nil
	case r.Errno != 0:
		if prefix, ok := strings.CutSuffix(r.Error, syscall.Errno(r.Errno).Error()); ok {
			return fmt.Errorf("%s%w", prefix, syscall.Errno(r.Errno))
		}
	}
	return errors.New(r.Error)
}

// PID is the guardian's process id.
func (g *Guardian) PID() int { return g.pid }

// Limits says in one sentence what the guardian cannot do on this system; empty on Linux.
func (g *Guardian) Limits() string { return g.limits }

// Remove registers a folder that is removed in the end, with all that is in it. forget takes it from the list again, for a folder
// that was removed already. System folders, relative paths and the like are refused.
func (g *Guardian) Remove(path string) (forget func(), err error) {
	return g.register(opFolder, item{Folder: path, Settled: true})
}

// TempDir makes a folder with a random name that is removed in the end: in parent, or in os.TempDir if that is empty. It is
// registered before it is made, so there is no moment at which a kill could leave it.
func (g *Guardian) TempDir(parent, prefix string) (path string, forget func(), err error) {
	if parent == "" {
		parent = os.TempDir()
	}
	path = filepath.Join(parent, prefix+strings.ToLower(rand.Text()[:12]))
	forget, err = g.Remove(path)
	if err != nil {
		return "", nil, err
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		forget()
		return "", nil, fmt.Errorf("make a temporary folder: %w", err)
	}
	return path, forget, nil
}

// Container registers a label, "key" or "key=value", whose containers are removed in the end. Register it before a container
// with it is created, and call settled when the engine has answered the request that creates the last one: until then the
// guardian takes into account that one may still come into being. Call forget when all of them have been removed already. engine is the engine's address as DOCKER_HOST has it; if empty,
// the environment decides.
func (g *Guardian) Container(engine, label string) (settled func() error, forget func(), err error) {
	i := item{Engine: engine, Label: label}
	forget, err = g.register(opContainer, i)
	if err != nil {
		return nil, nil, err
	}
	return func() error {
		i.Settled = true
		_, err := g.register(opContainer, i)
		return err
	}, forget, nil
}

// Database registers a database that is dropped in the end. The dsn goes to the guardian through its pipe, never through
// arguments or environment, and appears in no error. Register the name before the database is created, and call forget when it
// has been dropped already.
func (g *Guardian) Database(dsn, name string) (forget func(), err error) {
	return g.register(opDatabase, item{DSN: dsn, Database: name})
}

func (g *Guardian) register(op string, i item) (func(), error) {
	if err := i.valid(); err != nil {
		return nil, fmt.Errorf("register with the guardian: %w", err)
	}
	g.ledger.add(i)
	if _, err := g.call(context.Background(), request{Op: op, Item: &i}, nil); err != nil {
		g.ledger.drop(i)
		return nil, fmt.Errorf("register with the guardian: %w", err)
	}
	return func() {
		g.ledger.drop(i)
		_, _ = g.call(context.Background(), request{Op: opForget, Item: &i}, nil) // a lost guardian removes nothing anyway
	}, nil
}

// Close ends everything: processes each by its own signal, then their descendants, then what was registered. It waits until the
// guardian is gone, and returns what could not be ended or removed. If the guardian was killed, Close does what it can do itself.
// Further calls return the first one's result.
func (g *Guardian) Close() error {
	g.closeOnce.Do(func() { g.closeErr = g.close() })
	return g.closeErr
}

func (g *Guardian) close() error {
	_ = g.pipe.Close()
	<-g.gone
	<-g.exited
	g.mu.Lock()
	bye := g.bye
	g.mu.Unlock()
	var errs []error
	if bye != nil {
		for _, p := range bye.Problems {
			errs = append(errs, errors.New(p))
		}
		return errors.Join(errs...)
	}
	// It was killed. Its processes have been ended; what it would have removed is removed here.
	return errors.Join(append([]error{g.lostErr}, g.ledger.clean()...)...)
}
