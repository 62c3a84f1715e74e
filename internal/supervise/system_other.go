//go:build !linux

package supervise

import (
	"errors"
	"fmt"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// limits says what the guardian cannot do on this system.
const limits = "on " + runtime.GOOS + " a started process's descendants are ended by their process group only: one that calls setsid survives, " +
	"and so does everything if the guardian itself is killed"

// adoptOrphans does nothing: only Linux has subreapers.
func adoptOrphans() error { return nil }

// attributes puts a process into a group of its own.
func attributes(c Command) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true}
	if c.Credential != nil {
		a.Credential = &syscall.Credential{Uid: c.Credential.UID, Gid: c.Credential.GID}
	}
	return a
}

// family returns the group of a process, as one number that kill understands, while anything is in it.
func family(root int, mark string) ([]int, error) {
	if mark == "" || syscall.Kill(-root, 0) != nil {
		return nil, nil
	}
	return []int{-root}, nil
}

// kin is family.
func kin(root int, mark string) ([]int, error) { return family(root, mark) }

// strays returns nothing: other processes' environments cannot be read here.
func strays(string) ([]int, error) { return nil, nil }

// resident returns the resident memory of processes in bytes.
func resident(pids []int) (int64, error) {
	var sum int64
	for _, pid := range pids {
		if pid < 0 {
			continue
		}
		out, err := exec.Command("ps", "-o", "rss=", "-p", strconv.Itoa(pid)).Output()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			continue // ended
		}
		if err != nil {
			return 0, fmt.Errorf("read the memory of process %d: %w", pid, err)
		}
		kib, err := strconv.ParseInt(strings.TrimSpace(string(out)), 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read the memory of process %d: %w", pid, err)
		}
		sum += kib << 10
	}
	return sum, nil
}

// listens returns nothing: the table of sockets is not to be had here.
func listens([]int) ([]string, error) { return nil, nil }

// asUser is for Linux alone.
func asUser(int, func() error) error { return syscall.EPERM }
