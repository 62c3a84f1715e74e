package target

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/supervise"
)

// stopGrace is how long a target may take to end when asked. Nobody needs its data any more, and whoever pressed Ctrl-C
// waits for it.
const stopGrace = 2 * time.Second

// Launch says how to start a target's process.
type Launch struct {
	// Name is what messages call it.
	Name string
	// Command is the process. Its Env gets LISTEN added, see ListenEnv.
	Command supervise.Command
	// ListenEnv is the variable that tells the process its loopback address, 127.0.0.1:port.
	ListenEnv string
	// Ready bounds the time until its health endpoint answers, Call that of each verb.
	Ready, Call time.Duration
}

// Running is a started target.
type Running struct {
	*Client
	process *supervise.Process
	name    string
}

// Start starts the process and waits until it is ready. The guardian ends it at the latest with itself.
func Start(ctx context.Context, g *supervise.Guardian, l Launch) (*Running, error) {
	// Between finding a free port and the target's listening somebody else may take it: then another one is tried.
	for attempt := 1; ; attempt++ {
		addr, err := freeAddress()
		if err != nil {
			return nil, err
		}
		cmd := l.Command
		if cmd.Grace == 0 {
			cmd.Grace = stopGrace
		}
		cmd.Env = append(cmd.Env[:len(cmd.Env):len(cmd.Env)], l.ListenEnv+"="+addr)
		p, err := g.Spawn(ctx, cmd)
		if err != nil {
			return nil, &Error{Verb: "start", Cause: "target-not-started", Detail: fmt.Sprintf("%s could not be started: %v", l.Name, err), err: err}
		}
		r := &Running{Client: NewClient("http://"+addr, l.Call), process: p, name: l.Name}
		err = r.ready(ctx, l.Ready)
		if err == nil {
			return r, nil
		}
		exited := r.Exited() != ""
		if stopErr := p.Stop(context.WithoutCancel(ctx)); stopErr != nil && !exited {
			return nil, errors.Join(err, fmt.Errorf("stopping %s, which never got ready: %w", l.Name, stopErr))
		}
		if exited && taken(addr) && attempt < 3 {
			continue
		}
		return nil, err
	}
}

func (r *Running) ready(ctx context.Context, within time.Duration) error {
	outer := ctx
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	probe := NewClient(r.BaseURL(), time.Second)
	defer probe.Close()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	var last, seen error
	for {
		if last = probe.Ready(ctx); last == nil {
			return nil
		}
		if seen == nil || ctx.Err() == nil { // what the deadline cut off says nothing of the target
			seen = last
		}
		select {
		case <-r.process.Done():
			return &Error{Verb: "start", Cause: "target-exited", err: last, Log: r.Log(),
				Detail: r.Exited() + " before it was ready"}
		case <-ctx.Done():
			if outer.Err() != nil {
				return fmt.Errorf("waiting for %s to get ready: %w", r.name, outer.Err())
			}
			return &Error{Verb: "start", Cause: "target-not-ready", err: last, Log: r.Log(),
				Detail: fmt.Sprintf("%s runs, but GET %s/healthz did not answer 200 within %s (%s)", r.name, r.BaseURL(), within, reason(seen))}
		case <-tick.C:
		}
	}
}

// Log returns the tail of the process's log.
func (r *Running) Log() string {
	log := strings.TrimSpace(string(r.process.Log()))
	if log == "" {
		return "(nothing)"
	}
	const most = 4 << 10
	if len(log) > most {
		log = "… " + log[len(log)-most:]
	}
	return log
}

// Exited returns a sentence once the process has ended, else "".
func (r *Running) Exited() string {
	select {
	case <-r.process.Done():
	default:
		return ""
	}
	if err := r.process.ExitError(); err != nil {
		return fmt.Sprintf("the target's process ended: %v", err)
	}
	return "the target's process " + r.name + " ended by itself with exit code 0"
}

// PID is the process's id.
func (r *Running) PID() int { return r.process.PID() }

// Process is the supervised process.
func (r *Running) Process() *supervise.Process { return r.process }

// ExitedWithin is Exited, for the moment after an answer failed to come: a dying process breaks its connections before
// its end is known.
func (r *Running) ExitedWithin(d time.Duration) string {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-r.process.Done():
	case <-timer.C:
	}
	return r.Exited()
}

// reason is an error of a verb without the verb's name.
func reason(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Detail
	}
	return fmt.Sprint(err)
}

func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("looking for a free port on 127.0.0.1: %w", err)
	}
	defer l.Close()
	return l.Addr().String(), nil
}

func taken(addr string) bool {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return true
	}
	l.Close()
	return false
}
