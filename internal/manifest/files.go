package manifest

import (
	"io/fs"
	"path"
	"path/filepath"
	"slices"
)

// requirementSet is the one file among the manifests that is none: the SOP's requirements.
const requirementSet = "sop.yaml"

// Files lists the manifests in a folder, sorted.
func Files(dir string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(files, func(f string) bool { return filepath.Base(f) == requirementSet }), nil
}

// FilesFS is Files for the root of a file system, an embedded one for instance.
func FilesFS(fsys fs.FS) ([]string, error) {
	files, err := fs.Glob(fsys, "*.yaml")
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(files, func(f string) bool { return path.Base(f) == requirementSet }), nil
}
