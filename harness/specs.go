package harness

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/report"
	"github.com/syncspec/syncspec/internal/result"
)

// Specs declares the specs of a suite. Call it before ginkgo.RunSpecs. It ends the test where the manifest, the
// recording or the filter is at fault: nothing could be verified then.
func Specs(t *testing.T, suite Suite) {
	t.Helper()
	config, _ := ginkgo.GinkgoConfiguration()
	d := &driver{config: config}
	job, err := engine.Prepare(engine.Options{Manifest: suite.Manifest, Cassettes: suite.Cassettes, Reports: suite.Reports})
	if err != nil {
		t.Fatalf("%v", err)
	}
	d.job = job
	d.run = job.Run(config.RandomSeed, time.Now())
	d.declare()
	if d.run.Selected = d.selected(); len(d.run.Selected) == 0 && !config.DryRun {
		t.Fatalf("the filter lets none of the %d specs through: nothing would be verified. Labels are like %v", len(job.Plan.Specs), job.Plan.Specs[0].Labels())
	}
}

// driver drives one process's share of a suite.
type driver struct {
	config  types.SuiteConfig
	job     *engine.Job
	run     result.Run
	shared  *engine.Shared
	session *engine.Session
	journal *report.Journal
	// previewing is set while Ginkgo only lists what it would run.
	previewing bool
}

func (d *driver) worker() int { return d.config.ParallelProcess }

// declare builds the tree: a container per check, a spec per subject. Its texts join to the result's key.
func (d *driver) declare() {
	var containers [][]plan.Spec
	for _, s := range d.job.Plan.Specs {
		if n := len(containers); n == 0 || containers[n-1][0].Check.ID != s.Check.ID {
			containers = append(containers, nil)
		}
		containers[len(containers)-1] = append(containers[len(containers)-1], s)
	}
	for _, specs := range containers {
		ginkgo.Describe(specs[0].Check.ID, func() {
			for _, s := range specs {
				ginkgo.It("["+s.Subject.Name+"]", ginkgo.Label(s.Labels()...), func(ctx ginkgo.SpecContext) { d.spec(ctx, s) })
			}
		})
	}
	ginkgo.SynchronizedBeforeSuite(d.begin, d.join)
	ginkgo.SynchronizedAfterSuite(d.leave, d.end)
	ginkgo.ReportAfterSuite("verification summary", func(ginkgo.Report) { d.summarise() })
}

// selected asks Ginkgo which specs its filters let through.
func (d *driver) selected() []string {
	d.previewing = true
	defer func() { d.previewing = false }()
	ours := map[string]bool{}
	for _, s := range d.job.Plan.Specs {
		ours[s.Key()] = true
	}
	var keys []string
	for _, s := range ginkgo.PreviewSpecs(d.job.Plan.Manifest.Source).SpecReports {
		if s.LeafNodeType == types.NodeTypeIt && !s.State.Is(types.SpecStateSkipped|types.SpecStatePending) && ours[s.FullText()] {
			keys = append(keys, s.FullText())
		}
	}
	return keys
}

// spec runs one spec and tells Ginkgo what came of it.
func (d *driver) spec(ctx context.Context, s plan.Spec) {
	res, root := d.session.Run(ctx, s)
	if root != nil {
		d.append(*root)
	}
	d.append(res)
	switch {
	case root != nil:
		ginkgo.Fail(report.Details(*root)+"\n"+res.Summary, 1)
	case res.Status == result.Blocked:
		ginkgo.Skip(res.Summary, 1)
	case res.Status == result.NotApplicable || res.Status == result.Waived:
		ginkgo.Skip(string(res.Status)+": "+res.Summary, 1)
	case res.Status.Red():
		ginkgo.Fail(report.Details(res), 1)
	case res.Status == result.Warning:
		ginkgo.GinkgoWriter.Println(report.Details(res))
	}
}

func (d *driver) append(res result.Result) {
	if err := d.journal.Append(res); err != nil {
		ginkgo.Fail(fmt.Sprintf("the result of %s could not be written down: %v", res.Key(), err), 1)
	}
}

// begin runs on the first process, before all others: it clears the old report and brings up what the run has once.
func (d *driver) begin(ctx ginkgo.SpecContext) []byte {
	if err := report.Begin(d.job.Reports, d.run); err != nil {
		ginkgo.Fail(err.Error())
	}
	d.open()
	handle, err := d.bringUp(ctx)
	if err != nil {
		d.setupFailed(err)
	}
	return handle
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
		d.setupFailed(err)
	}
}

// setupFailed writes the one cause down, and every selected spec as blocked by it.
func (d *driver) setupFailed(err error) {
	root := engine.Root("run/setup", d.job.Plan.Manifest.Source, d.worker(), engine.SetupFailure(err))
	d.append(root)
	for _, s := range d.job.Plan.Specs {
		p, blocked := s.Planned(), engine.Blocked(root.Key())
		blocked.Check, blocked.Subject, blocked.Phase, blocked.SOP, blocked.Level = p.Check, p.Subject, p.Phase, p.SOP, p.Level
		for _, key := range d.run.Selected {
			if key == p.Key() {
				d.append(blocked)
			}
		}
	}
	ginkgo.Fail(report.Details(root), 1)
}

// leave runs on every process when its specs are over. Whoever comes last has the complete report: so it is there
// also when another process was killed.
func (d *driver) leave(ginkgo.SpecContext) {
	if d.session != nil {
		if err := d.journal.Note(d.session.Timing()); err != nil {
			ginkgo.Fail(err.Error())
		}
		if err := d.session.Close(); err != nil {
			ginkgo.GinkgoWriter.Println(err)
		}
	}
	if d.journal != nil {
		if err := d.journal.Close(); err != nil {
			ginkgo.Fail(err.Error())
		}
	}
	if _, err := report.Finish(d.job.Reports); err != nil {
		ginkgo.Fail(err.Error())
	}
}

// end runs on the first process after all others have left.
func (d *driver) end(ginkgo.SpecContext) {
	if d.shared == nil {
		return
	}
	if err := d.shared.Close(); err != nil {
		ginkgo.Fail(fmt.Sprintf("cleaning up after the run: %v", err))
	}
}

// summarise ends the console with the SOP's verification summary, and fails a suite that Ginkgo would pass though the
// results do not.
func (d *driver) summarise() {
	if d.previewing || d.config.DryRun {
		return
	}
	run, err := report.Finish(d.job.Reports)
	if err != nil {
		ginkgo.Fail(err.Error())
	}
	if err := report.Summary(os.Stdout, run, report.SummaryOptions{}); err != nil {
		ginkgo.Fail(fmt.Sprintf("writing the summary: %v", err))
	}
	if run.ExitCode() != 0 {
		ginkgo.Fail("the verification did not pass: see the summary")
	}
}
