package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// binaries is a Postgres that can be started on this machine.
type binaries struct {
	bin     string // the folder with postgres and initdb
	version string // "15.18"
	from    string // bin as it was found: see within
	root    string // of fetched binaries: the folder that holds all that they need; empty for installed ones
}

// oldest is the oldest major version that is used: older ones get no fixes any more.
const oldest = 13

// errNoBinaries: no postgres and initdb were found.
var errNoBinaries = errors.New("no postgres and initdb in PATH, in the usual folders, or in the cache")

// cacheDir is the folder for what is kept from run to run. It may not be there yet.
func (cfg Config) cacheDir() (string, error) {
	dir := cfg.Cache
	if dir == "" {
		caches, err := os.UserCacheDir()
		if err != nil {
			return "", fmt.Errorf("find the cache folder: %w; set HOME or XDG_CACHE_HOME", err)
		}
		dir = filepath.Join(caches, "syncspec")
	}
	return dir, trusted(dir, os.Geteuid())
}

// trusted refuses a cache folder that others than the user can fill: programs from it are executed.
func trusted(dir string, user int) error {
	info, err := os.Stat(dir)
	if err != nil {
		return nil // what is wrong with it shows when it is used, unless it is to be made only
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case ok && st.Uid != 0 && int(st.Uid) != user:
		return fmt.Errorf("the cache folder %s belongs to another user, whose programs would be run; "+
			"set XDG_CACHE_HOME to a folder of your own", dir)
	case info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("the cache folder %s can be written to by others, whose programs would be run; "+
			"see what is in it, then: chmod go-w %[1]s, or set XDG_CACHE_HOME to a folder of your own", dir)
	}
	return nil
}

// findBinaries returns the best Postgres that works: the one in PATH, else the newest installed one, else the newest in the cache.
func findBinaries(ctx context.Context, cfg Config) (binaries, error) {
	var reasons []error
	for _, b := range candidates(cfg) {
		found, err := b.check(ctx)
		if err == nil {
			return found, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			reasons = append(reasons, err)
		}
		if ctx.Err() != nil {
			return binaries{}, ctx.Err()
		}
	}
	if _, err := cfg.cacheDir(); err != nil {
		reasons = append(reasons, err)
	}
	if len(reasons) > 0 {
		return binaries{}, fmt.Errorf("%w (unusable: %w)", errNoBinaries, errors.Join(reasons...))
	}
	return binaries{}, errNoBinaries
}

func candidates(cfg Config) []binaries {
	if cfg.Bin != "" {
		return []binaries{{bin: cfg.Bin}}
	}
	var all []binaries
	if path, err := exec.LookPath("postgres"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil { // initdb is beside the real one
			all = append(all, binaries{bin: filepath.Dir(real)})
		}
	}
	patterns := []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/libexec/postgresql*"}
	if runtime.GOOS == "darwin" {
		patterns = []string{"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
			"/Applications/Postgres.app/Contents/Versions/*/bin"}
	}
	for _, pattern := range patterns {
		for _, bin := range newestFirst(pattern) {
			all = append(all, binaries{bin: bin})
		}
	}
	if cache, err := cfg.cacheDir(); err == nil {
		for _, bin := range newestFirst(filepath.Join(cache, "postgres", "*", "root", "usr", "lib", "postgresql", "*", "bin")) {
			all = append(all, binaries{bin: bin, root: ancestor(bin, 5)})
		}
		for _, bin := range newestFirst(filepath.Join(cache, "postgres", "*", "root", "bin")) {
			all = append(all, binaries{bin: bin, root: ancestor(bin, 1)})
		}
	}
	return all
}

func ancestor(path string, n int) string {
	for range n {
		path = filepath.Dir(path)
	}
	return path
}

// newestFirst sorts what matches by the last number in the path, which is the major version.
func newestFirst(pattern string) []string {
	paths, _ := filepath.Glob(pattern)
	number := func(path string) (n int) {
		for _, f := range strings.FieldsFunc(path, func(r rune) bool { return r < '0' || r > '9' }) {
			n, _ = strconv.Atoi(f)
		}
		return n
	}
	slices.SortFunc(paths, func(a, b string) int { return cmp.Compare(number(b), number(a)) })
	return paths
}

// check runs postgres --version: a library may be missing, or the folder may be a client's only.
func (b binaries) check(ctx context.Context) (binaries, error) {
	if _, err := os.Stat(filepath.Join(b.bin, "initdb")); err != nil {
		return b, err
	}
	cmd := exec.CommandContext(ctx, filepath.Join(b.bin, "postgres"), "--version")
	cmd.Env = append(os.Environ(), b.env()...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return b, fmt.Errorf("%s: %w: %s", cmd.Path, err, strings.TrimSpace(string(out)))
	}
	for _, word := range strings.Fields(string(out)) { // postgres (PostgreSQL) 15.18 (Debian …)
		var n int
		if _, err := fmt.Sscanf(word, "%d", &n); err != nil { // reads the 15 of "15.18", the 19 of "19beta1"
			continue
		}
		if n < oldest {
			return b, fmt.Errorf("%s is version %s; %d is the oldest that is supported", cmd.Path, word, oldest)
		}
		b.version, b.from = word, b.bin
		return b, nil
	}
	return b, fmt.Errorf("%s --version said %q, which names no version", cmd.Path, strings.TrimSpace(string(out)))
}

// env is what fetched binaries need in their environment to find their libraries.
func (b binaries) env() []string {
	if b.root == "" {
		return nil
	}
	var dirs []string
	for _, pattern := range []string{"usr/lib/*-linux-*", "lib/*-linux-*", "usr/lib", "lib"} {
		found, _ := filepath.Glob(filepath.Join(b.root, pattern))
		dirs = append(dirs, found...)
	}
	name := "LD_LIBRARY_PATH"
	if runtime.GOOS == "darwin" {
		name = "DYLD_FALLBACK_LIBRARY_PATH"
	}
	return []string{name + "=" + strings.Join(dirs, ":")}
}

// Have tells what the local rung would start, in one line, and whether there is anything. It is cheap: it starts no server.
func Have(ctx context.Context, cfg Config) (what string, ok bool) {
	b, err := findBinaries(ctx, cfg)
	if err != nil {
		return oneLine(err), false
	}
	return fmt.Sprintf("postgres %s from %s", b.version, b.bin), true
}
