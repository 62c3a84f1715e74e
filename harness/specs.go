package harness

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/types"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/report"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// Specs declares the specs of a suite. Call it before ginkgo.RunSpecs. It ends the test where the manifest, the
// recording or the filter is at fault: nothing could be verified then.
func Specs(t *testing.T, suite Suite) {
	t.Helper()
	config, _ := ginkgo.GinkgoConfiguration()
	d := &driver{config: config}
	job, err := engine.Prepare(engine.Options{Source: suite.Source, Manifest: suite.Manifest, Cassettes: suite.Cassettes, Reports: suite.reports(),
		Target: suite.target(), Waivers: suite.Waivers, Keep: true})
	if err == nil && config.ParallelTotal > 1 {
		err = job.Parallel()
	}
	if err != nil {
		refuse(t, config, err)
	}
	d.job = job
	job.Rerun = d.again
	d.run = job.Run(config.RandomSeed, time.Now())
	d.declare()
	// Ginkgo's preview catches signals and forgets them.
	d.interrupts = make(chan os.Signal, 1)
	signal.Notify(d.interrupts, os.Interrupt, syscall.SIGTERM)
	d.run.Selected = d.selected()
	d.job.Selected = d.run.Selected
	d.job.Scattered = config.ParallelTotal > 1
	if d.interrupted() {
		t.Fatal("interrupted before anything ran")
	}
	if len(d.run.Selected) == 0 && !config.DryRun {
		refuse(t, config, &engine.Refusal{Source: d.run.Source, Reports: job.Reports, Err: fmt.Errorf(
			"the filter lets none of the %d specs through: nothing would be verified. Labels are like %s",
			len(job.Plan.Specs), strings.Join(job.Plan.Specs[0].Labels(), ", "))})
	}
}

func (d *driver) interrupted() bool {
	select {
	case <-d.interrupts:
		return true
	default:
		return false
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
	// interrupts holds a signal that came before Ginkgo looked for any.
	interrupts chan os.Signal
	// previewing is set while Ginkgo only lists what it would run.
	previewing bool
}

func (d *driver) worker() int { return d.config.ParallelProcess }

// declare builds the tree: a container per scenario, in it one per check, a spec per subject. With several processes the
// scenarios are ordered, for Ginkgo keeps what is ordered on one process: so a scenario is reached by one of them and not by
// each. A single process takes the specs in any order.
func (d *driver) declare() {
	var together []any
	if d.config.ParallelTotal > 1 {
		together = []any{ginkgo.Ordered, ginkgo.ContinueOnFailure}
	}
	for _, name := range scenario.Names() {
		var specs []plan.Spec
		for _, s := range d.job.Plan.Specs {
			if s.Check.Scenario == name {
				specs = append(specs, s)
			}
		}
		if len(specs) > 0 {
			ginkgo.Describe(string(name)+":", together, func() { d.declareChecks(specs) })
		}
	}
	ginkgo.SynchronizedBeforeSuite(d.begin, d.join)
	ginkgo.SynchronizedAfterSuite(d.leave, d.end)
	ginkgo.ReportAfterSuite("verification summary", d.summarise)
}

// declareChecks builds a container per check. Its text and the spec's join to the result's key.
func (d *driver) declareChecks(specs []plan.Spec) {
	for len(specs) > 0 {
		id := specs[0].Check.ID
		n := slices.IndexFunc(specs, func(s plan.Spec) bool { return s.Check.ID != id })
		if n < 0 {
			n = len(specs)
		}
		of := specs[:n]
		ginkgo.Describe(id, func() {
			for _, s := range of {
				ginkgo.It("["+s.Subject.Name+"]", ginkgo.Label(s.Labels()...), func(ctx ginkgo.SpecContext) { d.spec(ctx, s) })
			}
		})
		specs = specs[n:]
	}
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
		texts := slices.Concat(s.ContainerHierarchyTexts, []string{s.LeafNodeText})
		key := strings.Join(texts[1:], " ") // without the scenario
		if s.LeafNodeType == types.NodeTypeIt && !s.State.Is(types.SpecStateSkipped|types.SpecStatePending) && ours[key] {
			keys = append(keys, key)
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
	case root != nil && root.Status == result.Waived:
		ginkgo.Skip(root.Summary+"\n"+res.Summary, 1)
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
