package main

import (
	"context"
	"errors"
	"os"

	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/supervise"
)

type postgresCmd struct {
	Get postgresGetCmd `cmd:"" help:"Fetch Postgres binaries into your cache, unless some are there already."`
}

type postgresGetCmd struct{}

// Run fetches under a guardian, so that an interrupted fetch leaves neither processes nor half a Postgres.
func (postgresGetCmd) Run(ctx context.Context, std streams) (err error) {
	guardian, err := supervise.Start(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, guardian.Close()) }()
	return postgres.Get(ctx, postgres.FromEnv(os.Getenv, guardian), std.out)
}
