package recorder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"gopkg.in/yaml.v3"

	made "github.com/syncspec/syncspec/internal/recording"
)

// mayReplace tells whether a recording as of a time may take the place of what is in a folder.
func mayReplace(dir string, asOf time.Time, force bool) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(entries) == 0 {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking at what is in %s: %w", dir, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, made.SidecarName))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is no recording (it has no %s) and not empty: name another folder", dir, made.SidecarName)
	}
	if err != nil {
		return fmt.Errorf("looking at the recording in %s: %w", dir, err)
	}
	var old struct {
		Mode       string    `yaml:"mode"`
		RecordedAt time.Time `yaml:"recorded_at"`
	}
	if err := yaml.Unmarshal(data, &old); err != nil && !force {
		return fmt.Errorf("%s cannot be read, so it is not known what would be overwritten; --force overwrites it: %w", filepath.Join(dir, made.SidecarName), err)
	}
	switch {
	case force:
		return nil
	case old.Mode != mode:
		return fmt.Errorf("the recording in %s was made from a real account (mode %s), this one would be %s: --force overwrites it all the same", dir, old.Mode, mode)
	case old.RecordedAt.After(asOf):
		return fmt.Errorf("the recording in %s is of %s, newer than the one to be made, of %s: --force overwrites it all the same",
			dir, old.RecordedAt.UTC().Format(time.RFC3339), asOf.UTC().Format(time.RFC3339))
	}
	return nil
}

// work is the folder beside dir in which its next recording is made. It is hidden, so that nobody takes what a killed
// recorder leaves in it for a recording, and on the same file system, so that the recording is moved at once.
func work(dir string) string {
	return filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".unfinished")
}

// claim keeps other recorders out of the folder that dir is in, until released, and puts in order what one that was killed
// left there.
func claim(dir string) (release func(), err error) {
	parent := filepath.Dir(dir)
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return nil, err
	}
	f, err := os.Open(parent)
	if err != nil {
		return nil, err
	}
	release = func() { _ = f.Close() } // so does the kernel, for a process that is killed
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		release()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("another recording is being made in %s: wait until it is done", parent)
		}
		return nil, fmt.Errorf("locking %s: %w", parent, err)
	}
	if err := settle(dir); err != nil {
		release()
		return nil, fmt.Errorf("putting in order what an interrupted recording left in %s: %w", work(dir), err)
	}
	return release, nil
}

// settle brings the old recording back where no new one took its place, and removes what is left of making one.
func settle(dir string) error {
	_, err := os.Lstat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		err = os.Rename(filepath.Join(work(dir), "old"), dir)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // what may be the only copy stays
	}
	return os.RemoveAll(work(dir))
}

// replace lets fill write into a new folder, which takes the place of dir when all went well. Else dir stays as it was. The
// caller has claimed dir.
func replace(dir string, fill func(dir string) error) (err error) {
	fresh, old := filepath.Join(work(dir), "new"), filepath.Join(work(dir), "old")
	defer func() { err = errors.Join(err, settle(dir)) }()
	if err := os.MkdirAll(fresh, 0o755); err != nil {
		return err
	}
	if err := fill(fresh); err != nil {
		return err
	}
	if err := os.Rename(dir, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(fresh, dir)
}
