package artifact

import (
	"encoding/json"
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
	reports, root *os.Root
	// name is its path from the report folder.
	name  string
	clean cleaner
	full  limit
	files []file
}

// open makes the folder, and empties it: what an earlier try of the same spec left there is not this one's.
func open(reports, name string, clean cleaner, full limit) (_ *folder, err error) {
	if err := os.MkdirAll(reports, 0o755); err != nil {
		return nil, err
	}
	f := &folder{name: name, clean: clean, full: full}
	if f.reports, err = os.OpenRoot(reports); err != nil {
		return nil, err
	}
	if err = f.reports.MkdirAll(name, 0o755); err == nil {
		f.root, err = f.reports.OpenRoot(name)
	}
	if err == nil {
		err = f.empty()
	}
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return f, nil
}

// empty removes the files of the folder.
func (f *folder) empty() error {
	entries, err := fs.ReadDir(f.root.FS(), ".")
	for _, e := range entries {
		if !e.IsDir() {
			err = errors.Join(err, f.root.Remove(e.Name()))
		}
	}
	return err
}

// put writes a file: whole, and without secrets, or not at all.
func (f *folder) put(name, holds string, data []byte) (err error) {
	clean := f.clean.text(string(data))
	if json.Valid(data) && !json.Valid([]byte(clean)) {
		return errors.New("what is left of it without secrets is no JSON any more")
	}
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
	_, err = io.WriteString(w, clean)
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

// remove removes the folder, which has nothing in it, and those around it that have nothing else.
func (f *folder) remove() error {
	if err := f.reports.Remove(f.name); err != nil {
		return err
	}
	for up := path.Dir(f.name); up != "."; up = path.Dir(up) {
		if f.reports.Remove(up) != nil {
			break // another spec's folder is in it
		}
	}
	return nil
}

func (f *folder) close() error {
	err := f.reports.Close()
	if f.root != nil {
		err = errors.Join(err, f.root.Close())
	}
	return err
}
