package main

import (
	"cmp"
	"context"
	"fmt"
	"path/filepath"

	"github.com/syncspec/syncspec/internal/recorder"
	"github.com/syncspec/syncspec/internal/sources"
)

type recordCmd struct {
	Source string `arg:"" help:"The source whose sandbox is recorded, such as shopify."`
	Dir    string `placeholder:"FOLDER" help:"Where the recording goes; cassettes/<source> if not given."`
	Force  bool   `help:"Overwrite a recording that is newer, or of a real account."`
}

// Run makes the recording from the manifest and the fixtures that the program carries.
func (c *recordCmd) Run(ctx context.Context, std streams) error {
	m, err := sources.Manifest(c.Source)
	if err != nil {
		return explained(std, err)
	}
	fixtures, err := sources.Fixtures(c.Source)
	if err != nil {
		return err
	}
	summary, err := recorder.Record(ctx, recorder.Options{
		Manifest: m, Fixtures: fixtures, Dir: cmp.Or(c.Dir, filepath.Join("cassettes", c.Source)), Force: c.Force,
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, summary)
	return err
}
