package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/syncspec/syncspec/internal/manifest"
)

type lintCmd struct {
	Files []string `arg:"" optional:"" help:"Manifests to check; all in specs/ if none are named."`
}

// Run checks every file, also after one that is wrong, so that one run shows everything.
func (l *lintCmd) Run(ctx context.Context, std streams) error {
	files := l.Files
	if len(files) == 0 {
		var err error
		if files, err = manifest.Files("specs"); err != nil {
			return err
		}
		if len(files) == 0 {
			return failure{exitUsage, "no manifest in specs/: name the files, or call this where specs/ is"}
		}
	}
	problems, wrong, unreadable := 0, 0, 0
	for _, file := range files {
		err := load(ctx, file)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			continue
		}
		if found, ok := errors.AsType[manifest.Errors](err); ok {
			problems += len(found)
			wrong++
			fmt.Fprintln(std.err, found)
			continue
		}
		unreadable++
		fmt.Fprintf(std.err, "syncspec: %v\n", err)
	}
	switch {
	case wrong > 0:
		fmt.Fprintf(std.err, "%s in %d of %s\n", count(problems, "problem"), wrong, count(len(files), "manifest"))
	case unreadable == 0:
		fmt.Fprintf(std.out, "%s, no problems\n", count(len(files), "manifest"))
		return nil
	}
	if unreadable > 0 {
		return failure{code: exitUsage}
	}
	return failure{code: exitProblems}
}

// load reads a manifest, but does not wait for a file (a pipe, a dead mount) longer than the user does.
func load(ctx context.Context, file string) error {
	done := make(chan error, 1)
	go func() {
		_, err := manifest.Load(file)
		done <- err
	}()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// count says how many there are of something.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
