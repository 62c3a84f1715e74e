package harness_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// profile writes a profile of the reference in the guise of somebody else's target. It is started with the settings, and more
// is the rest of the file.
func (tr tree) profile(t *testing.T, path, settings, more string) {
	t.Helper()
	path = filepath.Join(tr.root, path)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	text := "apiVersion: syncspec/v1\nkind: Target\nname: acme\nsource: woocommerce\nstart:\n" +
		"  command: [env, SYNCSPEC_ROLE=reference, SYNCSPEC_MANIFESTS=" + filepath.Join(tr.root, "specs", "woocommerce.yaml") + settings + ", " + tr.binary + "]\n"
	if err := os.WriteFile(path, []byte(text+more), 0o600); err != nil {
		t.Fatal(err)
	}
}

// module makes the tree a module, from whose folder paths can start.
func (tr tree) module(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(tr.root, "go.mod"), []byte("module acme\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestTargetIsNamed: by the flag or the environment, from the suite's folder or the module's; the reports say whom they are of.
func TestTargetIsNamed(t *testing.T) {
	tr := newTree(t)
	tr.module(t)
	tr.profile(t, "targets/acme.yaml", "", "")
	tr.profile(t, "suites/woocommerce/mine.yaml", "", "")
	const few = "--label-filter=check:configuration.unique-key"
	for name, c := range map[string]struct {
		env  []string
		args []string
	}{
		"flag, from the module, in parallel":      {nil, []string{"--procs=2", few, tr.binary, "--", "--target", "targets/acme.yaml"}},
		"flag before environment, from the suite": {[]string{"SYNCSPEC_TARGET=nowhere.yaml"}, []string{few, tr.binary, "--", "--target=mine.yaml"}},
		"environment, from the module":            {[]string{"SYNCSPEC_TARGET=targets/acme.yaml"}, []string{few, tr.binary}},
		"environment, from the suite":             {[]string{"SYNCSPEC_TARGET=mine.yaml"}, []string{few, tr.binary}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out := tr.run(t, c.env, ginkgoBinary, c.args...)
			if code != 0 {
				t.Errorf("exit code %d:\n%s", code, out)
			}
			j := tr.junit(t)
			if target := property(t, j.text, "target"); target != "acme" || len(j.cases) < 10 {
				t.Errorf("%d specs are of %q", len(j.cases), target)
			}
		})
	}
}

// TestTargetIsRefused: a profile that is not there, has mistakes, or cannot be shared, is told before anything runs.
func TestTargetIsRefused(t *testing.T) {
	tr := newTree(t)
	tr.module(t)
	tr.profile(t, "mistaken.yaml", "", "ready: {http: /healthz}\nlacks: [{what: webhooks, why: none}]\n")
	if err := os.WriteFile(filepath.Join(tr.root, "attached.yaml"), []byte("apiVersion: syncspec/v1\nkind: Target\nname: acme\nsource: woocommerce\n"+
		"attach: {url: \"http://127.0.0.1:1\", database: \"${ACME_DB}\", gateway: \"127.0.0.1:2\"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		says []string
	}{
		"no file":  {[]string{tr.binary, "--", "--target", "nowhere.yaml"}, []string{"reading the profile nowhere.yaml: no such file or directory"}},
		"mistakes": {[]string{tr.binary, "--", "--target", "mistaken.yaml"}, []string{"mistaken.yaml:7:1", `unknown key "ready"`}},
		"shared":   {[]string{"--procs=2", tr.binary, "--", "--target", "attached.yaml"}, []string{"attached.yaml attaches to a target that runs already", "run it without -p"}},
	} {
		t.Run(name, func(t *testing.T) {
			code, out := tr.run(t, []string{unreachable, "ACME_DB=postgres://acme:geheim12@127.0.0.1:1/acme"}, ginkgoBinary, c.args...)
			if code != 1 || strings.Contains(out, "geheim12") {
				t.Errorf("exit code %d:\n%s", code, out)
			}
			contains(t, out, c.says...)
			if red := tr.junit(t).red(); len(red) != 1 || !strings.HasPrefix(red[0], "run/prepared [") {
				t.Errorf("red are %q", red)
			}
		})
	}
}

// TestFailureIsKept: what a spec that failed looked at is in the report's folder, with the command that runs it again.
func TestFailureIsKept(t *testing.T) {
	tr := newTree(t)
	tr.module(t)
	tr.profile(t, "acme.yaml", ", SYNCSPEC_DEFECT=topic-forgotten", "")
	code, out := tr.run(t, nil, ginkgoBinary, "--label-filter=check:webhook.registered", tr.binary, "--", "--target", "acme.yaml")
	red := tr.junit(t).red()
	if code != 1 || len(red) != 1 || !strings.HasPrefix(red[0], "webhook/registered [") {
		t.Fatalf("exit code %d, red are %q:\n%s", code, red, out)
	}
	scripts, err := filepath.Glob(filepath.Join(tr.reports(), "artifacts", "*", "*", "*", "rerun.sh"))
	if err != nil || len(scripts) != 1 {
		t.Fatalf("there are %q: %v", scripts, err)
	}
	script, err := os.ReadFile(scripts[0])
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(script), "ginkgo --label-filter 'check:webhook.registered && ", " ./suites/woocommerce -- --target acme.yaml\n")
	folder, err := filepath.Rel(tr.reports(), filepath.Dir(scripts[0]))
	if err != nil {
		t.Fatal(err)
	}
	contains(t, out, folder)
	contains(t, tr.junit(t).text, folder)
}

// TestCtrlCDuringACommand: of a verb that is a command nothing is left, also of what that has started.
func TestCtrlCDuringACommand(t *testing.T) {
	tr := newTree(t)
	reached := filepath.Join(tr.root, "reached")
	tr.profile(t, "acme.yaml", "", `verbs:
  connect:
    http: POST /conformance/v1/connect
    body: {source: woocommerce, account: {url: "{account.url}"}, credentials: "{credentials}", webhook: {base_url: "{webhook.base_url}", secret: "{webhook.secret}"}}
  register_webhooks: {http: POST /conformance/v1/register_webhooks, body: {integration_id: "{integration_id}"}}
  webhook: {}
  sync: {exec: [sh, -c, "trap '' TERM; setsid sleep 1000 & touch `+reached+`; sleep 1000"]}
lacks:
  - {what: describe, why: not asked}
  - {what: start_date, why: not asked}
  - {what: counts, why: not asked}
  - {what: retry, why: not asked}
  - {what: stats, why: not asked}
  - {what: disconnect, why: not asked}
`)
	d := tr.start(t, []string{"SYNCSPEC_TARGET=" + filepath.Join(tr.root, "acme.yaml")}, tr.binary, "--ginkgo.label-filter=scenario:backfilled")
	d.until(t, "the command", func() bool { _, err := os.Stat(reached); return err == nil })
	started := time.Now()
	d.signal(t, -d.cmd.Process.Pid, syscall.SIGINT)
	if code := d.wait(t, 30*time.Second); code != 1 {
		t.Errorf("the exit code is %d", code)
	}
	if took := time.Since(started); took > 15*time.Second {
		t.Errorf("it took %s to end", took)
	}
	d.nothingLeft(t)
	contains(t, tr.junit(t).text, `type="interrupted"`)
}
