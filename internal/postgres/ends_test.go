package postgres_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/moby/moby/client"
	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/supervise"
)

var ends = []struct {
	name string
	act  func(cmd *exec.Cmd, goOn func() error) error
}{
	{"success", func(_ *exec.Cmd, goOn func() error) error { return goOn() }},
	{"failure", func(_ *exec.Cmd, goOn func() error) error { return goOn() }},
	{"panic", func(_ *exec.Cmd, goOn func() error) error { return goOn() }},
	{"Ctrl-C", func(cmd *exec.Cmd, _ func() error) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }},
	{"kill -9", func(cmd *exec.Cmd, _ func() error) error { return cmd.Process.Kill() }},
}

// end starts a test run with a Postgres, lets before look at it, ends the run, and returns what it had.
func end(t *testing.T, mode, image, how string, act func(*exec.Cmd, func() error) error, before func(state)) state {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), supervise.RoleEnv+"=client", "CLIENT_END="+how, postgres.ModeEnv+"="+mode, postgres.ImageEnv+"="+image)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if how != "panic" {
		cmd.Stderr = os.Stderr
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	var had state
	if err := json.NewDecoder(out).Decode(&had); err != nil {
		t.Fatalf("the test run said nothing: %v", err)
	}
	before(had)
	if err := act(cmd, in.Close); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	return had
}

func eventually(t *testing.T, what string, gone func() bool) {
	t.Helper()
	for deadline := time.Now().Add(20 * time.Second); !gone(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("after 20 s there is still %s", what)
		}
	}
}

func TestLocalLeavesNothing(t *testing.T) {
	local(t)
	for _, e := range ends {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			had := end(t, postgres.ModeLocal, "", e.name, e.act, func(had state) {
				if rows := strings.Split(had.Files, "\n"); !segmentThere(rows[6]) {
					t.Errorf("there is no segment %q to look for", rows[6])
				}
			})
			rows := strings.Split(had.Files, "\n")
			pid, err := strconv.Atoi(rows[0])
			if err != nil {
				t.Fatal(err)
			}
			eventually(t, "the server", func() bool { return syscall.Kill(pid, 0) == syscall.ESRCH })
			eventually(t, "its shared memory", func() bool { return !segmentThere(rows[6]) })
			eventually(t, "its folder", func() bool {
				_, err := os.Stat(filepath.Dir(had.Data))
				return os.IsNotExist(err)
			})
			eventually(t, "a process with that folder", func() bool {
				lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
				for _, path := range lines {
					if line, _ := os.ReadFile(path); strings.Contains(string(line), had.Data) {
						return false
					}
				}
				return true
			})
		})
	}
}

// TestKilledServer: a Postgres that was killed has no chance to remove its segment.
func TestKilledServer(t *testing.T) {
	cfg := local(t)
	s := start(t, cfg)
	c, err := pgx.Connect(t.Context(), s.DSN())
	if err != nil {
		t.Fatal(err)
	}
	var file string
	if err := c.QueryRow(t.Context(), "SELECT pg_read_file('postmaster.pid')").Scan(&file); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(file, "\n")
	pid, _ := strconv.Atoi(rows[0])
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "its shared memory", func() bool { return !segmentThere(rows[6]) })
}

// TestKilledGuardian: its Postgres ends tidily all the same, and the client removes the folder.
func TestKilledGuardian(t *testing.T) {
	cfg := local(t)
	s, err := postgres.Start(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	c, err := pgx.Connect(t.Context(), s.DSN())
	if err != nil {
		t.Fatal(err)
	}
	var file, data string
	if err := c.QueryRow(t.Context(), "SELECT pg_read_file('postmaster.pid'), current_setting('data_directory')").Scan(&file, &data); err != nil {
		t.Fatal(err)
	}
	rows := strings.Split(file, "\n")
	pid, _ := strconv.Atoi(rows[0])
	if err := syscall.Kill(cfg.Guardian.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the server", func() bool { return syscall.Kill(pid, 0) == syscall.ESRCH })
	eventually(t, "its shared memory", func() bool { return !segmentThere(rows[6]) })
	if err := cfg.Guardian.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Dir(data)); !os.IsNotExist(err) {
		t.Errorf("its folder: %v", err)
	}
}

// segmentThere looks for a segment by the key and id of a postmaster.pid.
func segmentThere(keyAndID string) bool {
	want := strings.Fields(keyAndID)
	table, err := os.ReadFile("/proc/sysvipc/shm")
	if err != nil || len(want) != 2 {
		return false
	}
	for _, row := range strings.Split(string(table), "\n") {
		if f := strings.Fields(row); len(f) > 1 && f[0] == want[0] && f[1] == want[1] {
			return true
		}
	}
	return false
}

func TestDSNLeavesNothing(t *testing.T) {
	cfg := local(t)
	for _, e := range ends {
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, cfg)
			admin, err := pgx.Connect(t.Context(), s.DSN())
			if err != nil {
				t.Fatal(err)
			}
			defer admin.Close(context.Background())
			databases := func() (names []string) {
				rows, _ := admin.Query(t.Context(), "SELECT datname FROM pg_database WHERE datname LIKE 'syncspec%'")
				names, err := pgx.CollectRows(rows, pgx.RowTo[string])
				if err != nil {
					t.Fatal(err)
				}
				return names
			}
			end(t, s.DSN(), "", e.name, e.act, func(had state) {
				if len(databases()) != 2 || !strings.HasPrefix(had.Database, "syncspec_") {
					t.Errorf("databases %v, clone %s; want a template and a clone", databases(), had.Database)
				}
			})
			eventually(t, "a database", func() bool { return len(databases()) == 0 })
		})
	}
}

func TestContainerLeavesNothing(t *testing.T) {
	image := image(t)
	engine, err := client.New(client.FromEnv)
	if err != nil {
		t.Fatal(err)
	}
	defer engine.Close()
	// find returns the container that publishes the dsn's port.
	find := func(dsn string) (id string) {
		u, _ := url.Parse(dsn)
		list, err := engine.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: make(client.Filters).Add("label", "io.syncspec.run")})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list.Items {
			for _, p := range c.Ports {
				if fmt.Sprint(p.PublicPort) == u.Port() {
					if p.IP.String() != "127.0.0.1" {
						t.Errorf("published on %s", p.IP)
					}
					return c.ID
				}
			}
		}
		return ""
	}
	for _, e := range ends {
		t.Run(e.name, func(t *testing.T) {
			var id string
			end(t, postgres.ModeContainer, image, e.name, e.act, func(had state) {
				if id = find(had.DSN); id == "" {
					t.Error("there is no container to look for")
				}
			})
			eventually(t, "the container", func() bool {
				list, err := engine.ContainerList(t.Context(), client.ContainerListOptions{All: true, Filters: make(client.Filters).Add("id", id)})
				return err == nil && len(list.Items) == 0
			})
		})
	}
}
