package manifest

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
)

// Load reads and validates the manifest in a file, and holds it against the provider's catalogue where there is
// one. What is wrong with the manifest comes as Errors, all at once; any other error is about reading.
func Load(file string) (*Manifest, error) {
	data, err := read(os.Open(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return parse(file, data, os.DirFS(filepath.Join(filepath.Dir(file), "..")))
}

// LoadFS is Load for a file in fsys; the catalogue is looked for in the same file system.
func LoadFS(fsys fs.FS, file string) (*Manifest, error) {
	data, err := read(fsys.Open(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	root, err := fs.Sub(fsys, path.Join(path.Dir(file), ".."))
	if err != nil { // the manifest lies at the top: there is nothing beside its folder
		root = nil
	}
	return parse(file, data, root)
}

// Parse reads and validates a manifest without a catalogue. The name is for messages.
func Parse(name string, data []byte) (*Manifest, error) {
	return parse(name, data, nil)
}

// read takes what opening a file gives. It reads one byte more than a manifest may have, so that a larger file is
// noticed without being read. The operation and path that os errors carry are dropped: the caller names the file.
func read(f io.ReadCloser, err error) ([]byte, error) {
	var data []byte
	if err == nil {
		defer f.Close()
		data, err = io.ReadAll(io.LimitReader(f, maxBytes+1))
	}
	var place *fs.PathError
	if errors.As(err, &place) {
		err = place.Err
	}
	return data, err
}

// parse is the one way from bytes to a manifest. Root is the folder that holds fixtures/, or nil.
func parse(name string, data []byte, root fs.FS) (*Manifest, error) {
	node, problems := document(name, data)
	if len(problems) > 0 {
		return nil, problems
	}
	d := newDecoder(name)
	m := &Manifest{}
	d.decode(node, reflect.ValueOf(m).Elem(), "")
	m.Path = name
	c := &checker{decoder: d, manifest: m}
	if root != nil {
		if err := c.readCatalogue(root); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	if len(d.problems) < maxProblems { // else this is no manifest, and what it names means nothing
		c.check()
	}
	if len(d.problems) > 0 {
		return nil, d.problems.sorted().first(maxProblems, d.dropped)
	}
	return m, nil
}
