package engine

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/syncspec/syncspec/internal/reference"
	"github.com/syncspec/syncspec/internal/reference/defects"
	"github.com/syncspec/syncspec/internal/sources"
	"github.com/syncspec/syncspec/internal/supervise"
)

// The roles in which this binary is executed again: the bundled target is a process of its own, as a stranger's is.
const (
	roleServe   = "reference"
	roleMigrate = "reference-migrate"
)

// defectEnv names the defect that is seeded into the bundled target.
const defectEnv = "SYNCSPEC_DEFECT"

// firedEnv names the file to which a defect writes that it fired.
const firedEnv = "SYNCSPEC_DEFECT_FIRED"

// Roles does this process's work and does not return, if it was started as a helper of another; else it does nothing.
// Call it first in main or TestMain.
func Roles() {
	supervise.Main()
	role := os.Getenv(supervise.RoleEnv)
	if role == "" {
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := act(ctx, role)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func act(ctx context.Context, role string) error {
	cfg, err := reference.ConfigFromEnv(os.Getenv)
	if err != nil {
		return err
	}
	cfg.Log = os.Stderr
	seed, err := defects.Named(os.Getenv(defectEnv), os.Getenv(firedEnv))
	if err != nil {
		return err
	}
	for _, path := range cfg.ManifestPaths {
		m, err := sources.Load(path)
		if err != nil {
			return fmt.Errorf("loading a manifest: %w", err)
		}
		seed.Mutate(m)
		cfg.Manifests = append(cfg.Manifests, m)
	}
	cfg.ManifestPaths = nil // they are loaded, and a defect may have changed what this process believes of them
	switch role {
	case roleMigrate:
		if err := reference.Migrate(ctx, cfg); err != nil {
			return err
		}
		for _, m := range cfg.Manifests {
			if err := seed.Execute(ctx, m, cfg.DatabaseURL); err != nil {
				return err
			}
		}
		return nil
	case roleServe:
		cfg.Wrap = seed.Wrap
		return reference.Serve(ctx, cfg)
	}
	return fmt.Errorf("%s=%q is no role of this program", supervise.RoleEnv, role)
}
