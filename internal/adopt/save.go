package adopt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
)

// ErrThere says that the file is there already.
var ErrThere = errors.New("it is there already: --force overwrites it, --out names another one")

// Save writes a profile so that it is there whole or not at all, and only if it loads. A file that is there stays, unless force.
func Save(file, text string, m *manifest.Manifest, force bool) (err error) {
	if err := Free(file, force); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("writing the profile %s: %w", file, err)
		}
	}()
	temp, err := os.CreateTemp(filepath.Dir(file), ".syncspec-init-*.yaml")
	if err != nil {
		return err
	}
	defer os.Remove(temp.Name()) // where it was renamed there is nothing to remove
	_, err = temp.WriteString(text)
	if err := errors.Join(err, temp.Chmod(0o644), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	target, err := profile.LoadTarget(temp.Name(), nil)
	if err == nil {
		err = target.Check(m)
	}
	if err != nil {
		return fmt.Errorf("what was made of the database is no profile, please report it: %w", err)
	}
	if force {
		return os.Rename(temp.Name(), file)
	}
	// Unlike a rename a link fails where somebody made the file in the meantime.
	if err := os.Link(temp.Name(), file); errors.Is(err, fs.ErrExist) {
		return ErrThere
	} else if err == nil {
		return nil
	}
	return os.Rename(temp.Name(), file) // no links on this file system
}

// Free says that a file may be written, before any work is done for it.
func Free(file string, force bool) error {
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, err := os.Stat(filepath.Dir(file)); err != nil {
			return fmt.Errorf("writing the profile %s: %w", file, err)
		}
		return nil
	case err != nil:
		return fmt.Errorf("writing the profile %s: %w", file, err)
	case !info.Mode().IsRegular():
		return fmt.Errorf("writing the profile %s: it is there, and no regular file", file)
	case !force:
		return fmt.Errorf("writing the profile %s: %w", file, ErrThere)
	}
	return nil
}
