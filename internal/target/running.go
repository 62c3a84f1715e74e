package target

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/syncspec/syncspec/internal/supervise"
)

// errAttached says what cannot be done with a target that is not the run's.
var errAttached = errors.New("the target was started by somebody else, who alone can end it")

// Exited returns a sentence once a process of the target has ended that was not told to, else "".
func (r *Running) Exited() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.exited()
}

func (r *Running) exited() string {
	if r.down || r.how != "" {
		return r.how
	}
	for _, u := range r.units {
		if u.process == nil {
			continue
		}
		select {
		case <-u.process.Done():
		default:
			continue
		}
		if err := u.process.ExitError(); err != nil {
			return fmt.Sprintf("the target's process ended: %v", err)
		}
		return "the target's process " + u.label + " ended by itself with exit code 0"
	}
	return ""
}

// ExitedWithin is Exited, for the moment after an answer failed to come: a dying process breaks its connections before
// its end is known.
func (r *Running) ExitedWithin(d time.Duration) string {
	deadline := time.Now().Add(d)
	for {
		how := r.Exited()
		left := time.Until(deadline)
		if how != "" || left <= 0 {
			return how
		}
		time.Sleep(min(glance, left))
	}
}

// Stop ends the target's processes, each by SIGTERM and after a while by SIGKILL, with all their descendants.
func (r *Running) Stop(ctx context.Context) error {
	if r.memory != nil {
		r.memory.stop()
	}
	defer r.http.CloseIdleConnections()
	return r.end(ctx, (*supervise.Process).Stop)
}

// Kill ends the target's processes at once, by SIGKILL, as a machine does that runs out of memory.
func (r *Running) Kill(ctx context.Context) error {
	if len(r.units) == 0 {
		return r.unkillable()
	}
	defer r.http.CloseIdleConnections()
	return r.end(ctx, (*supervise.Process).Kill)
}

// Restart starts the target's processes anew, at the same addresses, and waits until they are ready. Those that still run
// are stopped.
func (r *Running) Restart(ctx context.Context) error {
	if len(r.units) == 0 {
		return r.unkillable()
	}
	if err := r.end(ctx, (*supervise.Process).Stop); err != nil {
		return fmt.Errorf("stopping %s to start it anew: %w", r.name(), err)
	}
	r.http.CloseIdleConnections() // they lead to the one before
	err := r.up(ctx)
	var e *Error
	if errors.As(err, &e) && e.Cause == "target-exited" && r.taken() {
		e.Detail += "; meanwhile somebody else took its port"
	}
	return err
}

// unkillable is why a target without processes cannot be killed.
func (r *Running) unkillable() error {
	e := &Error{Verb: "kill", Cause: "target-lacks", Detail: "the target has no process of its own that could be killed"}
	if r.launch.Profile.Target.Attach != nil {
		e.err, e.Detail = errAttached, errAttached.Error()
	}
	return e
}

// end ends all processes side by side. That one did so by itself before is kept.
func (r *Running) end(ctx context.Context, by func(*supervise.Process, context.Context) error) error {
	r.mu.Lock()
	r.how, r.down = r.exited(), true
	r.mu.Unlock()
	processes := r.processes()
	var wg sync.WaitGroup
	errs := make([]error, len(processes))
	for i, p := range processes {
		wg.Go(func() { errs[i] = by(p, ctx) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// processes are all that were started: also commands that ended, for they may have left others behind.
func (r *Running) processes() []*supervise.Process {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := slices.Clone(r.commands)
	for _, u := range r.units {
		if u.process != nil {
			all = append(all, u.process)
		}
	}
	return all
}
