package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
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

// maxFile is far above the size of a profile or of waivers, so that a file that is none is not read whole.
const maxFile = 1 << 20

// ReadFile reads a small file that people write: what says of which kind it is: "a profile is". Errors do not
// name the file, for the caller does.
func ReadFile(file, what string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, Bare(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() > maxFile:
		return nil, fmt.Errorf("it is larger than 1 MiB, and %s a few lines", what)
	}
	data, err := os.ReadFile(file)
	return data, Bare(err)
}

// Bare drops the operation and the path from an error of the file system, for a caller that names the file itself.
func Bare(err error) error {
	if place, ok := errors.AsType[*fs.PathError](err); ok {
		return place.Err
	}
	return err
}
