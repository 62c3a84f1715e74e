package engine_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/result"
)

// mapped are the verbs of the default protocol as a profile has them that maps each.
const mapped = `
verbs:
  describe: {http: GET /conformance/v1/describe, result: {scopes: "sources.{source.name}.scopes", functions: sources.woocommerce.functions, topics: sources.woocommerce.topics}}
  connect:
    http: POST /conformance/v1/connect
    headers: {X-Account: "{account.name}"}
    body:
      source: "{source.name}"
      account: {url: "{account.url}"}
      credentials: {consumer_key: "{credentials.consumer_key}", consumer_secret: "{credentials.consumer_secret}"}
      webhook: {base_url: "{target.url}", secret: "{webhook.secret}"}
CONNECT
  register_webhooks: {http: POST /conformance/v1/register_webhooks, body: {integration_id: "{integration_id}"}}
  sync:
    http: POST /conformance/v1/sync
    body: {integration_id: "{integration_id}", functions: "{functions?}", start_date: "{start_date?}"}
    result: {counts: functions}
  webhook: {}
  retry: {http: POST /conformance/v1/retry, body: {integration_id: "{integration_id}"}}
  stats: {http: "GET /conformance/v1/stats?integration_id={integration_id}"}
  disconnect: {http: POST /conformance/v1/disconnect, body: {integration_id: "{integration_id}"}}
`

// withConnect is mapped, with more about connect.
func withConnect(more string) string { return strings.Replace(mapped, "CONNECT\n", more, 1) }

// TestATargetOfAProfilePassesEverything: started, migrated and driven as a profile says, under names of its own, a sound
// target is sound in every check.
func TestATargetOfAProfilePassesEverything(t *testing.T) {
	t.Parallel()
	s := newStranger(t)
	theirs, err := os.ReadFile(s.manifest)
	if err != nil {
		t.Fatal(err)
	}
	text := string(theirs)
	for from, to := range map[string]string{
		"table: woocommerce_coupon\n": "table: woocommerce_voucher\n", "{column: expires_at,": "{column: ends_at,",
		"table: woocommerce_order_line_item\n": "table: woocommerce_line\n",
	} {
		if strings.Count(text, from) != 1 {
			t.Fatalf("the manifest has %q %d times", from, strings.Count(text, from))
		}
		text = strings.Replace(text, from, to, 1)
	}
	s.manifest = s.file("theirs.yaml", text)
	s.more = withConnect("") + `
names:
  tables:
    woocommerce_coupon: {table: woocommerce_voucher, columns: {expires_at: ends_at}}
    woocommerce_order_line_item: {table: woocommerce_line}
`
	run := s.run(engine.Options{})
	if all := listed(run); len(all) > 0 {
		t.Errorf("not all is sound:\n%s", strings.Join(all, "\n"))
	}
	if run.Verdict() != result.Healthy || run.SelfTest || run.Target != "acme" || run.Mode != result.Sandbox {
		t.Errorf("the verdict is %s on %q in %s, a self-test: %t", run.Verdict(), run.Target, run.Mode, run.SelfTest)
	}
	keys := fmt.Sprint(run.Selected)
	if !strings.Contains(keys, "[woocommerce_voucher]") || strings.Contains(keys, "[woocommerce_coupon]") {
		t.Error("specs are not called by the target's own names")
	}
}

// TestNamesThatTheDatabaseDoesNotHave: a profile's mistake is shown where it stands, with what comes nearest, before anything is
// started.
func TestNamesThatTheDatabaseDoesNotHave(t *testing.T) {
	t.Parallel()
	s := newStranger(t)
	s.more = "names:\n  tables:\n    woocommerce_coupon: {columns: {expires_at: expire_at}}\n    woocommerce_order:\n      table: woocommerce_ordr\n"
	run, err := engine.RunAll(t.Context(), s.job(engine.Options{}), of("configuration/tables-exist"))
	if err == nil {
		t.Error("no error")
	}
	root := oneRoot(t, run)
	if root.Check != "run/setup" || root.Status != result.Error || root.Cause != "profile-names" {
		t.Errorf("the root is %s, %s, %q", root.Key(), root.Status, root.Cause)
	}
	for _, says := range []string{"acme.yaml:11:48: ", `the table woocommerce_coupon has no column "expire_at"`, "expires_at",
		"acme.yaml:13:14", `no table "woocommerce_ordr"`, `"woocommerce_order"`, "syncspec init"} {
		if !strings.Contains(fmt.Sprint(root), says) {
			t.Errorf("it does not say %q: %s", says, fmt.Sprint(root))
		}
	}
	if left := running(t, s.mark); len(left) > 0 {
		t.Errorf("processes %v are left", left)
	}
}

// TestWaivedFailures: an accepted failure is told and is no failure; once it is mended its waiver is one.
func TestWaivedFailures(t *testing.T) {
	t.Parallel()
	const check, sound = "webhook/registered", "configuration/unique-key"
	s := newStranger(t)
	topics := s.job(engine.Options{}).Plan.Manifest.Topics()
	key := check + " [" + topics[len(topics)-1].Topic + "]"
	s.defective("topic-forgotten")
	s.file("waivers.yaml", "apiVersion: syncspec/v1\nkind: Waivers\nwaivers:\n"+
		"  - {check: "+check+", subject: \"*\", reason: asked for once, owner: jane, issue: ACME-1, expires: 2026-01-31}\n")
	s.more = "waivers: waivers.yaml\n"
	reports := t.TempDir()
	run := s.run(engine.Options{Reports: reports, Keep: true}, check, sound)
	if all := listed(run); len(all) != 1 || !strings.HasPrefix(all[0], key+": waived ") || run.ExitCode() != 0 {
		t.Errorf("exit code %d, %q", run.ExitCode(), all)
	}
	for _, r := range run.Results {
		if r.Key() == key && (r.Was != result.Fail || r.WaivedBy == nil || r.WaivedBy.Issue != "ACME-1" || r.Artifacts == "") {
			t.Errorf("of what was waived is told: %+v", r)
		}
	}
	enforced := s.run(engine.Options{Getenv: func(name string) string {
		if name == engine.ExpiryEnv {
			return "1"
		}
		return os.Getenv(name)
	}}, check, sound)
	if all := listed(enforced); len(all) != 1 || !strings.HasPrefix(all[0], key+": fail ") || enforced.ExitCode() == 0 {
		t.Errorf("where expiry is enforced: exit code %d, %q", enforced.ExitCode(), all)
	}
	s.start = newStranger(t).start
	healed := s.run(engine.Options{Reports: reports, Keep: true}, check, sound)
	if all := listed(healed); len(all) != 1 || !strings.HasPrefix(all[0], result.WaiversCheck+" [") || !strings.HasSuffix(all[0], ": error "+result.WaiverHealed) || healed.ExitCode() == 0 {
		t.Errorf("once it is mended: exit code %d, %q", healed.ExitCode(), all)
	}
}

// TestTwoOnOnePort: a target that listens where it wants to can be there once, and the second one is told why.
func TestTwoOnOnePort(t *testing.T) {
	t.Parallel()
	s := newStranger(t)
	port := freePort(t)
	s.start = strings.Replace(s.start, `"MARK"`, `"MARK", SYNCSPEC_LISTEN=127.0.0.1:`+port, 1)
	s.start += "\n  ready: {log: msg=listening}"
	j := s.job(engine.Options{})
	shared, err := engine.Share(t.Context(), j)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := shared.Close(); err != nil {
			t.Error(err)
		}
	}()
	first, err := engine.Open(t.Context(), j, nil, shared, 1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := first.Close(); err != nil {
			t.Error(err)
		}
	}()
	if _, err := engine.Open(t.Context(), j, nil, shared, 2); err == nil {
		t.Error("a second one listens on the same port")
	} else if f := engine.SetupFailure(err); f.Cause != "target-exited" || f.Status != result.Fail || !strings.Contains(f.Summary, "its log says that a port is taken") ||
		!strings.Contains(f.Summary, port) || !strings.Contains(f.Remedy, "{port}") {
		t.Errorf("%s %s: %s; %s", f.Status, f.Cause, f.Summary, f.Remedy)
	}
	if left := running(t, s.mark); len(left) != 1 {
		t.Errorf("there are %d processes, want the first one's", len(left))
	}
}

// TestTheEnvironmentNamesTheTarget: where the options do not.
func TestTheEnvironmentNamesTheTarget(t *testing.T) {
	s := newStranger(t)
	file := s.write()
	named := func(path string) func(string) string {
		return func(name string) string {
			if name == engine.TargetEnv {
				return path
			}
			return ""
		}
	}
	j, err := engine.Prepare(engine.Options{Manifest: manifestFile, Reports: t.TempDir(), Getenv: named(file)})
	if err != nil {
		t.Fatal(err)
	}
	if j.Target != file || j.Profile.Name != "acme" || j.Profile.Bundled || j.Mode != engine.Sandbox {
		t.Errorf("%s: %q, bundled %t, in %s", j.Target, j.Profile.Name, j.Profile.Bundled, j.Mode)
	}
	given, err := engine.Prepare(engine.Options{Manifest: manifestFile, Reports: t.TempDir(), Target: file, Getenv: named("/nowhere.yaml")})
	if err != nil || given.Target != file {
		t.Errorf("the option does not come first: %v", err)
	}
	_, err = engine.Prepare(engine.Options{Manifest: manifestFile, Reports: t.TempDir(), Getenv: named("nowhere.yaml")})
	if err == nil || !strings.Contains(err.Error(), "reading the profile nowhere.yaml: no such file") {
		t.Errorf("a file that is not there: %v", err)
	}
	s.more = "foo: bar\n"
	s.write()
	_, err = engine.Prepare(engine.Options{Manifest: manifestFile, Reports: t.TempDir(), Getenv: named(file)})
	if err == nil || slices.ContainsFunc([]string{"acme.yaml:9:1", "foo"}, func(says string) bool { return !strings.Contains(err.Error(), says) }) {
		t.Errorf("a profile with a mistake: %v", err)
	}
}
