package supervise

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// removeSegment removes the System V shared memory segment that a killed Postgres left. Line 1 of its postmaster.pid is its
// process id, line 7 the segment's key and id. A Postgres that ended tidily has removed both.
func removeSegment(pidFile string) error {
	data, err := os.ReadFile(pidFile)
	if err != nil {
		return nil
	}
	rows := strings.Split(string(data), "\n")
	if len(rows) < 7 {
		return nil
	}
	fields := strings.Fields(rows[6])
	if len(fields) != 2 {
		return nil
	}
	creator, err1 := strconv.Atoi(strings.TrimSpace(rows[0]))
	id, err2 := strconv.Atoi(fields[1])
	if err1 != nil || err2 != nil {
		return nil
	}
	err = removeMade(id, creator)
	if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
		// Only its owner may look at it, and root where it has all of root's rights, which in a container it has not.
		if info, statErr := os.Stat(pidFile); statErr == nil {
			if owner, ok := info.Sys().(*syscall.Stat_t); ok {
				err = asUser(int(owner.Uid), func() error { return removeMade(id, creator) })
			}
		}
	}
	if err != nil && !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.EIDRM) { // these two: it is gone
		return fmt.Errorf("remove shared memory segment %d of a killed Postgres: %w; remove it with: ipcrm -m %d", id, err, id)
	}
	return nil
}

// removeMade removes a segment, if it is one that the process made: ids are used again. Descendants that have not noticed yet
// that it is dead may be attached; the segment goes with the last of them.
func removeMade(id, creator int) error {
	var desc unix.SysvShmDesc
	if _, err := unix.SysvShmCtl(id, unix.IPC_STAT, &desc); err != nil {
		return err
	}
	if int(desc.Cpid) != creator {
		return nil
	}
	_, err := unix.SysvShmCtl(id, unix.IPC_RMID, nil)
	return err
}
