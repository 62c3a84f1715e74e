// Command killmatrix seeds every defect into the bundled target, one at a time and in every source, and prints who kills
// whom. It exits 1 if one survives, or if a run measured nothing.
//
//	killmatrix [-source shopify] [-defect no-dedupe] [-mode replay] [-all]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/kills"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/reference/defects"
	"github.com/syncspec/syncspec/internal/sources"
)

func main() {
	engine.Roles()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	proved, err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "killmatrix:", err)
		os.Exit(2)
	}
	if !proved {
		os.Exit(1)
	}
}

// matrix is what is run.
type matrix struct {
	sources []string
	defects []defects.Defect
	mode    string
	// all runs also the specs of other states than the killing check's: who else notices, at several times the price.
	all bool
	// atOnce is how many runs there are at a time.
	atOnce int
}

func arguments() (matrix, error) {
	m := matrix{sources: sources.Names(), defects: defects.All()}
	source := flag.String("source", "", "this source only")
	defect := flag.String("defect", "", "this defect only")
	// A broken target asks what a sound one never does, and no recording has an answer to that.
	flag.StringVar(&m.mode, "mode", engine.Sandbox, "replay or sandbox")
	flag.BoolVar(&m.all, "all", false, "run all specs, not only those that need the same state as the killing check")
	flag.IntVar(&m.atOnce, "p", 2, "how many runs there are at a time")
	flag.Parse()
	if flag.NArg() > 0 {
		return m, fmt.Errorf("%q is too much: there are only flags", flag.Arg(0))
	}
	if *source != "" {
		if err := sources.Known(*source); err != nil {
			return m, err
		}
		m.sources = []string{*source}
	}
	if *defect != "" {
		m.defects = slices.DeleteFunc(m.defects, func(d defects.Defect) bool { return d.Name != *defect })
		if len(m.defects) == 0 {
			return m, fmt.Errorf("there is no defect %q; there are %s", *defect, strings.Join(defects.Names(), ", "))
		}
	}
	if m.atOnce < 1 {
		return m, fmt.Errorf("-p is %d: want at least 1", m.atOnce)
	}
	return m, nil
}

func run(ctx context.Context) (proved bool, err error) {
	m, err := arguments()
	if err != nil {
		return false, err
	}
	rows := make([]kills.Row, len(m.sources)*len(m.defects))
	group, together := errgroup.WithContext(ctx)
	group.SetLimit(m.atOnce)
	var progress sync.Mutex
	for i, source := range m.sources {
		job, err := engine.Prepare(engine.Options{Source: source, Mode: m.mode, Getenv: os.Getenv})
		if err != nil {
			return false, err
		}
		unbroken, _, err := kills.Run(together, job, "", nil)
		if err == nil {
			err = kills.Baseline(unbroken)
		}
		if err != nil {
			return false, fmt.Errorf("VOID: %s: %w", source, err)
		}
		for j, d := range m.defects {
			group.Go(func() error {
				row, err := m.row(together, job, d)
				rows[i+j*len(m.sources)] = row // a defect's sources beside each other
				progress.Lock()
				defer progress.Unlock()
				fmt.Fprintf(os.Stderr, "%s in %s: %s\n", d.Name, source, row.Fate)
				return err
			})
		}
	}
	if err := group.Wait(); err != nil {
		return false, err
	}
	if ctx.Err() != nil {
		return false, errors.New("interrupted")
	}
	return kills.Proved(rows), kills.Write(os.Stdout, rows)
}

// row runs one defect in one source.
func (m matrix) row(ctx context.Context, job *engine.Job, d defects.Defect) (kills.Row, error) {
	source := job.Plan.Manifest.Source
	if !kills.Applies(d, job.Plan) {
		return kills.Row{Defect: d, Source: source, Fate: kills.NotApplicable}, nil
	}
	var keep func(plan.Spec) bool
	if !m.all {
		keep = kills.SameState(d, job.Plan)
	}
	run, fired, err := kills.Run(ctx, job, d.Name, keep)
	if err != nil {
		return kills.Row{Defect: d, Source: source}, fmt.Errorf("%s in %s: %w", d.Name, source, err)
	}
	return kills.NewRow(d, source, fired, run), nil
}
