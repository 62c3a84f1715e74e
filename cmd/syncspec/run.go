package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/engine"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/recording"
	"github.com/syncspec/syncspec/internal/report"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/sources"
)

type runCmd struct {
	Source   string   `placeholder:"NAME" help:"The source: its manifest and recording come with the program."`
	Manifest string   `placeholder:"FILE" help:"Take this manifest; without --source also what lies beside its folder."`
	Mode     string   `placeholder:"MODE" help:"The source's side: replay (its recording), as for the bundled reference, or sandbox (an imitation), as for any other target."`
	Target   string   `placeholder:"FILE" help:"Verify the target of this profile, not the bundled reference."`
	Waivers  string   `placeholder:"FILE" help:"Accepted failures; if not given what the profile names."`
	Filter   []string `sep:"none" placeholder:"PATTERN" help:"Only checks or subjects of this name; * stands for any text. May be repeated."`
	Reports  string   `placeholder:"FOLDER" help:"Where the reports go; reports/<source> if not given."`
	DryRun   bool     `help:"List what would run, and run nothing."`
}

// Run verifies a target as a suite does: the same plan, reports and exit code.
func (c *runCmd) Run(ctx context.Context, std streams) error {
	options, err := c.options()
	if err != nil {
		return explained(std, err)
	}
	job, err := engine.Prepare(options)
	if err != nil {
		return c.refused(std, err)
	}
	f, err := newFilter(c.Filter, job.Plan)
	if err != nil {
		return c.refused(std, &engine.Refusal{Source: job.Plan.Manifest.Source, Reports: job.Reports, Err: err})
	}
	if c.DryRun {
		return list(std, job, f)
	}
	job.Rerun = func(key string) string { return c.again(job, key) }
	n := &notebook{folder: job.Reports, out: std.out}
	runErr := engine.Drive(ctx, job, f.keep, n)
	if n.journal == nil {
		return runErr // there is no place to report it in
	}
	run, err := n.finish()
	if err != nil {
		return errors.Join(runErr, err)
	}
	// What ended the run otherwise is in its results.
	err = report.Summary(std.out, run, report.SummaryOptions{Folder: job.Reports, Rerun: func(r result.Result) string { return c.again(job, r.Key()) }})
	if err == nil {
		err = report.GitHub(std.out, run, os.Getenv)
	}
	if err := errors.Join(n.lost, err); err != nil {
		return err
	}
	if run.ExitCode() != 0 {
		return failure{code: exitProblems}
	}
	return nil
}

// options turns the flags into the engine's.
func (c *runCmd) options() (engine.Options, error) {
	o := engine.Options{Source: c.Source, Manifest: c.Manifest, Mode: c.Mode, Reports: c.Reports, Target: c.Target, Waivers: c.Waivers, Keep: true}
	if c.Source == "" && c.Manifest == "" {
		return o, failure{exitUsage, "name what to run: --source " + strings.Join(sources.Names(), ", --source ") + ", or --manifest"}
	}
	return o, nil
}

// refused ends a run that cannot begin. An older report must not stand for it.
func (c *runCmd) refused(std streams, err error) error {
	var r *engine.Refusal
	if errors.As(err, &r) && !c.DryRun {
		now := time.Now()
		if err := errors.Join(r.Report(now), report.GitHub(std.out, r.Run(now), os.Getenv)); err != nil {
			fmt.Fprintf(std.err, "syncspec: this could not be reported: %v\n", err)
		}
	}
	return explained(std, err)
}

// explained prints the problems of a file that was examined as lint does, and tells them from mistakes in the call.
func explained(std streams, err error) error {
	if _, ok := errors.AsType[failure](err); ok {
		return err
	}
	if found, ok := errors.AsType[manifest.Errors](err); ok {
		fmt.Fprintln(std.err, found)
		return failure{code: exitProblems}
	}
	if found, ok := errors.AsType[recording.Problems](err); ok {
		fmt.Fprintln(std.err, found)
		return failure{code: exitProblems}
	}
	return failure{exitUsage, err.Error()}
}

// list prints the specs that the filter lets through.
func list(std streams, job *engine.Job, f filter) error {
	n := 0
	for _, s := range job.Plan.Specs {
		if f.keep(s) {
			n++
			fmt.Fprintln(std.out, s.Key())
		}
	}
	_, err := fmt.Fprintf(std.out, "%d of %s would run\n", n, count(len(job.Plan.Specs), "spec"))
	return err
}

// again is the command that runs the one spec of a key again, from the folder that this one was called in.
func (c *runCmd) again(job *engine.Job, key string) string {
	for _, s := range job.Plan.Specs {
		if s.Key() != key {
			continue
		}
		words := []string{"syncspec", "run"}
		for _, flag := range [][2]string{{"--source", c.Source}, {"--manifest", c.Manifest}, {"--mode", c.Mode}, {"--target", c.Target}, {"--waivers", c.Waivers}, {"--reports", c.Reports}, {"--filter", s.Key()}} {
			if flag[1] != "" {
				words = append(words, flag[0], quoted(flag[1]))
			}
		}
		return strings.Join(words, " ")
	}
	return "" // a scenario or the set-up: no spec of its own
}

// quoted is a word as shells take it.
func quoted(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:=@%+,"+string(filepath.Separator), r)
	}
	if word != "" && strings.TrimFunc(word, plain) == "" {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
