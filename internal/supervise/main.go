package supervise

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
)

// Main runs the guardian and does not return, if this process was started as one; else it does nothing. Call it first in main or
// TestMain, before flags are parsed and before anything is printed.
func Main() {
	if os.Getenv(RoleEnv) != guardianRole {
		return
	}
	runtime.LockOSThread() // see warden.forks
	w := &warden{
		token:    strings.ToLower(rand.Text()),
		children: map[int]*child{},
		byPID:    map[int]*child{},
		forks:    make(chan func()),
		ended:    make(chan struct{}),
	}
	go w.run()
	for {
		select {
		case fork := <-w.forks:
			fork()
		case <-w.ended:
			os.Exit(0)
		}
	}
}

// run serves requests until the client closes the pipe, or dies, and then ends everything.
func (w *warden) run() {
	defer close(w.ended)
	_ = os.Unsetenv(RoleEnv)
	syscall.CloseOnExec(requestFD)
	syscall.CloseOnExec(replyFD)
	requests := os.NewFile(requestFD, "requests")
	w.out = &lines{w: os.NewFile(replyFD, "replies")}

	// Caught, not ignored: a started process would inherit "ignored". A guardian that is told to end does its work first.
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGPIPE)
	dead := make(chan os.Signal, 1)
	signal.Notify(dead, syscall.SIGCHLD)
	go func() {
		for range dead {
			w.reap()
		}
	}()

	if err := adoptOrphans(); err != nil {
		_ = w.out.write(reply{Hello: true, Error: err.Error()})
		return
	}
	if w.out.write(reply{Hello: true, Token: w.token, Limits: limits}) != nil {
		return
	}

	closed := make(chan struct{})
	go func() {
		defer close(closed)
		in := json.NewDecoder(requests)
		for {
			var r request
			if err := in.Decode(&r); err != nil {
				return // end of file, or half a line of a client that was killed
			}
			w.serve(r)
		}
	}()
	for open := true; open; {
		select {
		case <-closed:
			open = false
		case s := <-signals:
			open = s != syscall.SIGTERM
		}
	}

	var problems []string
	for _, err := range append(w.endAll(), w.ledger.clean()...) {
		problems = append(problems, err.Error())
	}
	_ = w.out.write(reply{Bye: true, Problems: problems})
}

// serve answers a request. What may take long answers later, from a goroutine of its own.
func (w *warden) serve(r request) {
	answer := func(a reply, err error) {
		a.ID = r.ID
		if err != nil {
			a.Error = err.Error()
			var errno syscall.Errno
			if errors.As(err, &errno) {
				a.Errno = int(errno)
			}
		}
		_ = w.out.write(a) // an unreachable client is noticed by the closed pipe
	}
	known := func() (*child, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if c := w.children[r.Process]; c != nil {
			return c, nil
		}
		return nil, fmt.Errorf("there is no process %d", r.Process)
	}
	switch r.Op {
	case opSpawn:
		go func() {
			c, err := w.spawn(int(r.ID), *r.Command)
			if err != nil {
				answer(reply{}, err)
				return
			}
			answer(reply{Process: c.id, PID: c.pid}, nil)
			<-c.over
			status := int(c.status)
			end := reply{Process: c.id, Exit: &status, Log: c.log.tail(), Problems: c.problems}
			c.log.drop() // nobody asks for it any more
			if c.output != nil {
				end.Output = c.output.tail()
				c.output.drop()
			}
			_ = w.out.write(end)
		}()
	case opSignal:
		c, err := known()
		if err == nil {
			err = w.signal(c, syscall.Signal(r.Signal))
		}
		answer(reply{}, err)
	case opStop:
		c, err := known()
		if err != nil {
			answer(reply{}, err)
			return
		}
		go func() { answer(reply{}, w.stop(c, c.command.stopSignal())) }()
	case opKill:
		c, err := known()
		if err != nil {
			answer(reply{}, err)
			return
		}
		go func() { answer(reply{}, w.stop(c, syscall.SIGKILL)) }()
	case opLog:
		c, err := known()
		if err != nil {
			answer(reply{}, err)
			return
		}
		answer(reply{Log: c.log.tail()}, nil)
	case opMemory:
		c, err := known()
		if err != nil {
			answer(reply{}, err)
			return
		}
		members, err := kin(c.pid, c.mark)
		var memory int64
		if err == nil {
			memory, err = resident(append(members, c.pid))
		}
		answer(reply{Memory: memory}, err)
	case opListens:
		c, err := known()
		var where []string
		if err == nil {
			var members []int
			if members, err = family(c.pid, c.mark); err == nil {
				where, err = listens(append(members, c.pid))
			}
		}
		answer(reply{Listens: where}, err)
	case opFolder, opContainer, opDatabase:
		w.ledger.add(*r.Item)
		answer(reply{}, nil)
	case opForget:
		w.ledger.drop(*r.Item)
		answer(reply{}, nil)
	default:
		answer(reply{}, fmt.Errorf("unknown request %q", r.Op))
	}
}
