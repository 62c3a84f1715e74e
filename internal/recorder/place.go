package recorder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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

// replace lets fill write into a new folder beside dir, which takes its place when all went well. Else dir stays as it was.
func replace(dir string, fill func(dir string) error) (err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), "."+filepath.Base(dir)+"-*")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	fresh, old := filepath.Join(work, "new"), filepath.Join(work, "old")
	if err := os.Mkdir(fresh, 0o755); err != nil {
		return err
	}
	if err := fill(fresh); err != nil {
		return err
	}
	if err := os.Rename(dir, old); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.Rename(fresh, dir); err != nil {
		return errors.Join(err, os.Rename(old, dir))
	}
	return nil
}
