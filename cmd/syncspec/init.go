package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/syncspec/syncspec/internal/adopt"
	"github.com/syncspec/syncspec/internal/sources"
)

type initCmd struct {
	Source string `required:"" placeholder:"NAME" help:"The source that the target copies, such as shopify."`
	Out    string `default:"target.yaml" placeholder:"FILE" help:"Where the profile goes; target.yaml if not given."`
	Schema string `default:"public" placeholder:"NAME" help:"The schema with the target's tables; public if not given."`
	Force  bool   `help:"Overwrite the file if it is there."`
}

// Run reads the target's database, whose address only the environment tells, and writes the profile that it makes of it.
func (c *initCmd) Run(ctx context.Context, std streams) error {
	m, err := sources.Manifest(c.Source)
	if err != nil {
		return explained(std, err)
	}
	address := cmp.Or(os.Getenv("SYNCSPEC_DSN"), os.Getenv("DATABASE_URL"))
	if address == "" {
		return failure{exitUsage, "no database is named: set SYNCSPEC_DSN (or DATABASE_URL) to postgres://user:password@host:5432/name, that of a database which the target migrated and, better still, filled"}
	}
	if err := adopt.Free(c.Out, c.Force); err != nil {
		return err
	}
	database, err := adopt.Open(ctx, address)
	if err != nil {
		return err
	}
	defer database.Close(context.WithoutCancel(ctx))
	proposal, err := adopt.Propose(ctx, database, c.Schema, m)
	if err != nil {
		return err
	}
	name := cmp.Or(strings.TrimSuffix(filepath.Base(c.Out), filepath.Ext(c.Out)), "target")
	if err := adopt.Save(c.Out, proposal.YAML(name), m, c.Force); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "%s: a profile of a target for %s\n%snext: fill in start in %[1]s, and verbs unless it speaks the default protocol; then: syncspec run --source %[2]s --target %[4]s\n",
		c.Out, m.Source, proposal.Summary(), quoted(c.Out))
	return err
}
