package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain makes the command available to the scripts.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"syncspec": main})
}

// TestScripts runs what a user types and pins exactly what the user then sees.
func TestScripts(t *testing.T) {
	shop, err := filepath.Abs("../../internal/manifest/testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("SHOP", shop)
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": exits, "write": write,
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
