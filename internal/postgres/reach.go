package postgres

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// within returns binaries that the account can execute. Fetched ones lie in the user's cache; if that user is root, its home is closed
// to the unprivileged account that Postgres runs as, so they are linked (or copied, from one disk to another) to a temporary folder.
// done removes that folder.
func (b binaries) within(cfg Config, a account) (reachable binaries, done func(), err error) {
	if a.reaches(filepath.Join(b.bin, "postgres")) {
		return b, func() {}, nil
	}
	if b.root == "" {
		return b, nil, fmt.Errorf("%s cannot be executed by %s, as which a server of root runs; make the folders above it passable, "+
			"or run this as an ordinary user", b.bin, a.name)
	}
	parent := os.TempDir()
	if !a.reaches(parent) {
		parent = "/tmp"
	}
	dir, forget, err := cfg.Guardian.TempDir(parent, "syncspec-bin-")
	if err != nil {
		return b, nil, explain(err)
	}
	done = func() {
		if os.RemoveAll(dir) == nil {
			forget()
		}
	}
	if err := errors.Join(os.Chmod(dir, 0o755), mirror(b.root, dir)); err != nil {
		done()
		return b, nil, explain(fmt.Errorf("make the fetched binaries reachable for %s: %w", a.name, err))
	}
	b.bin = filepath.Join(dir, strings.TrimPrefix(b.bin, b.root))
	b.root = dir
	return b, done, nil
}

// mirror makes a copy of a folder of which the files are links where that is possible.
func mirror(from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil || path == from {
			return err
		}
		target := filepath.Join(to, path[len(from):])
		switch {
		case d.IsDir():
			return os.Mkdir(target, 0o755)
		case d.Type()&fs.ModeSymlink != 0:
			link, err := os.Readlink(path)
			if err != nil {
				return err
			}
			return os.Symlink(link, target)
		}
		if os.Link(path, target) == nil {
			return nil
		}
		return copyFile(path, target)
	})
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}
