package supervise

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
)

// Process is a process that the guardian started. It is safe for concurrent use.
type Process struct {
	g       *Guardian
	id      int
	command Command
	done    chan struct{}
	said    chan struct{}
	hasSaid func() // closes said, once

	mu   sync.Mutex
	pid  int
	over bool
	err  error
	log  []byte
	out  []byte
}

// ExitError tells how a process ended that did not end with code 0.
type ExitError struct {
	Name   string
	Code   int            // -1 if it was ended by a signal
	Signal syscall.Signal // 0 if it ended by itself
}

// Error says which process ended and how.
func (e *ExitError) Error() string {
	if e.Signal != 0 {
		return fmt.Sprintf("%s was ended by the signal %q", e.Name, e.Signal)
	}
	return fmt.Sprintf("%s ended with exit code %d", e.Name, e.Code)
}

// Spawn has the guardian start a process. errors.Is finds fs.ErrNotExist and fs.ErrPermission where the program cannot be
// executed. The process is not bound to ctx, which only bounds the start.
func (g *Guardian) Spawn(ctx context.Context, command Command) (*Process, error) {
	if command.Name == "" {
		command.Name = filepath.Base(command.Path)
		if command.Role != "" {
			command.Name = command.Role
		}
	}
	fail := func(err error) (*Process, error) { return nil, fmt.Errorf("start %s: %w", command.Name, err) }
	if command.Role == "" {
		path, err := exec.LookPath(command.Path)
		if err != nil {
			return fail(err)
		}
		// The working folder may be another one than ours, which a relative path is relative to.
		if command.Path, err = filepath.Abs(path); err != nil {
			return fail(err)
		}
	}
	if command.Env == nil {
		command.Env = os.Environ() // ours may have changed since the guardian was started
	}
	said := make(chan struct{})
	p := &Process{g: g, command: command, done: make(chan struct{}), said: said, hasSaid: sync.OnceFunc(func() { close(said) })}
	_, err := g.call(ctx, request{Op: opSpawn, Command: &command}, func(id int64) {
		p.id = int(id)
		g.processes[p.id] = p
	})
	if err != nil {
		// After an ended ctx it may be running all the same; nobody will ever ask for it.
		if ctx.Err() != nil {
			go func() { _, _ = g.call(context.Background(), request{Op: opStop, Process: p.id}, nil) }()
		}
		g.mu.Lock()
		delete(g.processes, p.id)
		g.mu.Unlock()
		return fail(err)
	}
	return p, nil
}

func (p *Process) started(pid int) {
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.pid = pid
}

func (p *Process) ended(r reply) {
	status := syscall.WaitStatus(*r.Exit)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.over {
		return
	}
	p.over, p.log, p.out = true, r.Log, r.Output
	switch {
	case status.Signaled():
		p.err = &ExitError{Name: p.command.Name, Code: -1, Signal: status.Signal()}
	case status.ExitStatus() != 0:
		p.err = &ExitError{Name: p.command.Name, Code: status.ExitStatus()}
	}
	for _, s := range r.Problems {
		p.err = errors.Join(p.err, errors.New(s))
	}
	close(p.done)
}

func (p *Process) lost() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.over {
		p.over, p.err = true, fmt.Errorf("%s: %w", p.command.Name, ErrLost)
		close(p.done)
	}
}

// PID is the process id. It may be somebody else's once Done is closed.
func (p *Process) PID() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

// Done is closed when the process has ended, its output has been read, and Log is complete.
func (p *Process) Done() <-chan struct{} { return p.done }

// ExitError tells how the process ended: nil while it runs and after exit code 0, else an *ExitError, or ErrLost if the guardian
// was lost and nothing is known.
func (p *Process) ExitError() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.err
}

// Wait waits for the end of the process, and returns ExitError or ctx's error.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-p.done:
		return p.ExitError()
	case <-ctx.Done():
		return fmt.Errorf("wait for the end of %s: %w", p.command.Name, ctx.Err())
	}
}

// Signal sends a signal to the process alone, not to its descendants. A process that has ended gets none, without an error.
func (p *Process) Signal(s syscall.Signal) error {
	_, err := p.g.call(context.Background(), request{Op: opSignal, Process: p.id, Signal: int(s)}, nil)
	return err
}

// Stop ends the process by its stop signal, or by SIGKILL after its grace, and all its descendants, and waits until they are gone.
// How the process ended is no error. Also after the process ended by itself, Stop ends the descendants that it left.
func (p *Process) Stop(ctx context.Context) error { return p.end(ctx, opStop) }

// Kill is Stop by SIGKILL, at once.
func (p *Process) Kill(ctx context.Context) error { return p.end(ctx, opKill) }

func (p *Process) end(ctx context.Context, op string) error {
	if _, err := p.g.call(ctx, request{Op: op, Process: p.id}, nil); err != nil {
		return fmt.Errorf("%s %s: %w", op, p.command.Name, err)
	}
	select {
	case <-p.done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("%s %s: %w", op, p.command.Name, ctx.Err())
	}
}

// Said is closed when the process has written the text of Command.Await.
func (p *Process) Said() <-chan struct{} { return p.said }

// Output returns the tail of standard output, once the process has ended, where Command.KeepOutput keeps it apart.
func (p *Process) Output() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]byte(nil), p.out...)
}

// Log returns the tail of standard output and error, in the order of their arrival and at most LogLimit bytes; of standard
// error alone where Command.KeepOutput keeps the other apart. Of a process whose guardian was lost it returns what the last call
// returned.
func (p *Process) Log() []byte {
	r, err := p.ask(opLog)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err == nil && !p.over {
		p.log = r.Log
	}
	return append([]byte(nil), p.log...)
}

// Resident returns the resident memory of the process and its descendants in bytes; 0 after its end.
func (p *Process) Resident() (int64, error) {
	r, err := p.ask(opMemory)
	if err != nil {
		return 0, fmt.Errorf("read the memory of %s: %w", p.command.Name, err)
	}
	return r.Memory, nil
}

// Listens returns the TCP addresses at which the process and its descendants take connections; none where that cannot be known.
func (p *Process) Listens() ([]string, error) {
	r, err := p.ask(opListens)
	if err != nil {
		return nil, fmt.Errorf("look for the addresses of %s: %w", p.command.Name, err)
	}
	return r.Listens, nil
}

// ask asks the guardian about the process while it runs.
func (p *Process) ask(op string) (reply, error) {
	select {
	case <-p.done:
		return reply{}, nil
	default:
		return p.g.call(context.Background(), request{Op: op, Process: p.id}, nil)
	}
}
