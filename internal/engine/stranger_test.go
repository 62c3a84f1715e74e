package engine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/result"
)

// stranger is the bundled reference in the guise of somebody else's target: a profile starts it, as any other program.
type stranger struct {
	t   *testing.T
	dir string
	// mark is in the environment of all its processes.
	mark string
	// start and migrate are the commands, in YAML; more is the rest of the profile. FILE, SELF and MARK in them stand for the
	// manifest that the target has, this binary and the mark.
	start, migrate, more string
	// manifest is the file that it has.
	manifest string
}

func newStranger(t *testing.T) *stranger {
	t.Helper()
	manifest, err := filepath.Abs(manifestFile)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return &stranger{t: t, dir: dir, mark: "ACME_MARK=" + dir, manifest: manifest,
		start:   `[env, SYNCSPEC_ROLE=reference, SYNCSPEC_MANIFESTS=FILE, "MARK", SELF]`,
		migrate: `[env, SYNCSPEC_ROLE=reference-migrate, SYNCSPEC_MANIFESTS=FILE, "MARK", SELF]`,
	}
}

// defective seeds a defect into what serves.
func (s *stranger) defective(defect string) {
	s.start = strings.Replace(s.start, "FILE,", "FILE, SYNCSPEC_DEFECT="+defect+",", 1)
}

// write writes the profile and returns its path.
func (s *stranger) write() string {
	text := "apiVersion: syncspec/v1\nkind: Target\nname: acme\nsource: woocommerce\n"
	if s.start != "" {
		text += "start:\n  command: " + s.start + "\n  env: {SYNCSPEC_LISTEN: \"127.0.0.1:{port}\", DATABASE_URL: \"{database.url}\"}\n"
	}
	if s.migrate != "" {
		text += "migrate: {exec: " + s.migrate + "}\n"
	}
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	text = strings.NewReplacer("FILE", s.manifest, "SELF", self, "MARK", s.mark).Replace(text + s.more)
	return s.file("acme.yaml", text)
}

// file writes a file beside the profile.
func (s *stranger) file(name, text string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// job prepares a run of it.
func (s *stranger) job(o engine.Options) *engine.Job {
	s.t.Helper()
	o.Target, o.Manifest = s.write(), manifestFile
	if o.Reports == "" {
		o.Reports = s.t.TempDir()
	}
	j, err := engine.Prepare(o)
	if err != nil {
		s.t.Fatal(err)
	}
	j.Rerun = func(key string) string { return "again " + key }
	return j
}

// run runs the specs of the checks that are named, or of all.
func (s *stranger) run(o engine.Options, ids ...string) result.Run {
	s.t.Helper()
	needProcessTable(s.t)
	run, err := engine.RunAll(s.t.Context(), s.job(o), of(ids...))
	if err != nil {
		s.t.Fatalf("%v\n%v", err, run.Results[0].Evidence)
	}
	if left := running(s.t, s.mark); len(left) > 0 {
		s.t.Errorf("processes %v are left", left)
	}
	return run
}

// of lets the specs of some checks through, or of all.
func of(ids ...string) func(plan.Spec) bool {
	if len(ids) == 0 {
		return nil
	}
	return func(s plan.Spec) bool {
		for _, id := range ids {
			if s.Check.ID == id {
				return true
			}
		}
		return false
	}
}

// listed are the results that are neither passed nor not applicable, as "key: status cause".
func listed(run result.Run) []string {
	var all []string
	for _, r := range run.Complete() {
		if r.Status != result.Pass && r.Status != result.NotApplicable {
			all = append(all, fmt.Sprintf("%s: %s %s", r.Key(), r.Status, r.Cause))
		}
	}
	return all
}
