package target_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
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

// roleEnv makes the test binary one of the odd little programs below.
const roleEnv = "TARGET_TEST_ROLE"

func TestMain(m *testing.M) {
	supervise.Main()
	if role := os.Getenv(roleEnv); role != "" {
		play(role)
		return
	}
	os.Exit(m.Run())
}

// play is a program that a target may turn out to be.
func play(role string) {
	port := os.Getenv("PORT")
	switch role {
	case "good":
	case "late":
		time.Sleep(300 * time.Millisecond)
	case "fixed":
		port = os.Getenv("FIXED")
	case "stubborn":
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT)
	case "flood":
		go func() {
			line := []byte(strings.Repeat("x", 1023) + "\n")
			fmt.Println("about to be ready")
			for {
				os.Stdout.Write(line)
				os.Stderr.Write(line)
			}
		}()
	case "crash":
		fmt.Println("connecting to the database")
		fmt.Fprintln(os.Stderr, "panic: no table called orders")
		os.Exit(3)
	case "fork": // leaves a child in a session of its own, which ignores everything
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), roleEnv+"=orphan")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr // keeps them open when its parent is gone
		child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
		must(child.Start())
	case "orphan":
		signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)
		must(os.WriteFile(os.Getenv("REPORT"), []byte(strconv.Itoa(os.Getpid())), 0o600))
		time.Sleep(time.Hour)
	case "worker":
		fmt.Println("waiting for work, with", os.Getenv("WEB"))
		time.Sleep(time.Hour)
	case "weary": // a worker that ends by itself when it is told to
		fmt.Println("working")
		for {
			if _, err := os.Stat(os.Getenv("REPORT")); err == nil {
				fmt.Println("no more work")
				return
			}
			time.Sleep(5 * time.Millisecond)
		}
	case "once": // gets ready the first time only
		if _, err := os.Stat(os.Getenv("REPORT")); err == nil {
			fmt.Println("not again")
			time.Sleep(time.Hour)
		}
		must(os.WriteFile(os.Getenv("REPORT"), nil, 0o600))
	case "silent":
		time.Sleep(time.Hour)
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "fine") })
	mux.HandleFunc("POST /die", func(http.ResponseWriter, *http.Request) {
		fmt.Println("out of cheese")
		os.Exit(7)
	})
	mux.HandleFunc("POST /hang", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("POST /grow", func(w http.ResponseWriter, _ *http.Request) {
		grown = make([]byte, 64<<20)
		for i := range grown {
			grown[i] = 1
		}
		fmt.Fprint(w, "{}")
	})
	l, err := net.Listen("tcp", cmp.Or(os.Getenv("LISTEN"), "127.0.0.1:"+port))
	must(err)
	fmt.Println("process", os.Getpid(), "listens")
	must(http.Serve(l, mux))
}

var grown []byte

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(9)
	}
}

// guardian is one whose end is waited for.
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

// odd is a process that is one of the programs.
func odd(role string, env ...string) profile.Start {
	s := profile.Start{Command: []string{os.Args[0]}, Env: map[string]string{roleEnv: role, "PORT": "{port}"}}
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		s.Env[name] = value
	}
	return s
}

// of is a launch of a profile.
func of(p profile.Target) target.Launch {
	p.Name = "odd"
	p.Dir, _ = filepath.Abs(".")
	return target.Launch{Profile: profile.Profile{Name: "odd", Target: p}, Env: os.Environ(), Ready: 10 * time.Second, Call: 10 * time.Second}
}

// start starts a target that has to come up.
func start(t *testing.T, p profile.Target) *target.Running {
	t.Helper()
	r, err := target.Start(t.Context(), guardian(t), of(p))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return r
}

// fails wants an error of a target with a cause that says some things.
func fails(t *testing.T, err error, cause string, says ...string) *target.Error {
	t.Helper()
	var e *target.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an error with the cause %s", err, cause)
	}
	if e.Cause != cause {
		t.Errorf("got the cause %s, want %s: %v", e.Cause, cause, e)
	}
	for _, words := range says {
		if !strings.Contains(e.Error()+"\n"+e.Remedy()+"\n"+e.Log, words) {
			t.Errorf("it does not say %q: %v\nremedy: %s\nlog: %s", words, e, e.Remedy(), e.Log)
		}
	}
	return e
}

// eventually polls a condition.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !ok(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after 20 s: %s", what)
		}
	}
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }
