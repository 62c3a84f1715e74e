package supervise

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// cleanupTimeout bounds the removal of each registered thing.
const cleanupTimeout = 20 * time.Second

// item is one registered thing. Exactly one of Folder, Label and Database is set.
type item struct {
	Folder string `json:"folder,omitempty"`

	Label  string `json:"label,omitempty"`
	Engine string `json:"engine,omitempty"`

	Database string `json:"database,omitempty"`
	DSN      string `json:"dsn,omitempty"`

	// Settled: the request that creates it was answered, so none can be under way when the client dies.
	Settled bool `json:"settled,omitempty"`
}

// key identifies an item; a DSN is part of it, for two servers may have databases of one name.
func (i item) key() string {
	return fmt.Sprintf("%q %q %q %q %q", i.Folder, i.Label, i.Engine, i.Database, i.DSN)
}

func (i item) valid() error {
	switch {
	case i.Folder != "":
		return removable(i.Folder)
	case i.Label != "" || i.Database != "" && i.DSN != "":
		return nil
	}
	return errors.New("nothing to register")
}

// removable refuses folders whose removal can only be a mistake.
func removable(path string) error {
	clean, tmp := filepath.Clean(path), filepath.Clean(os.TempDir())
	parent := filepath.Dir(clean)
	home, _ := os.UserHomeDir()
	switch {
	case !filepath.IsAbs(path):
		return fmt.Errorf("%s: give an absolute path", path)
	case parent == "/" || filepath.Dir(parent) == "/" && parent != "/tmp" && parent != tmp:
		return fmt.Errorf("%s: refusing to remove a system folder; use a temporary one", path)
	case clean == tmp || clean == home:
		return fmt.Errorf("%s: refusing to remove it; register a folder inside it", path)
	}
	return nil
}

// ledger is what must be gone in the end, besides processes. The guardian keeps it, and the client a copy of it in case the
// guardian is lost.
type ledger struct {
	mu    sync.Mutex
	items map[string]item
	order []string
}

func (l *ledger) add(i item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.items == nil {
		l.items = map[string]item{}
	}
	if _, there := l.items[i.key()]; !there {
		l.order = append(l.order, i.key())
	}
	l.items[i.key()] = i
}

func (l *ledger) drop(i item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.items, i.key())
}

// clean removes everything, newest first within its kind and the kinds side by side, and returns what failed.
func (l *ledger) clean() []error {
	l.mu.Lock()
	var folders, containers, databases []item
	for n := len(l.order) - 1; n >= 0; n-- {
		i, there := l.items[l.order[n]]
		switch {
		case !there:
		case i.Folder != "":
			folders = append(folders, i)
		case i.Label != "":
			containers = append(containers, i)
		default:
			databases = append(databases, i)
		}
	}
	l.mu.Unlock()

	var (
		wg   sync.WaitGroup
		mu   sync.Mutex
		errs []error
	)
	each := func(items []item, remove func(context.Context, item) error) {
		wg.Go(func() {
			for _, i := range items {
				ctx, cancel := context.WithTimeout(context.Background(), cleanupTimeout)
				if err := remove(ctx, i); err != nil {
					mu.Lock()
					errs = append(errs, err)
					mu.Unlock()
				} else {
					l.drop(i)
				}
				cancel()
			}
		})
	}
	each(folders, func(ctx context.Context, i item) error { return removeFolder(ctx, i.Folder) })
	each(containers, removeContainers)
	each(databases, dropDatabase)
	wg.Wait()
	return errs
}

// removeFolder removes a folder with all that is in it, also where a process made parts of it unreadable.
func removeFolder(ctx context.Context, path string) error {
	var err error
	for pause := time.Millisecond; ; pause = min(2*pause, 100*time.Millisecond) {
		if err = os.RemoveAll(path); err == nil {
			return nil
		}
		if errors.Is(err, fs.ErrPermission) {
			_ = filepath.WalkDir(path, func(p string, d fs.DirEntry, err error) error {
				if d != nil && d.IsDir() {
					_ = os.Chmod(p, 0o700)
				}
				return nil
			})
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("remove temporary folder %s: %w; remove it by hand", path, err)
		case <-time.After(pause): // a dying process may still be writing to it
		}
	}
}
