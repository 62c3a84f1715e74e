package engine_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/report"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/supervise"
)

// TestABadTargetIsOneFailure: however a target misbehaves, one result says what it did and what to do, all specs that
// needed it are blocked by that one, and no process is left.
func TestABadTargetIsOneFailure(t *testing.T) {
	needProcessTable(t)
	shared := share(t)
	for _, c := range []struct {
		how, only       string // only: the scenarios whose specs run; all if empty
		root, cause     string
		summary, remedy string
		log             string
		ready, call     time.Duration
	}{
		{how: "exits", root: "run/setup", cause: "target-exited", summary: "bad ended with exit code 3 before it was ready",
			remedy: "must start, stay up and answer GET /healthz with 200", log: "ACME_KEY is missing"},
		{how: "deaf", root: "run/setup", cause: "target-not-ready", summary: "did not answer 200 within 300ms", remedy: "must start", ready: 300 * time.Millisecond},
		{how: "unready", root: "run/setup", cause: "target-not-ready", summary: "answered 503: still loading", remedy: "must start", ready: 300 * time.Millisecond},
		{how: "refuses describe", root: "target/describe", cause: "target-refused", summary: `answered 401: {"error": "token expired"}`, remedy: "Make describe answer 2xx"},
		{how: "html describe", root: "target/describe", cause: "target-garbage", summary: "is not the JSON that was expected", remedy: "let describe answer with the JSON"},
		{how: "flood connect", root: "target/connect", cause: "target-garbage", summary: "larger than 8 MiB", remedy: "let connect answer with the JSON"},
		{how: "cut connect", root: "target/connect", cause: "target-unreachable", summary: "no answer from the target", remedy: "answer every request"},
		{how: "hangs connect", root: "target/connect", cause: "target-timeout", summary: "did not answer within 200ms", remedy: "what connect waits for", call: 200 * time.Millisecond},
		{how: "drip connect", root: "target/connect", cause: "target-timeout", summary: "did not answer within 200ms", remedy: "what connect waits for", call: 200 * time.Millisecond},
		{how: "stubborn connect", root: "target/connect", cause: "target-timeout", summary: "did not answer within 200ms", remedy: "what connect waits for", call: 200 * time.Millisecond}, // it ignores SIGTERM as well
		{how: "wrong sync", only: "backfilled updated", root: "target/sync", cause: "target-garbage", summary: "is not the JSON that was expected", remedy: "let sync answer"},
		{how: "chatty sync", only: "backfilled updated", root: "target/sync", cause: "target-refused", summary: "answered 500: too busy with logging", remedy: "its log may say more", log: "the last line"},
		{how: "idle", only: "backfilled updated", root: "target/sync", cause: "no-request", summary: "not one request reached the source", remedy: "take the source's address from the account's url"},
		{how: "dies sync", root: "run/target", cause: "target-exited", only: "backfilled updated probed connected", summary: "bad ended with exit code 7", remedy: "must stay up", log: "panic: nil order"},
	} {
		t.Run(c.how, func(t *testing.T) {
			t.Parallel()
			j := prepare(t, engine.Options{Command: bad(c.how), ReadyTimeout: c.ready, CallTimeout: c.call})
			started := time.Now()
			run := runSession(t, j, shared, c.only, nil)
			took := time.Since(started)
			if took > 15*time.Second { // far from a minute of patience per scenario
				t.Errorf("it took %s", took)
			}
			root := oneRoot(t, run)
			if root.Check != c.root || root.Status != result.Fail || root.Cause != c.cause {
				t.Errorf("the root is %s, %s, %q", root.Key(), root.Status, root.Cause)
			}
			if reached := c.root != "run/setup"; (root.Mode != "") != reached {
				t.Errorf("the root names the mode %q; that a source was there is %t", root.Mode, reached)
			}
			if !strings.Contains(root.Summary, c.summary) || strings.Contains(root.Summary, "\n") {
				t.Errorf("it says %q", root.Summary)
			}
			if !strings.Contains(root.Remedy, c.remedy) {
				t.Errorf("the remedy is %q", root.Remedy)
			}
			text := fmt.Sprint(root)
			if !strings.Contains(text, c.log) || !strings.Contains(text, "connecting to postgres://") && c.log != "the last line" {
				t.Errorf("the target's log is not with it: %s", text)
			}
			if strings.Contains(text, "connecting to") && !strings.Contains(text, ":xxxxx@") {
				t.Errorf("the database's password is in the report: %s", text)
			}
			if left := running(t, badEnv+"="+c.how+"\x00"); len(left) > 0 {
				t.Errorf("processes %v are left", left)
			}
		})
	}
}

// TestRunAllReportsASetupThatFailed: drivers without Ginkgo have the one cause and the blocked specs too.
func TestRunAllReportsASetupThatFailed(t *testing.T) {
	for name, c := range map[string]struct {
		env, cause, summary, remedy string
	}{
		"unreachable":    {"postgres://nobody:geheim@127.0.0.1:1/x", "no-database", "connection refused", "SYNCSPEC_POSTGRES"},
		"no such choice": {"sqlite", "no-database", `SYNCSPEC_POSTGRES="sqlite" is none of auto, container, local`, "chooses another database"},
		"no dsn":         {"postgres://nobody:geheim@[::1/x", "no-database", "the dsn is not valid", "SYNCSPEC_POSTGRES"},
	} {
		t.Run(name, func(t *testing.T) {
			j := prepare(t, engine.Options{Getenv: func(key string) string {
				if key == "SYNCSPEC_POSTGRES" {
					return c.env
				}
				return os.Getenv(key)
			}})
			run, err := engine.RunAll(t.Context(), j, nil)
			if err == nil {
				t.Error("no error")
			}
			root := oneRoot(t, run)
			if root.Status != result.Error || root.Cause != c.cause || !strings.Contains(root.Summary, c.summary) || !strings.Contains(root.Summary+root.Remedy, c.remedy) {
				t.Errorf("%s %s: %s\nremedy: %s", root.Status, root.Cause, root.Summary, root.Remedy)
			}
			if text := fmt.Sprint(root, err); strings.Contains(text, "geheim") {
				t.Errorf("the password is shown: %s", text)
			}
		})
	}
}

// TestAMigrationsLogIsScrubbed: neither results nor errors show the password that a migration printed, in whichever form
// the dsn of the server has it.
func TestAMigrationsLogIsScrubbed(t *testing.T) {
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
	u, err := url.Parse(server.DSN())
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	query := u.Query()
	query.Set("user", u.User.Username())
	query.Set("password", password)
	inQuery := *u
	inQuery.User, inQuery.RawQuery = nil, query.Encode()
	for name, dsn := range map[string]string{"user": u.String(), "query": inQuery.String()} {
		t.Run(name, func(t *testing.T) {
			j := prepare(t, engine.Options{Getenv: func(key string) string {
				if key == "SYNCSPEC_POSTGRES" {
					return dsn
				}
				return os.Getenv(key)
			}})
			j.Defect = leakyMigration
			run, err := engine.RunAll(t.Context(), j, nil)
			if err == nil {
				t.Error("no error")
			}
			root := oneRoot(t, run)
			if root.Cause != "migration" || !strings.Contains(fmt.Sprint(root), "cannot migrate postgres://") {
				t.Errorf("%s: %s", root.Cause, fmt.Sprint(root))
			}
			var f *scenario.Failure
			if !errors.As(err, &f) {
				t.Fatalf("the error is a %T", err)
			}
			if text := fmt.Sprintf("%v %+v %+v", err, *f, run.Results); strings.Contains(text, password) {
				t.Errorf("the password is shown: %s", text)
			}
		})
	}
}

// TestAMessageOfManyLines: the first line says what happened, the others what to do about it.
func TestAMessageOfManyLines(t *testing.T) {
	f := engine.SetupFailure(errors.New("there is no Postgres to test with.\nAny one of these helps:\n  - syncspec postgres get"))
	if f.Summary != "there is no Postgres to test with." || !strings.HasPrefix(f.Remedy, "Any one of these helps:\n") {
		t.Errorf("%q, %q", f.Summary, f.Remedy)
	}
}

// TestDeathsInMidRun: what dies between two specs blocks all later ones, also those whose scenario was reached before.
func TestDeathsInMidRun(t *testing.T) {
	for name, c := range map[string]struct {
		kill   func(*testing.T, *engine.Session)
		status result.Status
		root   string
		cause  string
		says   string
	}{
		"target": {func(t *testing.T, s *engine.Session) {
			if err := s.Target(scenario.Connected).Process().Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			<-s.Target(scenario.Connected).Process().Done()
		}, result.Fail, "run/target", "target-exited", `ended by the signal "killed" in the middle of the run`},
		"postgres": {func(t *testing.T, _ *engine.Session) {
			for _, pid := range descendants(t, os.Getpid()) {
				if args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); strings.Contains(string(args), "bin/postgres\x00-D") {
					server := append(descendants(t, pid), pid)
					if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
						t.Fatal(err)
					}
					gone(t, server) // what serves a connection outlives it for a moment
					return
				}
			}
			t.Fatal("no postgres below this process")
		}, result.Error, "run/database", "database-lost", "the database does not answer any more"},
	} {
		t.Run(name, func(t *testing.T) {
			if name == "postgres" {
				needProcessTable(t)
				t.Setenv("SYNCSPEC_POSTGRES", "local")
			}
			j := prepare(t, engine.Options{})
			ran := 0
			run := runSession(t, j, share(t), "connected probed", func(s *engine.Session) {
				if ran++; ran == 21 {
					c.kill(t, s)
				}
			})
			root := oneRoot(t, run)
			if root.Status != c.status || root.Check != c.root || root.Cause != c.cause || !strings.Contains(root.Summary, c.says) {
				t.Errorf("%s %s %s: %s", root.Key(), root.Status, root.Cause, root.Summary)
			}
			if n := run.Count(); n[result.Pass] != 20 || n[result.Blocked] != len(run.Selected)-20 {
				t.Errorf("20 specs were judged before the death, the others cannot be: %v", n)
			}
		})
	}
}

// TestAnInterruptIsNobodysFault: a run that is interrupted while a verb hangs ends at once, and says no more than that.
func TestAnInterruptIsNobodysFault(t *testing.T) {
	needProcessTable(t)
	command := bad("hangs sync")
	reached := filepath.Join(t.TempDir(), "reached")
	command.Env = append(command.Env, reachedEnv+"="+reached)
	j := prepare(t, engine.Options{Command: command})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var interrupted time.Time
	go func() {
		defer cancel()
		for ctx.Err() == nil {
			if _, err := os.Stat(reached); err == nil {
				interrupted = time.Now()
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	run, err := engine.RunAll(ctx, j, func(s plan.Spec) bool { return s.Check.Scenario == "backfilled" })
	if err != nil || ctx.Err() == nil {
		t.Fatalf("it ended before it was interrupted: %v, %+v", err, run.Count())
	}
	if took := time.Since(interrupted); took > 5*time.Second {
		t.Errorf("it took %s to end", took)
	}
	for i, r := range run.Complete() {
		want := "not-completed"
		if i == 0 {
			want = "interrupted"
			if !strings.Contains(r.Summary, `while the scenario "backfilled" was being reached`) {
				t.Errorf("it says %q", r.Summary)
			}
		}
		if r.Status != result.Error || r.Cause != want {
			t.Fatalf("%s: %s %s: %s", r.Key(), r.Status, r.Cause, r.Summary)
		}
	}
	if left := running(t, badEnv+"=hangs sync\x00"); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

// TestASessionBeginsAtOnceAndEndsWhenClosed: what the selected specs will need is begun before the first of them asks, and
// closing the session waits for no verb that hangs.
func TestASessionBeginsAtOnceAndEndsWhenClosed(t *testing.T) {
	needProcessTable(t)
	command := bad("hangs register_webhooks")
	reached := filepath.Join(t.TempDir(), "reached")
	command.Env = append(command.Env, reachedEnv+"="+reached)
	j := prepare(t, engine.Options{Command: command})
	for _, s := range j.Plan.Specs {
		j.Selected = append(j.Selected, s.Key())
	}
	session, err := engine.Open(t.Context(), j, nil, share(t), 1)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		if _, err := os.Stat(reached); err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing was begun")
		}
	}
	started := time.Now()
	if err := session.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(started); took > 5*time.Second {
		t.Errorf("it took %s to close", took)
	}
	if left := running(t, badEnv+"=hangs register_webhooks\x00"); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

func share(t *testing.T) *engine.Shared {
	t.Helper()
	shared, err := engine.Share(t.Context(), prepare(t, engine.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := shared.Close(); err != nil {
			t.Error(err)
		}
	})
	return shared
}

// prepared is the job that all tests here vary: to load the recording for each would take most of their time.
var prepared = sync.OnceValues(func() (*engine.Job, error) { return engine.Prepare(engine.Options{Manifest: manifestFile}) })

// prepare returns a job with the target, the environment and the timeouts that are set in o.
func prepare(t *testing.T, o engine.Options) *engine.Job {
	t.Helper()
	base, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	j := *base
	j.Reports = t.TempDir()
	if o.Command != nil {
		j.Command, j.Profile.Name, j.Profile.Bundled = o.Command, o.Command.Name, false
	}
	if o.Getenv != nil {
		j.Getenv = o.Getenv
	}
	j.ReadyTimeout, j.CallTimeout = cmp.Or(o.ReadyTimeout, j.ReadyTimeout), cmp.Or(o.CallTimeout, j.CallTimeout)
	return &j
}

// runSession runs the plan's specs of the given scenarios in a session of its own, in the order of the scenarios if
// there are several, and returns the run as the reports have it. before is called before each spec.
func runSession(t *testing.T, j *engine.Job, shared *engine.Shared, scenarios string, before func(*engine.Session)) result.Run {
	t.Helper()
	run := j.Run(1, time.Now())
	var specs []plan.Spec
	if scenarios == "" {
		specs = j.Plan.Specs
	}
	for name := range strings.FieldsSeq(scenarios) {
		for _, s := range j.Plan.Specs {
			if string(s.Check.Scenario) == name {
				specs = append(specs, s)
			}
		}
	}
	for _, s := range specs {
		run.Selected = append(run.Selected, s.Key())
	}
	if err := report.Begin(j.Reports, run); err != nil {
		t.Fatal(err)
	}
	journal, err := report.OpenJournal(j.Reports, 1, run)
	if err != nil {
		t.Fatal(err)
	}
	note := func(res result.Result) {
		if err := journal.Append(res); err != nil {
			t.Fatal(err)
		}
	}
	session, err := engine.Open(t.Context(), j, nil, shared, 1)
	if err != nil {
		for _, res := range j.SetupResults(err, 1, run.Selected) {
			note(res)
		}
	} else {
		for _, s := range specs {
			if before != nil {
				before(session)
			}
			res, root := session.Run(t.Context(), s)
			if root != nil {
				note(*root)
			}
			note(res)
		}
		if err := session.Close(); err != nil {
			t.Errorf("closing the session: %v", err)
		}
	}
	if err := journal.Close(); err != nil {
		t.Fatal(err)
	}
	if run, err = report.Finish(j.Reports); err != nil {
		t.Fatal(err)
	}
	return run
}

// oneRoot returns the one red result of a run in which all others are blocked by it, or passed before.
func oneRoot(t *testing.T, run result.Run) result.Result {
	t.Helper()
	var root *result.Result
	for _, r := range run.Complete() {
		switch r.Status {
		case result.Fail, result.Error:
			if root != nil {
				t.Fatalf("two causes: %s (%s) and %s (%s: %s)", root.Key(), root.Cause, r.Key(), r.Cause, r.Summary)
			}
			root = &r
		case result.Blocked, result.Pass:
		default:
			t.Errorf("%s: %s", r.Key(), r.Status)
		}
	}
	if root == nil {
		t.Fatal("there is no cause")
	}
	for _, r := range run.Results {
		if r.Status == result.Blocked && r.BlockedBy != root.Key() {
			t.Errorf("%s is blocked by %q", r.Key(), r.BlockedBy)
		}
	}
	if run.ExitCode() == 0 {
		t.Error("the exit code is 0")
	}
	return *root
}
