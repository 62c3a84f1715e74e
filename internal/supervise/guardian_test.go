package supervise_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/supervise"
)

func guardian(t *testing.T) *supervise.Guardian {
	t.Helper()
	g, err := supervise.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

func TestOutputAndExitCode(t *testing.T) {
	t.Parallel()
	g := guardian(t)
	p, err := g.Spawn(t.Context(), supervise.Command{Role: "flood", LogLimit: 4096})
	if err != nil {
		t.Fatal(err)
	}
	var exit *supervise.ExitError
	if err := p.Wait(t.Context()); !errors.As(err, &exit) || exit.Code != 3 {
		t.Errorf("got %v, want exit code 3", err)
	}
	log := p.Log()
	if len(log) > 4096 || !bytes.HasSuffix(log, []byte("the last line\n")) {
		t.Errorf("%d bytes of log, ending in %q", len(log), log[max(0, len(log)-40):])
	}

	p, err = g.Spawn(t.Context(), supervise.Command{Role: "echo", Args: []string{"a b", "c"}, Env: []string{"SECRET=hidden"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(t.Context()); err != nil {
		t.Error(err)
	}
	if got := string(p.Log()); got != "a b c hidden\n" {
		t.Errorf("log: %q", got)
	}
}

func TestStop(t *testing.T) {
	t.Parallel()
	g := guardian(t)
	reports := t.TempDir()
	p, err := g.Spawn(t.Context(), supervise.Command{
		Role: "target", Grace: 20 * time.Millisecond, Env: append(os.Environ(), "REPORTS="+reports),
	})
	if err != nil {
		t.Fatal(err)
	}
	other, err := g.Spawn(t.Context(), supervise.Command{Path: "sleep", Args: []string{"1000"}})
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, name := range targetProcesses {
		pids = append(pids, pid(t, reports, name))
	}
	if memory, err := p.Resident(); err != nil || memory < 1<<20 {
		t.Errorf("resident memory %d, %v", memory, err)
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, pid := range pids {
		if alive(pid) {
			t.Errorf("%s is alive after Stop", targetProcesses[i])
		}
	}
	var exit *supervise.ExitError
	if !errors.As(p.ExitError(), &exit) || exit.Signal != syscall.SIGKILL {
		t.Errorf("ended by %v, want SIGKILL", p.ExitError())
	}
	if !alive(other.PID()) {
		t.Error("Stop ended another process")
	}
	if err := p.Stop(t.Context()); err != nil {
		t.Errorf("second Stop: %v", err)
	}
	if err := other.Signal(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	if err := other.Wait(t.Context()); !errors.As(err, &exit) || exit.Signal != syscall.SIGTERM {
		t.Errorf("ended by %v, want SIGTERM", err)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	g := guardian(t)
	if _, err := g.Spawn(t.Context(), supervise.Command{Path: "/nonexistent/program"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	text := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(text, []byte("not a program"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := g.Spawn(t.Context(), supervise.Command{Path: text}); !errors.Is(err, syscall.ENOEXEC) {
		t.Errorf("got %v", err)
	}
	if _, err := g.Spawn(t.Context(), supervise.Command{Path: "true", Dir: "/nonexistent"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Spawn(ctx, supervise.Command{Path: "sleep", Args: []string{"1000"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	home, _ := os.UserHomeDir()
	for _, path := range []string{"", "relative", "/", "/usr", "/usr/lib", "/tmp", os.TempDir(), home, "/var/../etc"} {
		if _, err := g.Remove(path); err == nil {
			t.Errorf("Remove(%q) was accepted", path)
		}
	}
}

func TestForget(t *testing.T) {
	t.Parallel()
	g := guardian(t)
	kept, removed := t.TempDir(), t.TempDir()
	forget, err := g.Remove(kept)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Remove(removed); err != nil {
		t.Fatal(err)
	}
	forget()
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(kept); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(removed); !os.IsNotExist(err) {
		t.Errorf("%s: %v", removed, err)
	}
	if _, err := g.Spawn(t.Context(), supervise.Command{Path: "true"}); !errors.Is(err, supervise.ErrLost) {
		t.Errorf("after Close: %v", err)
	}
}

// TestProblems: what cannot be removed is told, without the password.
func TestProblems(t *testing.T) {
	t.Parallel()
	g, err := supervise.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Database("postgres://someone:passw0rd@127.0.0.1:1/postgres", "syncspec_x"); err != nil {
		t.Fatal(err)
	}
	err = g.Close()
	if err == nil || !strings.Contains(err.Error(), "syncspec_x") || strings.Contains(err.Error(), "passw0rd") {
		t.Errorf("got %v", err)
	}
}

// TestKill: at once, whatever the process would do about a signal, and all that it started.
func TestKill(t *testing.T) {
	t.Parallel()
	g := guardian(t)
	reports := t.TempDir()
	p, err := g.Spawn(t.Context(), supervise.Command{Role: "target", Grace: time.Hour, Env: append(os.Environ(), "REPORTS="+reports)})
	if err != nil {
		t.Fatal(err)
	}
	var pids []int
	for _, name := range targetProcesses {
		pids = append(pids, pid(t, reports, name))
	}
	if err := p.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, pid := range pids {
		if alive(pid) {
			t.Errorf("%s is alive after Kill", targetProcesses[i])
		}
	}
	if err := p.Kill(t.Context()); err != nil {
		t.Errorf("second Kill: %v", err)
	}
}

// TestResidentCountsDescendants: wherever they went.
func TestResidentCountsDescendants(t *testing.T) {
	t.Parallel()
	g := guardian(t)
	alone, err := g.Spawn(t.Context(), supervise.Command{Role: "leaf", Env: append(os.Environ(), "REPORTS="+t.TempDir(), "LEAF=alone")})
	if err != nil {
		t.Fatal(err)
	}
	reports := t.TempDir()
	p, err := g.Spawn(t.Context(), supervise.Command{Role: "target", Grace: time.Millisecond, Env: append(os.Environ(), "REPORTS="+reports)})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range targetProcesses {
		pid(t, reports, name)
	}
	eventually(t, "five processes of one program have not four times the memory of one", func() bool {
		one, err := alone.Resident()
		all, allErr := p.Resident()
		return err == nil && allErr == nil && one > 0 && all > 4*one
	})
}

// TestSaid: a text is noticed across reads, on either stream, and however much is written.
func TestSaid(t *testing.T) {
	t.Parallel()
	g := guardian(t)
	for name, c := range map[string]struct {
		command supervise.Command
		said    bool
	}{
		"in two writes": {supervise.Command{Path: "sh", Args: []string{"-c", "printf rea; sleep 0.05; echo dy >&2"}, Await: "ready"}, true},
		"kept apart":    {supervise.Command{Path: "sh", Args: []string{"-c", "echo ready"}, Await: "ready", KeepOutput: true}, true},
		"at the end":    {supervise.Command{Role: "flood", LogLimit: 64, Await: "last line"}, true},
		"in a flood":    {supervise.Command{Path: "sh", Args: []string{"-c", "echo ready; yes | head -c 20000000"}, LogLimit: 64, Await: "ready"}, true},
		"never":         {supervise.Command{Path: "sh", Args: []string{"-c", "echo read y"}, Await: "ready"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := g.Spawn(t.Context(), c.command)
			if err != nil {
				t.Fatal(err)
			}
			_ = p.Wait(t.Context()) // how it ends is not what this is about
			select {
			case <-p.Said():
				if !c.said {
					t.Error("it did not say that")
				}
			default:
				if c.said {
					t.Errorf("it was not noticed; the log: %s", p.Log())
				}
			}
		})
	}
}

func TestOutputApart(t *testing.T) {
	t.Parallel()
	g := guardian(t)
	p, err := g.Spawn(t.Context(), supervise.Command{Path: "sh", Args: []string{"-c", "echo result; echo complaint >&2"}, KeepOutput: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if out, log := string(p.Output()), string(p.Log()); out != "result\n" || log != "complaint\n" {
		t.Errorf("output %q, log %q", out, log)
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		g, err := supervise.Start(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		if err := g.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
