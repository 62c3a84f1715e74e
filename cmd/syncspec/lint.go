package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/sources"
	"github.com/syncspec/syncspec/internal/waiver"
)

type lintCmd struct {
	Files []string `arg:"" optional:"" help:"Manifests, target profiles and waivers to check; all manifests in specs/ if none are named."`
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
	all := make([]linted, len(files))
	for i, file := range files {
		all[i] = load(ctx, file)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	problems, wrong, unreadable := 0, 0, 0
	for _, one := range all {
		err := one.judge(all)
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
		fmt.Fprintf(std.err, "%s in %d of %s\n", count(problems, "problem"), wrong, count(len(files), kindOf(all)))
	case unreadable == 0:
		fmt.Fprintf(std.out, "%s, no problems\n", count(len(files), kindOf(all)))
		return nil
	}
	if unreadable > 0 {
		return failure{code: exitUsage}
	}
	return failure{code: exitProblems}
}

// linted is a file that was read: a manifest, a profile, or one of waivers, of which there is nothing more to say.
type linted struct {
	manifest *manifest.Manifest
	profile  *profile.Target
	// kind is what the file is meant to be, also where err says why it is not.
	kind string
	err  error
}

// The kinds of files, as they are called in messages.
const (
	manifestFile = "manifest"
	profileFile  = "profile"
	waiversFile  = "waiver file"
)

// kindOf is what the files are called together.
func kindOf(all []linted) string {
	for _, one := range all {
		if one.kind != all[0].kind {
			return "file"
		}
	}
	return all[0].kind
}

// judge says what is wrong with a file. A profile is held against its source, whose manifest is among the files or the program's.
func (l linted) judge(all []linted) error {
	if l.err != nil || l.profile == nil || l.profile.Source == "" {
		return l.err
	}
	for _, other := range all {
		if other.manifest != nil && other.manifest.Source == l.profile.Source {
			return l.profile.Check(other.manifest)
		}
	}
	if sources.Known(l.profile.Source) != nil {
		return l.profile.UnknownSource(sources.Names())
	}
	m, err := sources.Manifest(l.profile.Source)
	if err != nil {
		return err
	}
	return l.profile.Check(m)
}

// load reads a file, but does not wait for one (a pipe, a dead mount) longer than the user does.
func load(ctx context.Context, file string) linted {
	done := make(chan linted, 1)
	go func() {
		one := linted{kind: kindIn(file)}
		switch one.kind {
		case profileFile:
			var t profile.Target
			if t, one.err = profile.LoadTarget(file, nil); one.err == nil {
				one.profile = &t
			}
		case waiversFile:
			_, one.err = waiver.Load(file)
		default:
			one.manifest, one.err = manifest.Load(file)
		}
		done <- one
	}()
	select {
	case read := <-done:
		return read
	case <-ctx.Done():
		return linted{err: ctx.Err()}
	}
}

// kindLine is the line that makes a file a profile, or one of waivers; a slip in it is for those to report.
var kindLine = regexp.MustCompile(`(?mi)^["']?kind["']?\s*:\s*["']?(target|waivers?)\b`)

// kindIn tells what a file is meant to be, whatever else is wrong with it.
func kindIn(file string) string {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() || info.Size() > 1<<20 {
		return manifestFile
	}
	text, err := os.ReadFile(file)
	found := kindLine.FindSubmatch(text)
	switch {
	case err != nil || found == nil:
		return manifestFile
	case strings.EqualFold(string(found[1]), "target"):
		return profileFile
	}
	return waiversFile
}

// count says how many there are of something.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
