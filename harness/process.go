package harness

import (
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/onsi/ginkgo/v2"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/report"
	"github.com/syncspec/syncspec/internal/result"
)

// begin runs on the first process, before all others: it clears the old report and brings up what the run has once.
func (d *driver) begin(ctx ginkgo.SpecContext) []byte {
	if d.interrupted() {
		ginkgo.Fail("interrupted before anything ran")
	}
	signal.Stop(d.interrupts)
	if err := report.Begin(d.job.Reports, d.run); err != nil {
		ginkgo.Fail(err.Error())
	}
	d.open()
	handle, err := d.bringUp(ctx)
	if err == nil {
		return handle
	}
	// The one cause, and every selected spec as blocked by it.
	results := d.job.SetupResults(err, d.worker(), d.run.Selected)
	for _, res := range results {
		d.append(res)
	}
	ginkgo.Fail(report.Details(results[0]))
	return nil
}

func (d *driver) open() {
	var err error
	if d.journal, err = report.OpenJournal(d.job.Reports, d.worker(), d.run); err != nil {
		ginkgo.Fail(err.Error())
	}
}

func (d *driver) bringUp(ctx context.Context) ([]byte, error) {
	var err error
	if d.shared, err = engine.Share(ctx, d.job); err != nil {
		return nil, err
	}
	if err := d.journal.Note(d.shared.Rung(), d.shared.Timing()); err != nil {
		return nil, err
	}
	handle, err := d.shared.Handle()
	if err != nil {
		return nil, err
	}
	d.session, err = engine.Open(ctx, d.job, handle, d.shared, d.worker())
	return handle, err
}

// join runs on every process: all but the first open a session of their own.
func (d *driver) join(ctx ginkgo.SpecContext, handle []byte) {
	if d.session != nil {
		return
	}
	d.open()
	var err error
	if d.session, err = engine.Open(ctx, d.job, handle, nil, d.worker()); err != nil {
		// The cause alone: the other processes run this one's specs.
		root := d.job.Root("run/setup", d.worker(), engine.SetupFailure(err))
		d.append(root)
		ginkgo.Fail(report.Details(root))
	}
}

// leave runs on every process when its specs are over. Whoever comes last has the complete report: so it is there
// also when another process was killed.
func (d *driver) leave(ginkgo.SpecContext) {
	if d.journal == nil {
		return // it failed before it had one, and said why
	}
	var unclean error
	if d.session != nil {
		timing := d.session.Timing()
		unclean = d.session.Close()
		if err := d.journal.Note(timing); err != nil {
			ginkgo.Fail(err.Error())
		}
	}
	d.finish(unclean)
}

// finish writes down what could not be cleaned up, if anything, and the report as far as it is known.
func (d *driver) finish(unclean error) {
	var left result.Result
	if unclean != nil {
		left = d.job.CleanupResult(unclean, d.worker())
		d.append(left)
	}
	if err := d.journal.Close(); err != nil {
		ginkgo.Fail(err.Error())
	}
	if _, err := report.Finish(d.job.Reports); err != nil {
		ginkgo.Fail(err.Error())
	}
	if unclean != nil {
		ginkgo.Fail(report.Details(left))
	}
}

// end runs on the first process after all others have left.
func (d *driver) end(ginkgo.SpecContext) {
	if d.shared == nil {
		return
	}
	if err := d.shared.Close(); err != nil {
		d.open() // the journal was closed when this process's specs were over
		d.finish(err)
	}
}

// summarise ends the console with the SOP's verification summary, and fails a suite that Ginkgo would pass though the
// results do not.
func (d *driver) summarise(suite ginkgo.Report) {
	if d.previewing || d.config.DryRun || d.journal == nil {
		return
	}
	run, err := report.Finish(d.job.Reports)
	if err != nil {
		ginkgo.Fail(err.Error())
	}
	if err := report.Summary(os.Stdout, run, report.SummaryOptions{Folder: d.job.Reports, Rerun: func(r result.Result) string { return d.again(r.Key()) }}); err != nil {
		ginkgo.Fail(fmt.Sprintf("writing the summary: %v", err))
	}
	if err := report.GitHub(os.Stdout, run, os.Getenv); err != nil {
		ginkgo.Fail(err.Error())
	}
	if run.ExitCode() != 0 && suite.SuiteSucceeded {
		ginkgo.Fail("the verification did not pass: see the summary")
	}
}

// again is the command that runs the one spec of a key again, from the module's folder.
func (d *driver) again(key string) string {
	for _, s := range d.job.Plan.Specs {
		if s.Key() == key {
			labels := s.Labels()
			command := fmt.Sprintf("ginkgo --label-filter '%s && %s' %s", labels[1], labels[2], suiteFolder())
			if f := flag.Lookup(targetFlag); f != nil && f.Value.String() != "" {
				command += " -- --target " + f.Value.String()
			}
			return command
		}
	}
	return "" // a scenario or the set-up: no spec of its own
}

// suiteFolder is the running suite's folder as ginkgo is told it from the module's folder.
func suiteFolder() string {
	module, here, err := folders()
	if err != nil {
		return "."
	}
	rel, err := filepath.Rel(module, here)
	if err != nil || rel == "." {
		return "."
	}
	return "./" + filepath.ToSlash(rel)
}

// folders are the module's and the running suite's. Tests run in their package's folder; a test binary that was taken
// elsewhere has no module.
func folders() (module, here string, err error) {
	if here, err = os.Getwd(); err != nil {
		return "", "", fmt.Errorf("finding the current folder: %w", err)
	}
	for module = here; ; module = filepath.Dir(module) {
		if _, err := os.Stat(filepath.Join(module, "go.mod")); err == nil {
			return module, here, nil
		}
		if module == filepath.Dir(module) {
			return here, here, nil
		}
	}
}

// target is the profile's file, empty where neither the flag, nor the suite, nor the environment names one. A relative path
// starts from the suite's folder, in which its tests run, or else from the module's, in which most people are.
func (s Suite) target() string {
	file := ""
	if f := flag.Lookup(targetFlag); f != nil {
		file = f.Value.String()
	}
	file = cmp.Or(file, s.Target, os.Getenv(engine.TargetEnv))
	if file == "" || filepath.IsAbs(file) {
		return file
	}
	if _, err := os.Stat(file); err == nil {
		return file
	}
	if module, _, err := folders(); err == nil {
		if _, err := os.Stat(filepath.Join(module, file)); err == nil {
			return filepath.Join(module, file)
		}
	}
	return file // the engine says that it is not there
}

// reports is where the suite's reports go; empty where the manifest's place says it.
func (s Suite) reports() string {
	if s.Reports != "" || s.Source == "" {
		return s.Reports
	}
	module, _, err := folders()
	if err != nil {
		return "" // the engine takes the current folder, and says what is wrong with it
	}
	return filepath.Join(module, "reports", s.Source)
}
