package artifact

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// limit stands before what is written; nil for none.
type limit func(io.Writer) io.Writer

// folder is the folder of one spec. Nothing is written outside of it, wherever names and links lead.
type folder struct {
	root  *os.Root
	name  string
	clean cleaner
	full  limit
	files []file
}

// open makes the folder, and empties it: what an earlier try of the same spec left there is not this one's.
func open(reports, name string, clean cleaner, full limit) (*folder, error) {
	if err := os.MkdirAll(reports, 0o755); err != nil {
		return nil, err
	}
	base, err := os.OpenRoot(reports)
	if err != nil {
		return nil, err
	}
	defer func() { _ = base.Close() }()
	if err := base.MkdirAll(name, 0o755); err != nil {
		return nil, err
	}
	root, err := base.OpenRoot(name)
	if err != nil {
		return nil, err
	}
	f := &folder{root: root, name: name, clean: clean, full: full}
	entries, err := fs.ReadDir(root.FS(), ".")
	for _, e := range entries {
		if !e.IsDir() {
			err = errors.Join(err, root.Remove(e.Name()))
		}
	}
	if err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return f, nil
}

// put writes a file: whole, and without secrets, or not at all.
func (f *folder) put(name, holds string, data []byte) (err error) {
	temp := "." + name
	out, err := f.root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode(name))
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.root.Remove(temp)
		}
	}()
	var w io.Writer = out
	if f.full != nil {
		w = f.full(out)
	}
	_, err = io.WriteString(w, f.clean.text(string(data)))
	if err = errors.Join(err, out.Close()); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	if err := f.root.Rename(temp, name); err != nil {
		return err
	}
	f.files = append(f.files, file{Name: name, Holds: holds})
	return nil
}

// mode is a file's: a script can be run.
func mode(name string) os.FileMode {
	if path.Ext(name) == ".sh" {
		return 0o755
	}
	return 0o644
}

// remove removes the folder, which is empty.
func (f *folder) remove() error { return f.root.RemoveAll(".") }

func (f *folder) close() error { return f.root.Close() }
