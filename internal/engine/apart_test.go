package engine_test

import (
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// databases are those that processes with a text in their environment are given.
func databases(t *testing.T, text string) []string {
	t.Helper()
	var all []string
	for _, pid := range running(t, text) {
		env, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		for variable := range strings.SplitSeq(string(env), "\x00") {
			if address, ok := strings.CutPrefix(variable, "DATABASE_URL="); ok {
				all = append(all, address)
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// TestATargetWithoutTenants: where rows do not say whose they are each scenario has a target and a database of its own, and
// what happens to one is nothing to the others.
func TestATargetWithoutTenants(t *testing.T) {
	t.Parallel()
	needProcessTable(t)
	s := newStranger(t)
	s.more = "lacks:\n  - {what: tenants, why: one shop for each installation}\n"
	j := s.job(engine.Options{Keep: true})
	names := []scenario.Name{scenario.Connected, scenario.Backfilled, scenario.Probed}
	ran, all := 0, false
	run := runSession(t, j, shareOf(t, j), "connected backfilled probed", func(session *engine.Session) {
		ran++
		switch {
		case ran == 1:
			if session.Target(scenario.Connected) != nil {
				t.Error("a target was started before anything asked for it")
			}
		case ran == 2:
			if n, m := len(running(t, s.mark)), len(databases(t, s.mark)); n != 1 || m != 1 {
				t.Errorf("%d targets with %d databases, want one of the one scenario", n, m)
			}
			target := session.Target(scenario.Connected)
			if err := target.Process().Signal(syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			<-target.Process().Done()
		}
		if session.Target(scenario.Probed) != nil {
			all = true
			if n, m := len(running(t, s.mark)), len(databases(t, s.mark)); n != len(names)-1 || m != len(names)-1 {
				t.Errorf("%d targets with %d databases, want %d that live", n, m, len(names)-1)
			}
		}
	})
	if left := running(t, s.mark); len(left) > 0 || !all {
		t.Errorf("processes %v are left; that all were there is %t", left, all)
	}
	counts := map[scenario.Name]map[string]int{}
	of := map[string]scenario.Name{}
	for _, spec := range j.Plan.Specs {
		of[spec.Key()] = spec.Check.Scenario
	}
	var root *result.Result
	for _, r := range run.Complete() {
		name, planned := of[r.Key()]
		if !planned {
			if root != nil {
				t.Errorf("a second root: %s %s", r.Key(), r.Summary)
			}
			root = &r
			continue
		}
		if counts[name] == nil {
			counts[name] = map[string]int{}
		}
		counts[name][string(r.Status)+" "+r.Cause]++
	}
	if root == nil || root.Check != "scenario/connected" || root.Cause != "target-exited" || root.Status != result.Fail || root.Artifacts == "" {
		t.Fatalf("the root is %+v", root)
	}
	if c := counts[scenario.Connected]; c["pass "] == 0 || c["blocked blocked"] == 0 {
		t.Errorf("of the scenario whose target was killed: %v", c)
	}
	for _, name := range names[1:] {
		for what, n := range counts[name] {
			if what != "pass " && what != "fail target-lacks" && !strings.HasPrefix(what, string(result.NotApplicable)) {
				t.Errorf("of the scenario %s, whose target lives: %d are %s", name, n, what)
			}
		}
		if counts[name]["pass "] == 0 {
			t.Errorf("of the scenario %s nothing was judged: %v", name, counts[name])
		}
	}
}

// shareOf is the run's own part of a job.
func shareOf(t *testing.T, j *engine.Job) *engine.Shared {
	t.Helper()
	shared, err := engine.Share(t.Context(), j)
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
