package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/syncspec/syncspec/internal/supervise"
)

// account is the user that Postgres runs as: it refuses to be root.
type account struct {
	credential *supervise.Credential // nil: the current user
	name       string
}

// serverAccount is the current user, or if that is root the user "postgres", or else "nobody".
func serverAccount() account {
	if os.Geteuid() != 0 {
		return account{}
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.ParseUint(u.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(u.Gid, 10, 32)
		if err1 == nil && err2 == nil && uid != 0 {
			return account{credential: &supervise.Credential{UID: uint32(uid), GID: uint32(gid)}, name: name}
		}
	}
	return account{credential: &supervise.Credential{UID: 65534, GID: 65534}, name: "user 65534"}
}

// own gives a file or folder to the account.
func (a account) own(path string) error {
	if a.credential == nil {
		return nil
	}
	return os.Lchown(path, int(a.credential.UID), int(a.credential.GID))
}

// reaches tells whether the account can get at a path: every folder above it must let others pass.
func (a account) reaches(path string) bool {
	if a.credential == nil {
		return true
	}
	for p := filepath.Clean(path); ; p = filepath.Dir(p) {
		info, err := os.Stat(p)
		if err != nil {
			return false
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		bit := os.FileMode(0o001)
		switch {
		case ok && st.Uid == a.credential.UID:
			bit = 0o100
		case ok && st.Gid == a.credential.GID:
			bit = 0o010
		}
		if info.Mode()&bit == 0 {
			return false
		}
		if p == "/" {
			return true
		}
	}
}

// roomNeeded is what a data folder and the databases of a test run take, in bytes; a larger run says itself that the disk is full.
const roomNeeded = 1 << 30

// runParent is the folder in which a server's own folder is made: memory where there is room, else the temporary folder.
func runParent(a account) (string, error) {
	if room("/dev/shm") >= roomNeeded && writable("/dev/shm") {
		return "/dev/shm", nil
	}
	tmp := os.TempDir()
	if !a.reaches(tmp) {
		if a.reaches("/tmp") && writable("/tmp") {
			return "/tmp", nil
		}
		return "", fmt.Errorf("find a folder for the server: %s cannot be reached by %s, as which it runs; set TMPDIR to one that can", tmp, a.name)
	}
	if !writable(tmp) {
		return "", fmt.Errorf("find a folder for the server: no permission to write to %s; set TMPDIR to a folder that you own", tmp)
	}
	return tmp, nil
}

// room is the free space of the file system at path, in bytes.
func room(path string) uint64 {
	var st syscall.Statfs_t
	if err := syscall.Statfs(path, &st); err != nil {
		return 0
	}
	return st.Bavail * uint64(st.Bsize)
}

func writable(path string) bool { return syscall.Access(path, 2 /* W_OK */) == nil }

// explain adds to errors of the file system what to do next.
func explain(err error) error {
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return fmt.Errorf("%w; make room there, or set TMPDIR (or XDG_CACHE_HOME, if it is the cache) to another disk", err)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%w; set TMPDIR (or XDG_CACHE_HOME, if it is the cache) to a folder that you own", err)
	}
	return err
}
