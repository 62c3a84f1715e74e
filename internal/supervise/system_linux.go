package supervise

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// limits says what the guardian cannot do on this system.
const limits = ""

// adoptOrphans makes this process the parent of every descendant whose own parent ends.
func adoptOrphans() error {
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("become the reaper of orphans: %w", err)
	}
	return nil
}

// attributes puts a process into a group of its own, and asks the kernel to end it if the thread that forks it dies.
func attributes(c Command) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true, Pdeathsig: c.deathSignal()}
	if c.Credential != nil {
		a.Credential = &syscall.Credential{Uid: c.Credential.UID, Gid: c.Credential.GID}
	}
	return a
}

// process is a row of the process table.
type process struct {
	pid, parent, group, session int
	state                       byte
}

// processes reads the process table.
func processes() ([]process, error) {
	dir, err := os.Open("/proc")
	if err != nil {
		return nil, fmt.Errorf("read the process table: %w", err)
	}
	defer dir.Close()
	names, err := dir.Readdirnames(-1)
	if err != nil {
		return nil, fmt.Errorf("read the process table: %w", err)
	}
	var all []process
	for _, name := range names {
		pid, err := strconv.Atoi(name)
		if err != nil {
			continue
		}
		data, err := os.ReadFile("/proc/" + name + "/stat")
		if err != nil {
			continue // ended meanwhile
		}
		// The command name, in parentheses, may contain anything.
		_, rest, ok := strings.Cut(string(data[bytes.LastIndexByte(data, ')')+1:]), " ")
		f := strings.Fields(rest)
		if !ok || len(f) < 4 {
			continue
		}
		p := process{pid: pid, state: f[0][0]}
		p.parent, _ = strconv.Atoi(f[1])
		p.group, _ = strconv.Atoi(f[2])
		p.session, _ = strconv.Atoi(f[3])
		all = append(all, p)
	}
	return all, nil
}

// marked tells whether a process has a text in its environment.
func marked(pid int, text string) bool {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	return err == nil && bytes.Contains(data, []byte(text))
}

// family returns a process's descendants that are not reaped yet, itself not included: by parentage, by group, by session, and orphans that this
// process adopted by their mark. All of them descend from this process, which adopts orphans; nothing else is ever returned, for
// after the end of the process its number may be that of a stranger.
func family(root int, mark string) ([]int, error) {
	all, err := processes()
	if err != nil {
		return nil, err
	}
	self := os.Getpid()
	ours := descendants(all, map[int]bool{self: true})
	in := map[int]bool{root: true}
	for _, p := range all {
		if p.group == root || p.session == root || mark != "" && p.parent == self && marked(p.pid, spawnEnv+"="+mark+"\x00") {
			in[p.pid] = true
		}
	}
	in = descendants(all, in)
	var found []int
	for _, p := range all {
		if in[p.pid] && ours[p.pid] && p.pid != root && p.pid != self {
			found = append(found, p.pid)
		}
	}
	return found, nil
}

// kin is family for those who ask often: it goes from a process to its children and reads no table of all. What lost its
// parent and hides its environment it does not find.
func kin(root int, mark string) ([]int, error) {
	if _, err := os.Stat("/proc/thread-self/children"); err != nil {
		return family(root, mark) // a kernel that does not tell
	}
	below, err := children(root)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	adopted, err := children(os.Getpid())
	if err != nil {
		return nil, err
	}
	for _, pid := range adopted {
		if pid != root && marked(pid, spawnEnv+"="+mark+"\x00") {
			below = append(below, pid)
		}
	}
	for i := 0; i < len(below); i++ { // it grows
		more, err := children(below[i])
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		below = append(below, more...)
	}
	return below, nil
}

// children are the children of all threads of a process; none, and an error that says so, of one that is gone.
func children(pid int) ([]int, error) {
	dir := "/proc/" + strconv.Itoa(pid) + "/task"
	threads, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var all []int
	for _, thread := range threads {
		data, err := os.ReadFile(dir + "/" + thread.Name() + "/children")
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // ended meanwhile
		}
		if err != nil {
			return nil, fmt.Errorf("read the children of process %d: %w", pid, err)
		}
		for _, number := range strings.Fields(string(data)) {
			if child, err := strconv.Atoi(number); err == nil {
				all = append(all, child)
			}
		}
	}
	return all, nil
}

// descendants adds to a set of processes all that descend from them.
func descendants(all []process, in map[int]bool) map[int]bool {
	for grown := true; grown; {
		grown = false
		for _, p := range all {
			if !in[p.pid] && in[p.parent] {
				in[p.pid], grown = true, true
			}
		}
	}
	return in
}

// strays returns the living processes of a lost guardian, wherever they are, by the mark that begins with its token.
func strays(token string) ([]int, error) {
	all, err := processes()
	if err != nil {
		return nil, err
	}
	var found []int
	for _, p := range all {
		if p.state != 'Z' && p.pid != os.Getpid() && marked(p.pid, spawnEnv+"="+token+"-") {
			found = append(found, p.pid)
		}
	}
	return found, nil
}

// resident returns the resident memory of processes in bytes. Pages that they share count once for each.
func resident(pids []int) (int64, error) {
	var sum int64
	for _, pid := range pids {
		data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/statm")
		if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue
		}
		if err != nil {
			return 0, fmt.Errorf("read the memory of process %d: %w", pid, err)
		}
		var size, pages int64
		if _, err := fmt.Sscan(string(data), &size, &pages); err != nil {
			return 0, fmt.Errorf("read the memory of process %d: %w", pid, err)
		}
		sum += pages * int64(os.Getpagesize())
	}
	return sum, nil
}

// asUser does something as another user, which only root may. The identity is that of one thread: Go knows nothing of it, so
// the thread is never given back and ends with its goroutine.
func asUser(uid int, do func() error) error {
	done := make(chan error)
	go func() {
		runtime.LockOSThread()
		const unchanged = ^uintptr(0)
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, unchanged, uintptr(uid), unchanged); errno != 0 {
			done <- errno
			return
		}
		done <- do()
	}()
	return <-done
}
