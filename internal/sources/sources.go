// Package sources holds what the program carries of each source: its manifest, fixtures and recording, so that runs need
// no checkout.
package sources

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/cassettes"
	"github.com/syncspec/syncspec/fixtures"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/recording"
	"github.com/syncspec/syncspec/specs"
)

// Names lists the sources, sorted.
func Names() []string {
	files, err := manifest.FilesFS(specs.Files)
	if err != nil {
		panic(err) // the pattern is ours, and reading what is carried cannot fail
	}
	for i, file := range files {
		files[i] = strings.TrimSuffix(file, path.Ext(file))
	}
	return files
}

// Known returns nil for a source that is carried; its error says which are.
func Known(name string) error {
	names := Names()
	if slices.Contains(names, name) {
		return nil
	}
	return fmt.Errorf("there is no source %q: %s", name, manifest.Suggest(name, names))
}

// Manifest loads a source's manifest and holds it against its catalogue.
func Manifest(name string) (*manifest.Manifest, error) {
	if err := Known(name); err != nil {
		return nil, err
	}
	return manifest.LoadFS(checkout{}, path.Join("specs", name+".yaml"))
}

// Load loads the manifest in a file, or for the mere name of a source the one that is carried.
func Load(fileOrName string) (*manifest.Manifest, error) {
	if filepath.Base(fileOrName) != fileOrName || filepath.Ext(fileOrName) != "" {
		return manifest.Load(fileOrName)
	}
	return Manifest(fileOrName)
}

// Recording loads a source's recording. A source without one is an error that says so.
func Recording(name string) (*recording.Recording, error) {
	files, err := fs.Sub(cassettes.Files, name)
	if err != nil {
		return nil, fmt.Errorf("finding the recording of %q: %w", name, err)
	}
	return recording.LoadFS(files, path.Join("cassettes", name))
}

// Fixtures are a source's fixtures; a source without any has an empty folder.
func Fixtures(name string) (fs.FS, error) {
	files, err := fs.Sub(fixtures.Files, name)
	if err != nil {
		return nil, fmt.Errorf("finding the fixtures of %q: %w", name, err)
	}
	return files, nil
}

// checkout looks like the root of a checkout, as far as manifests refer to what lies beside them.
type checkout struct{}

func (checkout) Open(name string) (fs.File, error) {
	top, below, _ := strings.Cut(name, "/")
	switch top {
	case "specs":
		return specs.Files.Open(below)
	case "fixtures":
		return fixtures.Files.Open(below)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
