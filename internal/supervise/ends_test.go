package supervise_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/syncspec/syncspec/internal/supervise"
)

// run is a client process that is up, with all its descendants.
type run struct {
	cmd     *exec.Cmd
	stdin   io.WriteCloser
	ready   ready
	pids    map[string]int
	reports string
}

func startClient(t *testing.T, end string) *run {
	t.Helper()
	r := &run{reports: t.TempDir(), pids: map[string]int{}}
	r.cmd = exec.Command(os.Args[0])
	r.cmd.Env = append(os.Environ(), supervise.RoleEnv+"=client", "CLIENT_END="+end, "REPORTS="+r.reports)
	r.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if end != "panic" {
		r.cmd.Stderr = os.Stderr
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if r.stdin, err = r.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-r.cmd.Process.Pid, syscall.SIGKILL) })
	if err := json.NewDecoder(out).Decode(&r.ready); err != nil {
		t.Fatalf("the client said nothing: %v", err)
	}
	for _, name := range targetProcesses {
		r.pids[name] = pid(t, r.reports, name)
	}
	r.pids["guardian"] = r.ready.Guardian
	return r
}

func (r *run) nothingLeft(t *testing.T) {
	t.Helper()
	for name, pid := range r.pids {
		eventually(t, name+" is still there", func() bool { return !alive(pid) })
	}
	eventually(t, r.ready.Folder+" is still there", func() bool {
		_, err := os.Stat(r.ready.Folder)
		return os.IsNotExist(err)
	})
}

func TestNothingIsLeft(t *testing.T) {
	for _, c := range []struct {
		end string
		act func(r *run) error
	}{
		{"success", func(r *run) error { return r.stdin.Close() }},
		{"exit", func(r *run) error { return r.stdin.Close() }},
		{"panic", func(r *run) error { return r.stdin.Close() }},
		{"Ctrl-C", func(r *run) error { return syscall.Kill(-r.cmd.Process.Pid, syscall.SIGINT) }}, // to the whole group
		{"kill -9", func(r *run) error { return r.cmd.Process.Kill() }},
		{"guardian told to end", func(r *run) error { return syscall.Kill(r.ready.Guardian, syscall.SIGTERM) }},
	} {
		t.Run(c.end, func(t *testing.T) {
			t.Parallel()
			r := startClient(t, c.end)
			if err := c.act(r); err != nil {
				t.Fatal(err)
			}
			waited := make(chan struct{})
			go func() { defer close(waited); _ = r.cmd.Wait() }()
			if c.end == "success" {
				<-waited
				// The client waited for its guardian: there is nothing to poll for.
				if alive(r.ready.Guardian) || r.cmd.ProcessState.ExitCode() != 0 {
					t.Errorf("guardian alive: %v, exit code %d", alive(r.ready.Guardian), r.cmd.ProcessState.ExitCode())
				}
			}
			r.nothingLeft(t)
		})
	}
}

// TestSecondLine kills the guardian itself.
func TestSecondLine(t *testing.T) {
	t.Run("while the client hangs", func(t *testing.T) {
		t.Parallel()
		r := startClient(t, "hang")
		t.Cleanup(func() { // a client that hangs for good removes nothing
			_ = r.cmd.Process.Kill()
			_ = os.RemoveAll(r.ready.Folder)
		})
		if err := syscall.Kill(r.cmd.Process.Pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Kill(r.ready.Guardian, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the target survived its guardian", func() bool { return !alive(r.pids["target"]) })
		_ = syscall.Kill(r.cmd.Process.Pid, syscall.SIGCONT)
		for _, name := range targetProcesses {
			eventually(t, name+" is still there", func() bool { return !alive(r.pids[name]) })
		}
	})
	t.Run("then the client cleans up", func(t *testing.T) {
		t.Parallel()
		r := startClient(t, "success")
		if err := syscall.Kill(r.ready.Guardian, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		if err := r.stdin.Close(); err != nil {
			t.Fatal(err)
		}
		go func() { _ = r.cmd.Wait() }()
		r.nothingLeft(t)
	})
}
