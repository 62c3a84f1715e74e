package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/syncspec/syncspec/internal/postgres"
)

// rungs runs a test on each rung that this machine has.
func rungs(t *testing.T, test func(t *testing.T, cfg postgres.Config)) {
	t.Run("local", func(t *testing.T) { t.Parallel(); test(t, local(t)) })
	t.Run("dsn", func(t *testing.T) {
		t.Parallel()
		cfg := local(t)
		cfg.Mode = start(t, cfg).DSN()
		test(t, cfg)
	})
	t.Run("container", func(t *testing.T) {
		t.Parallel()
		test(t, postgres.Config{Mode: postgres.ModeContainer, Image: image(t), Guardian: guardian(t)})
	})
}

func name(t *testing.T, dsn string) (thing string) {
	t.Helper()
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if err := c.QueryRow(t.Context(), "SELECT name FROM thing").Scan(&thing); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Exec(t.Context(), "UPDATE thing SET name = 'changed'"); err != nil {
		t.Fatal(err)
	}
	return thing
}

func TestTemplateAndClone(t *testing.T) {
	rungs(t, func(t *testing.T, cfg postgres.Config) {
		s := start(t, cfg)
		t.Log(s.Rung())
		if strings.Contains(s.Rung(), "\n") {
			t.Errorf("more than a line: %s", s.Rung())
		}
		var migrations int
		counted := func(ctx context.Context, dsn string) error { migrations++; return migrate(ctx, dsn) }
		template, err := s.Template(t.Context(), "key", counted)
		if err != nil {
			t.Fatal(err)
		}
		// Several at once, as parallel specs and processes do.
		var wg sync.WaitGroup
		dsns := make([]string, 6)
		for i := range dsns {
			wg.Go(func() {
				server := s
				if i%2 == 1 { // another process of the run
					var err error
					if server, err = postgres.Attach(t.Context(), cfg.Guardian, s.Ticket()); err != nil {
						t.Error(err)
						return
					}
					t.Cleanup(func() { _ = server.Stop(context.Background()) })
				}
				var err error
				if dsns[i], err = server.TemplateNamed(template.Name()).Clone(t.Context(), fmt.Sprint("clone_", i)); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if t.Failed() {
			t.FailNow()
		}
		for _, dsn := range dsns {
			if got := name(t, dsn); got != "migrated" {
				t.Errorf("the clone has %q", got)
			}
		}
		again, err := s.Template(t.Context(), "key", counted)
		if err != nil {
			t.Fatal(err)
		}
		if isForeign := strings.HasPrefix(s.Rung(), "dsn"); !isForeign && (migrations != 1 || again.Name() != template.Name()) {
			t.Errorf("migrated %d times", migrations)
		}
		empty, err := s.Clone(t.Context(), "", "")
		if err != nil {
			t.Fatal(err)
		}
		c, err := pgx.Connect(t.Context(), empty) // open while it is dropped
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(context.Background())
		for range 2 {
			if err := s.Drop(t.Context(), c.Config().Database); err != nil {
				t.Error(err)
			}
		}
		failure := errors.New("a migration that fails")
		for range 2 {
			_, err = s.Template(t.Context(), "other", func(context.Context, string) error { return failure })
			if !errors.Is(err, failure) {
				t.Errorf("got %v", err)
			}
		}
		if _, err := s.Template(t.Context(), "other", migrate); err != nil {
			t.Errorf("after a failed migration: %v", err)
		}
	})
}

func TestSettings(t *testing.T) {
	rungs(t, func(t *testing.T, cfg postgres.Config) {
		c, err := pgx.Connect(t.Context(), start(t, cfg).DSN())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close(context.Background())
		for setting, want := range map[string]string{"fsync": "off", "autovacuum": "off", "TimeZone": "UTC", "dynamic_shared_memory_type": "mmap",
			"password_encryption": "scram-sha-256", "server_encoding": "UTF8"} {
			var got string
			if err := c.QueryRow(t.Context(), "SELECT current_setting($1)", setting).Scan(&got); err != nil || got != want {
				t.Errorf("%s is %q, want %q (%v)", setting, got, want, err)
			}
		}
	})
}

// TestPasswordNeeded: others on the machine can connect to the port, and must not get in.
func TestPasswordNeeded(t *testing.T) {
	rungs(t, func(t *testing.T, cfg postgres.Config) {
		config, err := pgx.ParseConfig(start(t, cfg).DSN())
		if err != nil {
			t.Fatal(err)
		}
		config.Password = "guessed"
		if c, err := pgx.ConnectConfig(t.Context(), config); err == nil {
			c.Close(context.Background())
			t.Error("a wrong password was accepted")
		}
	})
}

func TestAuto(t *testing.T) {
	t.Parallel()
	cfg := local(t)
	cfg.Mode, cfg.Image = postgres.ModeAuto, "localhost/syncspec-no-such-image:0"
	s := start(t, cfg)
	if !strings.HasPrefix(s.Rung(), "local: postgres ") || !strings.Contains(s.Rung(), "because no container") {
		t.Error(s.Rung())
	}
	t.Log(s.Rung())
	cfg.Bin = t.TempDir() // where no postgres is
	_, err := postgres.Start(t.Context(), cfg)
	if err == nil {
		t.Fatal("there was a Postgres all the same")
	}
	for _, way := range []string{"syncspec postgres get", "install postgresql", "container engine", "SYNCSPEC_POSTGRES=postgres://"} {
		if !strings.Contains(err.Error(), way) {
			t.Errorf("the error does not name %q:\n%v", way, err)
		}
	}
	if n := strings.Count(err.Error(), "syncspec postgres get"); n != 1 {
		t.Errorf("the ways are named %d times:\n%v", n, err)
	}
}

func TestErrorsWithoutSecrets(t *testing.T) {
	t.Parallel()
	cfg := local(t)
	s := start(t, cfg)
	wrong, err := pgx.ParseConfig(s.DSN())
	if err != nil {
		t.Fatal(err)
	}
	admin, err := pgx.Connect(t.Context(), s.DSN())
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close(context.Background())
	if _, err := admin.Exec(t.Context(), "CREATE ROLE poor LOGIN PASSWORD 's3cret'"); err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct{ mode, says string }{
		"unreachable":    {"postgres://u:s3cret@127.0.0.1:1/postgres", "start that server"},
		"wrong password": {fmt.Sprintf("postgres://%s:s3cret@127.0.0.1:%d/postgres", wrong.User, wrong.Port), "password authentication failed"},
		"no rights":      {fmt.Sprintf("postgres://poor:s3cret@127.0.0.1:%d/postgres", wrong.Port), "CREATEDB"},
		"not a dsn":      {"postgres://u:s3cret@[::1/x", "not valid"},
		"not a mode":     {"docker", "auto, container, local"},
	} {
		cfg.Mode = c.mode
		_, err := postgres.Start(t.Context(), cfg)
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestDiesAtStart: the error shows the server's own words.
func TestDiesAtStart(t *testing.T) {
	t.Parallel()
	cfg := installed(t)
	what, _ := postgres.Have(t.Context(), cfg)
	_, bin, _ := strings.Cut(what, " from ")
	cfg.Bin = t.TempDir()
	if err := os.Chmod(filepath.Dir(cfg.Bin), 0o755); err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\nif [ \"$1\" = --version ]; then exec %[1]s/postgres --version; fi\necho 'FATAL: no luck today'\nexit 1\n", bin)
	if err := os.WriteFile(filepath.Join(cfg.Bin, "postgres"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(bin, "initdb"), filepath.Join(cfg.Bin, "initdb")); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.Start(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "no luck today") {
		t.Errorf("got %v", err)
	}
}

// TestCacheOfOthers: what somebody else can put into the cache is not executed.
func TestCacheOfOthers(t *testing.T) {
	t.Parallel()
	const says = "can be written to by others"
	for how, mode := range map[string]os.FileMode{"all": 0o777, "group": 0o770} {
		t.Run(how, func(t *testing.T) {
			cfg := local(t)
			cfg.Cache = ownFolder(t)
			planted := filepath.Join(cfg.Cache, "postgres", "99", "root", "bin")
			if err := os.MkdirAll(planted, 0o700); err != nil {
				t.Fatal(err)
			}
			mark := filepath.Join(t.TempDir(), "executed")
			for _, name := range []string{"postgres", "initdb"} {
				if err := os.WriteFile(filepath.Join(planted, name), []byte("#!/bin/sh\ntouch "+mark+"\nexit 1\n"), 0o755); err != nil {
					t.Fatal(err)
				}
			}
			if err := os.Chmod(cfg.Cache, mode); err != nil {
				t.Fatal(err)
			}
			if _, err := postgres.Start(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), says) || !strings.Contains(err.Error(), "XDG_CACHE_HOME") {
				t.Errorf("got %v", err)
			}
			if err := postgres.Get(t.Context(), cfg, io.Discard); err != nil && !strings.Contains(err.Error(), says) {
				t.Errorf("fetching: %v", err)
			}
			if _, err := os.Stat(mark); err == nil {
				t.Error("what lay there was executed")
			}
		})
	}
}

func TestCache(t *testing.T) {
	t.Parallel()
	cfg := installed(t)
	var wg sync.WaitGroup
	for range 4 { // makers at once: one makes, the others wait
		wg.Go(func() {
			s, err := postgres.Start(t.Context(), cfg)
			if err != nil {
				t.Error(err)
				return
			}
			if err := s.Stop(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	files, _ := filepath.Glob(filepath.Join(cfg.Cache, "clusters", "*.cluster"))
	if len(files) != 1 {
		t.Fatalf("cached: %v", files)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file with the password has the mode %v (%v)", info.Mode(), err)
	}
	for what, damage := range map[string]func([]byte) []byte{
		"a flipped bit": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"cut off":       func(b []byte) []byte { return b[:len(b)/2] },
		"empty":         func([]byte) []byte { return nil },
	} {
		data, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(files[0], damage(data), 0o600); err != nil {
			t.Fatal(err)
		}
		s, err := postgres.Start(t.Context(), cfg)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		if err := s.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
