package target_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/target"
)

// sh is a verb done by a shell's line.
func sh(line string, env ...string) *profile.Verb {
	v := &profile.Verb{Exec: []string{"sh", "-c", line}, Env: map[string]string{}}
	for _, variable := range env {
		name, value, _ := strings.Cut(variable, "=")
		v.Env[name] = value
	}
	return v
}

// batch is a client of a target that is commands only.
func batch(t *testing.T, verbs *profile.VerbMap) (*target.Running, *target.Client) {
	t.Helper()
	p := profile.Target{Name: "nightly", Verbs: verbs, Dir: t.TempDir(), Lacks: []profile.Lack{{What: profile.Company}, {What: profile.Webhook}}}
	r, err := target.Start(t.Context(), guardian(t), target.Launch{Profile: p.For(shop()), Env: []string{"PATH=" + os.Getenv("PATH"), "LEVEL=1"}, Call: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return r, r.Client(target.Account{Name: "a", URL: "http://127.0.0.1:1", Credentials: map[string]string{"token": "hush"}})
}

func TestExec(t *testing.T) {
	t.Parallel()
	verbs := &profile.VerbMap{
		// What goes to standard error is no result, whatever it looks like, and what comes last counts.
		Connect: sh(`echo '{"store_id": 1}'; echo "connected $URL with $TOKEN at level $LEVEL"; printf '{"store_id": %d, "pwd": "%s"}' 7 "$PWD"; echo '{"store_id": 3}' >&2`, "URL={account.url}", "TOKEN={credentials.token}", "LEVEL=2", "NOT={start_date?}"),
		Sync: &profile.Verb{Exec: []string{"sh", "-c", `echo "store $1 since [${2-nothing}] $(pwd)"; echo '{"orders":{"seen":3,"written":2,"failed":0}}'; echo bye`, "sync", "{integration_id}", "{start_date?}"},
			Result: map[string]string{"counts": ".", "fetched": "seen", "ingested": "written", "errors": "failed"}},
	}
	verbs.Connect.Result = map[string]string{"integration_id": "store_id"}
	r, c := batch(t, verbs)
	if r.BaseURL() != "" || r.Ready(t.Context()) != nil || r.Exited() != "" {
		t.Errorf("%q %q", r.BaseURL(), r.Exited())
	}
	i, err := c.Connect(t.Context())
	if i != (target.Integration{ID: "7"}) || err != nil {
		t.Fatalf("%v %+v", err, i)
	}
	stats, err := c.Sync(t.Context(), nil, time.Time{})
	if diff := cmp.Diff(map[string]target.Stats{"fetch_and_ingest_orders": {Fetched: 3, Ingested: 2}}, stats); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := c.Sync(t.Context(), nil, time.Unix(0, 0)); err != nil {
		t.Error(err)
	}
	for _, line := range []string{"connect | connected http://127.0.0.1:1 with hush at level 2", "sync | store 7 since [nothing] " + os.TempDir(), "sync | store 7 since [1970-01-01T00:00:00Z]", "sync | bye"} {
		if !strings.Contains(r.Log(), line) {
			t.Errorf("the log lacks %q:\n%s", line, r.Log())
		}
	}
	fails(t, r.Kill(t.Context()), "target-lacks", "no process of its own")
}

func TestExecFails(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		verb  *profile.Verb
		cause string
		says  []string
	}{
		"exit code":      {sh(`echo starting; echo "no such store" >&2; exit 4`), "target-command-failed", []string{"sh ended with exit code 4; its last words: no such store", "starting", "run it by hand"}},
		"signal":         {sh(`kill -9 $$`), "target-command-failed", []string{`ended by the signal "killed"`, "(nothing)"}},
		"no program":     {&profile.Verb{Exec: []string{"./woo", "sync"}}, "target-not-started", []string{"woo", "no such file"}},
		"no result":      {sh(`echo '["a"]'; echo done`), "target-garbage", []string{"the command sh ended well, but it printed no line that is a JSON object; its last words: done"}},
		"another result": {sh(`echo '{"storeid": 1}'`), "target-garbage", []string{"the command sh ended well, and there is no store_id, where integration_id should be: it has storeid; is storeid meant?"}},
		"never ends":     {sh(`echo waiting for the lock; sleep 1000`), "target-timeout", []string{"the command sh did not end within 200ms", "waiting for the lock"}},
		"no placeholder": {&profile.Verb{Exec: []string{"sh", "{run_id}"}}, "profile-placeholder", []string{"exec cannot be filled in", "no value for {run_id}"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.verb.Result, c.verb.Within = map[string]string{"integration_id": "store_id"}, "200ms"
			if c.cause != "target-timeout" {
				c.verb.Within = ""
			}
			_, client := batch(t, &profile.VerbMap{Connect: c.verb})
			_, err := client.Connect(t.Context())
			fails(t, err, c.cause, c.says...)
		})
	}
}

// TestExecLeavesNothing: not what a command that did not end started, nor what one left behind that did.
func TestExecLeavesNothing(t *testing.T) {
	t.Parallel()
	r, c := batch(t, &profile.VerbMap{
		Disconnect: sh(`setsid sleep 1000 >/dev/null 2>&1 & echo $! >left; echo well`),
		Connect:    &profile.Verb{Exec: []string{"sh", "-c", `trap '' TERM; sleep 1000 & echo $! >child; wait; sleep 1000`}, Within: "300ms"},
	})
	pid := func(name string) int {
		data, err := os.ReadFile(filepath.Join(r.Dir(), name))
		if err != nil {
			t.Fatal(err)
		}
		n, _ := strconv.Atoi(strings.TrimSpace(string(data)))
		return n
	}
	if err := c.Disconnect(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err := c.Connect(t.Context())
	fails(t, err, "target-timeout", "did not end within 300ms")
	if alive(pid("child")) {
		t.Error("the child of a command that did not end is still there")
	}
	if !alive(pid("left")) {
		t.Error("what a command started in the background was ended with it: its work may go on there")
	}
	if err := r.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	if alive(pid("left")) {
		t.Error("what a command started in the background outlives the target")
	}
}

// TestExecPolled: a command that starts work, and one that tells of it.
func TestExecPolled(t *testing.T) {
	t.Parallel()
	v := sh(`(sleep 0.1; echo done >state) & echo '{"job": "j1"}'`)
	v.Result = map[string]string{"run_id": "job"}
	v.Poll = &profile.Poll{Exec: []string{"sh", "-c", `echo "{\"job\": \"$1\", \"state\": \"$(cat state 2>/dev/null)\"}"`, "poll", "{run_id}"}, State: "state", Done: []string{"done"}, Every: "5ms"}
	r, c := batch(t, &profile.VerbMap{Disconnect: v})
	if err := c.Disconnect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(r.Dir(), "state")); err != nil {
		t.Error(err)
	}
}

// TestNoAddress: a request to a target that has no process.
func TestNoAddress(t *testing.T) {
	_, c := batch(t, &profile.VerbMap{Disconnect: &profile.Verb{HTTP: "POST /x"}})
	fails(t, c.Disconnect(t.Context()), "target-refused", "no process and no address", "exec or sql")
}
