package engine_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/supervise"
)

// TestAttach: a target that somebody else started is verified as it runs, and runs still afterwards.
func TestAttach(t *testing.T) {
	needProcessTable(t)
	port, source := freePort(t), freePort(t)
	dsn := runsAlready(t, port)
	t.Setenv("ACME_DB", dsn)
	s := newStranger(t)
	s.start, s.migrate = "", ""
	s.more = "attach: {url: \"http://127.0.0.1:" + port + "\", database: \"${ACME_DB}\", gateway: \"127.0.0.1:" + source + "\"}\n"
	j := s.job(engine.Options{})
	var refused *engine.Refusal
	if err := j.Parallel(); !errors.As(err, &refused) || !strings.Contains(err.Error(), "run it without -p") || refused.Reports != j.Reports {
		t.Errorf("that several processes cannot share it is told so: %v", err)
	}
	run, err := engine.RunAll(t.Context(), j, of("configuration/unique-key", "accuracy/fields"))
	if err != nil {
		t.Fatal(err)
	}
	if all := listed(run); len(all) > 0 || run.Count()[result.Pass] < 10 {
		t.Errorf("%v, %q", run.Count(), all)
	}
	contains(t, fmt.Sprint(run.Notes), "that of the target, which somebody else started")
	ready(t, port) // still

	// What serves in the source's place must be where the target expects it.
	shared, err := engine.Share(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	defer shared.Close()
	first, err := engine.Open(t.Context(), j, nil, shared, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = engine.Open(t.Context(), j, nil, shared, 2); err == nil || !strings.Contains(err.Error(), source) {
		t.Errorf("two of them at one address: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Error(err)
	}

	// One that is not there is one cause, which tells nothing that is secret.
	s.more = strings.Replace(s.more, port, freePort(t), 1)
	run, err = engine.RunAll(t.Context(), s.job(engine.Options{}), of("configuration/unique-key"))
	if err == nil {
		t.Error("a target that is not there is no error")
	}
	root := oneRoot(t, run)
	if root.Check != "run/setup" || root.Status != result.Fail || root.Cause != "target-not-ready" {
		t.Errorf("%s: %s %s", root.Key(), root.Status, root.Cause)
	}
	contains(t, root.Summary+"\n"+root.Remedy, "nobody listens at http://127.0.0.1:", "start the target first")
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	if password, _ := u.User.Password(); password != "" && strings.Contains(fmt.Sprintf("%+v", run), password) {
		t.Error("the database's password is in the results")
	}
}

// runsAlready starts the reference as somebody else would, and returns its database's address.
func runsAlready(t *testing.T, port string) (dsn string) {
	t.Helper()
	guardian, err := supervise.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := guardian.Close(); err != nil {
			t.Error(err)
		}
	})
	server, err := postgres.Start(t.Context(), postgres.FromEnv(os.Getenv, guardian))
	if err != nil {
		t.Fatal(err)
	}
	env := func(dsn string) []string {
		return []string{"DATABASE_URL=" + dsn, "SYNCSPEC_MANIFESTS=" + manifestFile, "SYNCSPEC_LISTEN=127.0.0.1:" + port}
	}
	template, err := server.Template(t.Context(), "attached", func(ctx context.Context, dsn string) error {
		p, err := guardian.Spawn(ctx, supervise.Command{Name: "migration", Role: "reference-migrate", Env: env(dsn)})
		if err != nil {
			return err
		}
		return p.Wait(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if dsn, err = template.Clone(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := guardian.Spawn(t.Context(), supervise.Command{Name: "somebody else's", Role: "reference", Env: env(dsn)}); err != nil {
		t.Fatal(err)
	}
	ready(t, port)
	return dsn
}

// ready waits until a target answers.
func ready(t *testing.T, port string) {
	t.Helper()
	var err error
	for deadline := time.Now().Add(20 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		var res *http.Response
		if res, err = http.Get("http://127.0.0.1:" + port + "/healthz"); err == nil {
			_ = res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
	}
	t.Fatalf("the target at port %s is not ready: %v", port, err)
}
