package target_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/supervise"
	"github.com/syncspec/syncspec/internal/target"
)

// calls is a target whose verbs do something to its process.
func calls(s profile.Start) profile.Target {
	return profile.Target{Start: &s, Verbs: &profile.VerbMap{
		Disconnect: &profile.Verb{HTTP: "POST /die"}, Retry: &profile.Verb{HTTP: "POST /hang", Within: "200ms"}, Connect: &profile.Verb{HTTP: "POST /grow"},
	}}
}

func TestReadiness(t *testing.T) {
	t.Parallel()
	for name, ready := range map[string]*profile.Ready{
		"by default": nil, "path": {HTTP: "/healthz?port={port}"}, "port": {Port: true}, "log": {Log: "listens"},
	} {
		t.Run(name, func(t *testing.T) {
			s := odd("late")
			s.Ready = ready
			r := start(t, profile.Target{Start: &s})
			if err := r.Ready(t.Context()); err != nil {
				t.Error(err)
			}
			if r.Exited() != "" || !strings.HasPrefix(r.BaseURL(), "http://127.0.0.1:") {
				t.Errorf("%q at %s", r.Exited(), r.BaseURL())
			}
		})
	}
	t.Run("started", func(t *testing.T) {
		s := odd("silent")
		s.Ready = &profile.Ready{Started: true}
		start(t, profile.Target{Start: &s})
	})
}

func TestNotReady(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		start profile.Start
		ready profile.Ready
		cause string
		says  []string
	}{
		"no answer":          {odd("silent"), profile.Ready{HTTP: "/healthz"}, "target-not-ready", []string{"odd runs, but GET http://127.0.0.1:", "/healthz did not answer 200 within 300ms (no answer", "connection refused)"}},
		"no such page":       {odd("good"), profile.Ready{HTTP: "/health"}, "target-not-ready", []string{"/health did not answer 200 within 300ms (GET /health answered 404: "}},
		"no line":            {odd("good"), profile.Ready{Log: "up and running"}, "target-not-ready", []string{`it wrote no line with "up and running"`, "listens"}},
		"crash":              {odd("crash"), profile.Ready{HTTP: "/healthz"}, "target-exited", []string{"odd ended with exit code 3 before it was ready", "panic: no table called orders", "connecting to the database"}},
		"no program":         {profile.Start{Command: []string{"./no-such-program"}}, profile.Ready{Started: true}, "target-not-started", []string{"odd could not be started", "no-such-program", "check that the command's path exists"}},
		"listens elsewhere":  {odd("good", "PORT=0"), profile.Ready{Port: true}, "target-not-ready", []string{"it takes connections at 127.0.0.1:", ", and not at 127.0.0.1:", ", which it was given", "write {port} in the place of the port"}},
		"listens everywhere": {odd("good", "LISTEN=:{port}"), profile.Ready{HTTP: "/health"}, "target-not-ready", []string{"(GET /health answered 404: 404 page not found)\n"}},
		"unknown value":      {odd("good", "WEB={source.proxy}"), profile.Ready{Started: true}, "profile-placeholder", []string{"there is no value for {source.proxy}"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.ready.Within = "300ms"
			c.start.Ready = &c.ready
			if name == "crash" {
				c.ready.Within = "10s"
			}
			started := time.Now()
			_, err := target.Start(t.Context(), guardian(t), of(profile.Target{Start: &c.start}))
			fails(t, err, c.cause, c.says...)
			if name == "crash" && time.Since(started) > 5*time.Second {
				t.Error("a process that has ended was waited for")
			}
		})
	}
}

// TestOnePortForTwo: a target that listens where it wants to can be there once.
func TestOnePortForTwo(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(l.Addr().String())
	l.Close()
	s := odd("fixed", "FIXED="+port)
	s.Ready = &profile.Ready{Log: "listens"}
	start(t, profile.Target{Start: &s})
	_, err = target.Start(t.Context(), guardian(t), of(profile.Target{Start: &s}))
	fails(t, err, "target-exited", "its log says that a port is taken", port, "write {port} in the place of the port", "attach")
}

func TestProcesses(t *testing.T) {
	t.Parallel()
	report := filepath.Join(t.TempDir(), "enough")
	web, worker, weary := odd("good"), odd("worker", "WEB={port.web} {target.url} {port}"), odd("weary", "REPORT="+report)
	worker.Ready, weary.Ready = &profile.Ready{Log: "waiting for work"}, &profile.Ready{Log: "working"}
	r := start(t, profile.Target{Processes: []profile.Process{{Name: "web", Start: web}, {Name: "worker", Start: worker}, {Name: "weary", Start: weary}}})
	port := r.BaseURL()[strings.LastIndex(r.BaseURL(), ":")+1:]
	log := r.Log()
	for _, line := range []string{"web | process ", "worker | waiting for work, with " + port + " http://127.0.0.1:" + port + " ", "weary | working"} {
		if !strings.Contains(log, line) {
			t.Errorf("the log lacks %q:\n%s", line, log)
		}
	}
	if strings.Contains(log, port+" "+r.BaseURL()+" "+port+"\n") {
		t.Error("the worker has the web's port as its own")
	}
	if err := os.WriteFile(report, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if how := r.ExitedWithin(10 * time.Second); how != "the target's process odd/weary ended by itself with exit code 0" {
		t.Errorf("got %q", how)
	}
}

// TestOneOfSeveralCrashes: the others do not stay.
func TestOneOfSeveralCrashes(t *testing.T) {
	t.Parallel()
	report := filepath.Join(t.TempDir(), "orphan")
	fork, crash := odd("fork", "REPORT="+report), odd("crash")
	crash.Ready = &profile.Ready{HTTP: "/healthz"}
	_, err := target.Start(t.Context(), guardian(t), of(profile.Target{Processes: []profile.Process{{Name: "web", Start: fork}, {Name: "worker", Start: crash}}}))
	fails(t, err, "target-exited", "odd/worker ended with exit code 3", "worker | panic: no table called orders", "web | process")
	if data, err := os.ReadFile(report); err == nil { // it may not have come so far
		pid, _ := strconv.Atoi(string(data))
		eventually(t, "the first process's child is still there", func() bool { return !alive(pid) })
	}
}

func TestStopEndsAll(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"good", "stubborn", "fork"} {
		t.Run(role, func(t *testing.T) {
			t.Parallel()
			report := filepath.Join(t.TempDir(), "orphan")
			s := odd(role, "REPORT="+report)
			r, err := target.Start(t.Context(), guardian(t), of(profile.Target{Start: &s}))
			if err != nil {
				t.Fatal(err)
			}
			pids := []int{r.Process().PID()}
			if role == "fork" {
				eventually(t, "no child", func() bool { _, err := os.ReadFile(report); return err == nil })
				data, _ := os.ReadFile(report)
				pid, _ := strconv.Atoi(string(data))
				pids = append(pids, pid)
			}
			if err := r.Stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, pid := range pids {
				if pid == 0 || alive(pid) {
					t.Errorf("process %d of %v is still there", pid, pids)
				}
			}
			if r.Exited() != "" {
				t.Errorf("it was told to end: %s", r.Exited())
			}
		})
	}
}

// TestFlood: a target that writes without end costs no more memory than any, and goes on answering.
func TestFlood(t *testing.T) {
	t.Parallel()
	s := odd("flood")
	s.Ready = &profile.Ready{HTTP: "/healthz"}
	g := guardian(t)
	r, err := target.Start(t.Context(), g, of(profile.Target{Start: &s}))
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "it does not flood", func() bool { return len(r.Log()) > 3<<10 })
	log := r.Log()
	if first, _, _ := strings.Cut(log, "\n"); len(log) > 5<<10 || first != "… "+strings.Repeat("x", 1023) {
		t.Errorf("%d bytes of log, which begins with %q", len(log), first)
	}
	for range 20 {
		if err := r.Ready(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if size := memoryOf(t, g.PID()); size > 100<<20 {
		t.Errorf("the guardian, which reads it, has taken %d MiB", size>>20)
	}
}

// memoryOf is a process's resident memory, 0 where the system does not tell.
func memoryOf(t *testing.T, pid int) int {
	t.Helper()
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var whole, pages int
	if _, err := fmt.Sscan(string(data), &whole, &pages); err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// TestFloodBeforeReady: the line that is waited for is found in however much else.
func TestFloodBeforeReady(t *testing.T) {
	t.Parallel()
	s := odd("flood")
	s.Ready = &profile.Ready{Log: "about to be ready"}
	start(t, profile.Target{Start: &s})
}

// TestDeath: how long it takes until a target that died is known to be dead. The bound is generous, the figure is logged.
func TestDeath(t *testing.T) {
	t.Parallel()
	g := guardian(t)
	for _, role := range []string{"good", "fork"} {
		s := odd(role, "REPORT="+filepath.Join(t.TempDir(), "orphan"))
		var all []time.Duration
		for range 10 {
			r, err := target.Start(t.Context(), g, of(calls(s)))
			if err != nil {
				t.Fatal(err)
			}
			died := time.Now()
			if err := syscall.Kill(r.Process().PID(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			how := r.ExitedWithin(5 * time.Second)
			all = append(all, time.Since(died).Round(100*time.Microsecond))
			if !strings.Contains(how, "killed") {
				t.Errorf("got %q", how)
			}
			if err := r.Stop(t.Context()); err != nil {
				t.Error(err)
			}
			if r.Exited() != how {
				t.Errorf("after stopping what had ended by itself: %q", r.Exited())
			}
		}
		t.Logf("%s: from its end until it was known: %v", role, all)
		for _, d := range all {
			if d > 3*time.Second {
				t.Errorf("it took %v", d)
			}
		}
	}
}

func TestDiesInMidCall(t *testing.T) {
	t.Parallel()
	s := odd("good")
	r := start(t, calls(s))
	err := r.Client(target.Account{}).Disconnect(t.Context())
	fails(t, err, "target-unreachable", "disconnect: no answer from the target at "+r.BaseURL())
	if how := r.ExitedWithin(10 * time.Second); !strings.Contains(how, "exit code 7") {
		t.Errorf("got %q", how)
	}
	if !strings.Contains(r.Log(), "out of cheese") {
		t.Errorf("its last words are not in the log: %s", r.Log())
	}
}

func TestNeverAnswers(t *testing.T) {
	t.Parallel()
	s := odd("good")
	_, err := start(t, calls(s)).Client(target.Account{}).Retry(t.Context())
	fails(t, err, "target-timeout", "did not answer within 200ms", "find in the target's log what retry waits for")
}

func TestKillAndRestart(t *testing.T) {
	t.Parallel()
	s := odd("good")
	r := start(t, calls(s))
	base, first := r.BaseURL(), r.Process().PID()
	hanging := make(chan error)
	go func() {
		_, err := r.Client(target.Account{}).Retry(context.WithoutCancel(t.Context()))
		hanging <- err
	}()
	if err := r.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-hanging; err == nil {
		t.Error("a call to a killed target came back well")
	}
	if r.Exited() != "" || alive(first) {
		t.Errorf("after the kill: %q, alive %v", r.Exited(), alive(first))
	}
	if err := r.Ready(t.Context()); err == nil {
		t.Error("a killed target is ready")
	}
	if err := r.Restart(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r.BaseURL() != base || r.Process().PID() == first {
		t.Errorf("at %s, before at %s", r.BaseURL(), base)
	}
	if err := r.Ready(t.Context()); err != nil {
		t.Error(err)
	}
	for _, pid := range []int{first, r.Process().PID()} {
		if !strings.Contains(r.Log(), fmt.Sprintf("process %d listens", pid)) {
			t.Errorf("the log lacks process %d:\n%s", pid, r.Log())
		}
	}
	if err := syscall.Kill(r.Process().PID(), syscall.SIGKILL); err != nil { // not by us any more
		t.Fatal(err)
	}
	if how := r.ExitedWithin(10 * time.Second); how == "" {
		t.Error("its own end is not told after a restart")
	}
}

// TestStoppedInMidRestart: who waits for it to get ready does not wait any longer.
func TestStoppedInMidRestart(t *testing.T) {
	t.Parallel()
	s := odd("once", "REPORT="+filepath.Join(t.TempDir(), "started"))
	s.Ready = &profile.Ready{Log: "listens", Within: "1h"}
	r := start(t, profile.Target{Start: &s})
	restarted := make(chan error)
	go func() { restarted <- r.Restart(t.Context()) }()
	eventually(t, "it is not started anew", func() bool { return strings.Contains(r.Log(), "not again") })
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	fails(t, <-restarted, "target-exited", "odd was stopped before it was ready", "not again")
}

func TestMemory(t *testing.T) {
	t.Parallel()
	s := odd("good")
	r := start(t, calls(s))
	before := r.Memory()
	if before.Now < 1<<20 || before.Peak < before.Now {
		t.Errorf("got %+v", before)
	}
	_, _ = r.Client(target.Account{}).Connect(t.Context()) // whatever it says
	if after := r.Memory(); after.Now < before.Now+(60<<20) {
		t.Errorf("before %+v, after it took 64 MiB %+v", before, after)
	}
	if err := r.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if dead := r.Memory(); dead.Now != 0 || dead.Peak < 60<<20 {
		t.Errorf("after its end %+v", dead)
	}
}

func TestAttach(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := profile.Target{Attach: &profile.Attach{URL: "http://" + l.Addr().String() + "/service/"}}
	r, err := target.Start(t.Context(), nil, of(p))
	if err != nil {
		t.Fatal(err)
	}
	fails(t, r.Kill(t.Context()), "target-lacks", "started by somebody else")
	fails(t, r.Restart(t.Context()), "target-lacks", "started by somebody else")
	if r.Log() != "(nothing)" || r.Exited() != "" || r.Process() != nil || r.Memory().Peak != 0 {
		t.Errorf("%q %q %v", r.Log(), r.Exited(), r.Memory())
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Error(err)
	}
	l.Close()
	_, err = target.Start(t.Context(), nil, of(p))
	fails(t, err, "target-not-ready", "nobody listens at http://"+l.Addr().String(), "start the target first")
}

// TestBundled: a target without a file of its own is a command that is driven by the default protocol.
func TestBundled(t *testing.T) {
	t.Parallel()
	l := of(profile.Target{})
	command := supervise.Command{Path: os.Args[0], Env: []string{roleEnv + "=good", "PORT=0"}}
	l.Bundled, l.Ready = &command, 300*time.Millisecond
	_, err := target.Start(t.Context(), guardian(t), l)
	fails(t, err, "target-not-ready", "/healthz did not answer 200 within 300ms (no answer")
	if len(command.Env) != 2 {
		t.Errorf("the command was changed: %v", command.Env)
	}
}
