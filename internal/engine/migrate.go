package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
	"github.com/syncspec/syncspec/internal/supervise"
	"github.com/syncspec/syncspec/internal/target"
)

// migrateWithin is how long a migration may take that says nothing else.
const migrateWithin = time.Minute

// migrate makes the tables in a new database: as the profile says, or by the bundled reference, whose tables follow the SOP's
// convention.
func (j *Job) migrate(ctx context.Context, g *supervise.Guardian, server *postgres.Server, dsn string) error {
	m := j.Profile.Target.Migrate
	if m == nil {
		return migrated(ctx, g, supervise.Command{Name: "migration of the reference", Role: roleMigrate, Env: j.targetEnv(dsn)}, migrateWithin)
	}
	within := migrateWithin
	if m.Within != "" {
		within, _ = time.ParseDuration(m.Within) // the profile was checked
	}
	if m.SQL != "" {
		ctx, cancel := context.WithTimeout(ctx, within)
		defer cancel()
		return executed(ctx, dsn, j.Profile.Target.Path(m.SQL))
	}
	dsn, err := j.targetsDSN(server, dsn)
	if err != nil {
		return err
	}
	values, err := databaseValues(dsn)
	if err != nil {
		return err
	}
	command, err := target.Command(j.Profile.Target, profile.Start{Command: m.Exec, Env: m.Env, Dir: m.Dir}, values, basicEnv(dsn))
	if err != nil {
		return err
	}
	containers, err := j.contain(g, values)
	if err != nil {
		return err
	}
	command.Name = "migration of " + j.Profile.Name
	if err := migrated(ctx, g, command, within); err != nil {
		return err
	}
	containers.gone() // it ended by itself, and a container with it
	return nil
}

// migrated runs a migration's command to its end.
func migrated(ctx context.Context, g *supervise.Guardian, command supervise.Command, within time.Duration) error {
	p, err := g.Spawn(ctx, command)
	if err != nil {
		return unmigrated(err, nil)
	}
	waiting, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	err = p.Wait(waiting)
	switch {
	case err == nil || ctx.Err() != nil:
		return ctx.Err()
	case waiting.Err() != nil:
		err = fmt.Errorf("it did not end within %s", within)
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), within)
		defer cancel()
		return errors.Join(unmigrated(err, p.Log()), p.Stop(stopping))
	}
	return unmigrated(err, p.Log())
}

// executed runs a file of SQL.
func executed(ctx context.Context, dsn, file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return unmigrated(err, nil)
	}
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return fmt.Errorf("opening the database that is to be migrated: %w", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }()
	if _, err := conn.PgConn().Exec(ctx, string(text)).ReadAll(); err != nil {
		return unmigrated(fmt.Errorf("%s: %w", file, err), nil)
	}
	return nil
}

// misnamed is the failure of a profile whose names the database does not have.
func misnamed(err error) error {
	return &scenario.Failure{Status: result.Error, Cause: "profile-names", Summary: firstLine(err.Error()),
		Remedy:   "write the names as the database has them, or let migrate make them; syncspec init proposes a profile of what is there",
		Evidence: []result.Evidence{{Kind: "error", Text: err.Error()}}}
}
