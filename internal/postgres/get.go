package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/syncspec/syncspec/internal/supervise"
)

// getTimeout bounds a fetch, over a slow line too.
const getTimeout = 15 * time.Minute

// Get fetches postgres binaries into the user's cache, if nothing on this machine serves already, and says on w what it did. On
// Debian and its kin they are the distribution's own packages, downloaded and unpacked privately: no rights are needed and nothing is
// installed. On macOS they are the relocatable binaries that embedded-postgres uses, with pinned checksums. Elsewhere, and where it
// fails, the error names the other ways to a Postgres. What was fetched is really started before it is kept; a second call does nothing.
func Get(ctx context.Context, cfg Config, w io.Writer) error {
	ctx, cancel := context.WithTimeout(ctx, getTimeout)
	defer cancel()
	if cfg.Guardian == nil {
		return errors.New("fetch postgres: no guardian was given to try it with; see supervise.Start")
	}
	cfg.Bin = ""
	if what, ok := Have(ctx, cfg); ok {
		fmt.Fprintf(w, "there already: %s\n", what)
		return nil
	}
	cache, err := cfg.cacheDir()
	if err != nil {
		return fmt.Errorf("fetch postgres: %w", err)
	}
	dir := filepath.Join(cache, "postgres")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return explain(fmt.Errorf("fetch postgres: %w", err))
	}
	unlock, err := lockFile(ctx, filepath.Join(dir, ".lock"))
	if err != nil {
		return fmt.Errorf("fetch postgres: %w", err)
	}
	defer unlock()
	if what, ok := Have(ctx, cfg); ok { // another process fetched it meanwhile
		fmt.Fprintf(w, "there already: %s\n", what)
		return nil
	}

	start := time.Now()
	stage, forget, err := cfg.Guardian.TempDir(dir, ".new-")
	if err != nil {
		return explain(fmt.Errorf("fetch postgres: %w", err))
	}
	defer func() {
		if os.RemoveAll(stage) == nil {
			forget()
		}
	}()
	final, err := fetch(ctx, cfg, stage, dir, w)
	if err != nil {
		return fmt.Errorf("fetch postgres: %w\nAny one of these helps instead:\n%s", explain(err), waysBesidesGet)
	}
	fmt.Fprintf(w, "fetched in %.1f s and tried: postgres %s is in %s\n", time.Since(start).Seconds(), final.version, final.bin)
	return nil
}

// fetch fills the stage, tries what it got, and moves it to its place.
func fetch(ctx context.Context, cfg Config, stage, dir string, w io.Writer) (binaries, error) {
	var source string
	var err error
	_, noApt := exec.LookPath("apt-get")
	_, noDpkg := exec.LookPath("dpkg-deb")
	switch {
	case runtime.GOOS == "linux" && noApt == nil && noDpkg == nil:
		source, err = "debian", fetchDebian(ctx, cfg.Guardian, stage, w)
	case runtime.GOOS == "darwin":
		source, err = "relocatable", mavenCentral().fetch(ctx, cfg.Guardian, stage, w)
	default:
		return binaries{}, fmt.Errorf("this is %s/%s without apt-get, for which no checked binaries are known", runtime.GOOS, runtime.GOARCH)
	}
	if err != nil {
		return binaries{}, err
	}
	root := filepath.Join(stage, "root")
	var b binaries
	for _, pattern := range []string{"usr/lib/postgresql/*/bin", "bin"} {
		for _, bin := range newestFirst(filepath.Join(root, pattern)) {
			if b, err = (binaries{bin: bin, root: root}).check(ctx); err == nil {
				return keep(ctx, cfg, b, filepath.Join(dir, b.version+"-"+source))
			}
		}
	}
	if err == nil {
		err = errors.New("there is no postgres in what was fetched")
	}
	return b, err
}

// keep tries the binaries, and moves them to their place if they work.
func keep(ctx context.Context, cfg Config, b binaries, place string) (binaries, error) {
	root := filepath.Join(place, "root")
	b.from = filepath.Join(root, b.bin[len(b.root):]) // for the prepared data folder belongs to the final place
	if err := try(ctx, cfg, b); err != nil {
		return b, fmt.Errorf("try what was fetched: %w", err)
	}
	if err := os.RemoveAll(place); err != nil { // one that does not work, else there would be nothing to fetch
		return b, err
	}
	if err := os.MkdirAll(place, 0o755); err != nil {
		return b, err
	}
	if err := os.Rename(b.root, root); err != nil {
		return b, err
	}
	b.bin, b.root = b.from, root
	return b, nil
}

// try starts a server and asks it for something that needs its files: a time zone, a text search, a language.
func try(ctx context.Context, cfg Config, b binaries) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	s := &Server{guardian: cfg.Guardian}
	if err := s.startBinaries(ctx, cfg, b, serverAccount()); err != nil {
		return err
	}
	err := s.with(ctx, func(c *pgx.Conn) error {
		_, err := c.PgConn().Exec(ctx, `SET timezone = 'Europe/Berlin'; SET timezone = 'UTC';
			SELECT to_tsvector('english', 'the provider''s orders'); DO $$ BEGIN PERFORM 1; END $$`).ReadAll()
		return err
	})
	return errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
}

// command runs a program to its end and returns what it printed, its last MiB at most.
func command(ctx context.Context, g *supervise.Guardian, c supervise.Command) (string, error) {
	c.LogLimit = 1 << 20
	p, err := g.Spawn(ctx, c)
	if err != nil {
		return "", err
	}
	if err := p.Wait(ctx); err != nil {
		_ = p.Stop(context.WithoutCancel(ctx))
		return string(p.Log()), fmt.Errorf("%w; it said:\n%s", err, tail(p))
	}
	return string(p.Log()), nil
}
