package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/report"
	"github.com/syncspec/syncspec/internal/result"
)

// TestMain makes the command available to the scripts, and is the command in its other roles.
func TestMain(m *testing.M) {
	engine.Roles()
	testscript.Main(m, map[string]func(){"syncspec": main})
}

// TestScripts runs what a user types and pins exactly what the user then sees.
func TestScripts(t *testing.T) {
	shop, err := filepath.Abs("../../internal/manifest/testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:         "testdata/script",
		WorkdirRoot: t.TempDir(),
		Setup: func(env *testscript.Env) error {
			env.Setenv("SHOP", shop)
			for _, name := range []string{"HOME", "XDG_CACHE_HOME", "SYNCSPEC_POSTGRES", "SYNCSPEC_POSTGRES_IMAGE"} { // where a Postgres is found
				env.Setenv(name, os.Getenv(name))
			}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "write": write, "endpoint": endpoint, "deaf": deaf, "same": same,
		},
		RequireExplicitExec: true,
	})
}

// exits runs a command that must end with the given code: exits 2 syncspec lint no.yaml
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits code command [args…]")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		exit, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

// write makes files that are too large or too odd to stand in a script: write bomb bomb.yaml
func write(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: write bomb|huge|deep|latin1 file")
	}
	var b strings.Builder
	switch args[0] {
	case "bomb":
		b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
		for i := 1; i < 9; i++ {
			fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
		}
	case "huge":
		b.WriteString(strings.Repeat("# comment\n", 1<<19))
	case "deep":
		b.WriteString("a: " + strings.Repeat("[", 100) + strings.Repeat("]", 100) + "\n")
	case "latin1":
		b.WriteString("title: caf\xe9\n")
	default:
		ts.Fatalf("write knows no %q", args[0])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(b.String()), 0o600))
}

// TestInterrupt shows that SIGINT ends a command that waits, with the code that shells expect.
func TestInterrupt(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe.yaml")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Skipf("no named pipes here: %v", err)
	}
	var said strings.Builder
	command := exec.Command("syncspec", "lint", pipe)
	command.Stderr = &said
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer command.Process.Kill()
	// Opening the other end succeeds once the command waits for it, so the signal cannot come too early.
	writer, err := os.OpenFile(pipe, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writer.Close()
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the command goes on after SIGINT")
	}
	if code := command.ProcessState.ExitCode(); code != exitInterrupted {
		t.Errorf("exit code %d, want %d", code, exitInterrupted)
	}
	if said.String() != "syncspec: interrupted\n" {
		t.Errorf("said %q", said.String())
	}
}

// TestInterruptedRun: what was found by then is reported, what did not complete is named, and the exit code is the shells'.
func TestInterruptedRun(t *testing.T) {
	command := exec.Command("syncspec", "run", "--source", "woocommerce")
	command.Dir = t.TempDir()
	var said strings.Builder
	command.Stderr = &said
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	defer command.Process.Kill()
	deadline := time.AfterFunc(time.Minute, func() { command.Process.Kill() })
	defer deadline.Stop()
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n') // a check is over, others are not
	if err != nil || !strings.HasSuffix(first, " pass\n") {
		t.Fatalf("it begins with %q: %v\n%s", first, err, said.String())
	}
	if err := command.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	rest, err := io.ReadAll(lines)
	if err != nil {
		t.Fatal(err)
	}
	_ = command.Wait() // the state says how it ended
	if code := command.ProcessState.ExitCode(); code != exitInterrupted || said.String() != "syncspec: interrupted\n" {
		t.Errorf("exit code %d, and it said %q", code, said.String())
	}
	if !regexp.MustCompile(`\n   [\d,]+ specs did not complete: `).Match(rest) || !strings.Contains(string(rest), "\nOVERALL STATUS: CRITICAL ISSUES") {
		t.Errorf("the summary does not name what did not complete:\n%s", rest)
	}
	run, err := report.Load(filepath.Join(command.Dir, "reports", "woocommerce", report.JSONFile))
	if err != nil {
		t.Fatal(err)
	}
	if n := run.Count(); n[result.Pass] == 0 || n[result.Error] == 0 || len(run.Results) < len(run.Planned) {
		t.Errorf("the report has %v of %d specs", n, len(run.Planned))
	}
}
