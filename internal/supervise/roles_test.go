package supervise_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/supervise"
)

// The test binary is also the guardian, the client that is killed, and the processes that must not survive it.
func TestMain(m *testing.M) {
	supervise.Main()
	switch role := os.Getenv(supervise.RoleEnv); role {
	case "":
		if os.Getenv("LISTEN") != "" { // started by another program, so not by its role
			listen()
		}
		os.Exit(m.Run())
	case "client":
		client(os.Getenv("CLIENT_END"))
	case "target":
		target()
	case "parent": // starts a leaf and ends: the leaf is an orphan
		start("leaf", os.Getenv("LEAF"), os.Getenv("LEAF_SETSID") != "")
	case "leaf":
		stubborn()
		report(os.Getenv("LEAF"))
		forever()
	case "flood":
		line := []byte(strings.Repeat("x", 1023) + "\n")
		for range 20_000 {
			os.Stdout.Write(line)
		}
		fmt.Println("the last line")
		os.Exit(3)
	case "echo":
		fmt.Println(strings.Join(os.Args[1:], " "), os.Getenv("SECRET"))
	default:
		fmt.Fprintln(os.Stderr, "unknown role", role)
		os.Exit(9)
	}
}

// listen takes connections at an address of each family that the machine has, and says at which.
func listen() {
	for _, address := range []string{"127.0.0.1:0", "[::1]:0"} {
		if l, err := net.Listen("tcp", address); err == nil {
			fmt.Println(l.Addr())
		}
	}
	fmt.Println("listening")
	forever()
}

// stubborn lets the process live on after everything but SIGKILL.
func stubborn() { signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT) }

// report tells the test of a process, by a file in a folder that the guardian does not know.
func report(name string) {
	path := filepath.Join(os.Getenv("REPORTS"), name)
	check(os.WriteFile(path+".new", []byte(strconv.Itoa(os.Getpid())), 0o600))
	check(os.Rename(path+".new", path))
}

func start(role, leaf string, setsid bool) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), supervise.RoleEnv+"="+role, "LEAF="+leaf)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: setsid}
	check(cmd.Start())
}

// target has all the kinds of descendants that get lost.
func target() {
	stubborn()
	start("leaf", "child", false)
	start("leaf", "own-session", true)
	start("parent", "orphan", false)
	check(os.Setenv("LEAF_SETSID", "1"))
	start("parent", "daemon", true)
	report("target")
	forever()
}

var targetProcesses = []string{"target", "child", "own-session", "orphan", "daemon"}

// client is a test run: it has a guardian, a folder and a target, says so, and ends in one of several ways.
func client(end string) {
	ctx := context.Background()
	g, err := supervise.Start(ctx)
	check(err)
	folder, _, err := g.TempDir("", "supervise-test-")
	check(err)
	check(os.WriteFile(filepath.Join(folder, "file"), nil, 0o400))
	_, err = g.Spawn(ctx, supervise.Command{Role: "target", Grace: 50 * time.Millisecond})
	check(err)
	check(json.NewEncoder(os.Stdout).Encode(ready{Guardian: g.PID(), Folder: folder}))
	bufio := make([]byte, 1)
	_, _ = os.Stdin.Read(bufio) // go on when the test has seen all processes
	switch end {
	case "success":
		check(g.Close())
	case "exit":
		os.Exit(1)
	case "panic":
		panic("this panic is part of the test")
	default:
		forever()
	}
}

type ready struct {
	Guardian int
	Folder   string
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(9)
	}
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

// pid reads what report wrote.
func pid(t *testing.T, reports, name string) (n int) {
	t.Helper()
	eventually(t, "no report of "+name, func() bool {
		data, err := os.ReadFile(filepath.Join(reports, name))
		if err != nil {
			return false
		}
		n, err = strconv.Atoi(string(data))
		return err == nil
	})
	return n
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// forever waits until somebody ends the process. A bare select would be a deadlock to Go where nothing else runs.
func forever() {
	for {
		time.Sleep(time.Hour)
	}
}
