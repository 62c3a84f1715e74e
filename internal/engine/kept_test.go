package engine_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/result"
)

// TestWhatIsKeptOfFailures: of each spec that failed there is what it looked at, without any secret; of what the target lacks
// there is nothing to see, and of an older run nothing is left.
func TestWhatIsKeptOfFailures(t *testing.T) {
	t.Setenv("ACME_KEY", "geheimnisvoll")
	checks := []string{"accuracy/fields", "webhook/stats-recalculated"}
	s := newStranger(t)
	sound := s.start
	// It says all that it knows, as targets do.
	s.more = strings.Replace(withConnect(`    then:
      exec: [sh, -c, "echo connecting to $DATABASE_URL with $ACME_KEY, $KEY and $HOOK >&2; echo '{}'"]
      env: {ACME_KEY: "${ACME_KEY}", KEY: "{credentials.consumer_secret}", HOOK: "{webhook.secret}"}
`), `  stats: {http: "GET /conformance/v1/stats?integration_id={integration_id}"}`+"\n", "", 1) +
		"lacks:\n  - {what: stats, why: nobody asked for them}\n"
	s.defective("money-through-float")
	reports := t.TempDir()
	run := s.run(engine.Options{Reports: reports, Keep: true}, checks...)

	kept := map[string]bool{}
	lacking := 0
	for _, r := range run.Results {
		switch {
		case r.Status == result.Pass || r.Status == result.NotApplicable || r.Cause == check.TargetLacks:
			if r.Artifacts != "" {
				t.Errorf("%s is %s %s, and %s is kept of it", r.Key(), r.Status, r.Cause, r.Artifacts)
			}
			if r.Cause == check.TargetLacks {
				lacking++
			}
		case r.Cause != "money-through-float":
			t.Errorf("%s: %s %s: %s", r.Key(), r.Status, r.Cause, r.Summary)
		default:
			kept[r.Artifacts] = true
			for _, name := range []string{"result.json", "target.log", "rerun.sh", "traffic.har"} {
				if _, err := os.Stat(filepath.Join(reports, r.Artifacts, name)); err != nil {
					t.Errorf("%s: %v", r.Key(), err)
				}
			}
		}
	}
	if len(kept) == 0 || lacking == 0 {
		t.Fatalf("%d failures are kept, %d are of what the target lacks: %q", len(kept), lacking, listed(run))
	}
	files := 0
	err := filepath.WalkDir(filepath.Join(reports, "artifacts"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if folder, err := filepath.Rel(reports, filepath.Dir(path)); err != nil || !kept[folder] {
			t.Errorf("%s is of no spec that failed: %v", path, err)
		}
		if d.Name() == "target.log" {
			contains(t, string(data), "connecting to postgres", ":xxxxx@", "with xxxxx, xxxxx and xxxxx")
		}
		for _, secret := range []string{"geheimnisvoll", "backfilled-consumer_secret", "backfilled-consumer_key", "backfilled-secret"} {
			if strings.Contains(string(data), secret) {
				t.Errorf("%s has %q", path, secret)
			}
		}
		return nil
	})
	if err != nil || files < 4*len(kept) {
		t.Errorf("there are %d files of %d failures: %v", files, len(kept), err)
	}

	s.start = sound
	again := s.run(engine.Options{Reports: reports, Keep: true}, checks...)
	if slices.ContainsFunc(again.Results, func(r result.Result) bool { return r.Status.Red() && r.Cause != check.TargetLacks }) {
		t.Errorf("not all is sound: %q", listed(again))
	}
	if _, err := os.Stat(filepath.Join(reports, "artifacts")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was kept of the older run is there still: %v", err)
	}
}

func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("it does not say %q:\n%s", p, text)
		}
	}
}
