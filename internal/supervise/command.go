package supervise

import (
	"syscall"
	"time"
)

const (
	defaultGrace    = 5 * time.Second
	defaultLogLimit = 64 << 10
	maxLogLimit     = 1 << 20
)

// Command describes a process to start.
type Command struct {
	// Name is what error messages call it; the last element of Path if empty.
	Name string
	// Path is the executable: a path, or a name that is looked up in PATH. Empty if Role is set.
	Path string
	// Role, if set, starts this very binary with RoleEnv set to it.
	Role string
	// Args are the arguments without the program's name. Everyone on the machine can read them: secrets belong in Env.
	Args []string
	// Env is the whole environment, as "KEY=value". Nil means that of the guardian's client.
	Env []string
	// Dir is the working folder; the client's if empty.
	Dir string
	// StopSignal asks it to end; SIGTERM if zero. With SIGQUIT, which ends a Postgres at once and tidily, the kernel sends that
	// instead of SIGKILL should the guardian be killed.
	StopSignal syscall.Signal
	// Grace is the time between StopSignal and SIGKILL; 5 s if zero.
	Grace time.Duration
	// Credential is the user that it runs as; the current one if nil. Only root may set it.
	Credential *Credential
	// LogLimit bounds the kept tail of standard output and error, in bytes; 64 KiB if zero, at most 1 MiB. What exceeds it
	// is read and forgotten, so a process that floods its output costs neither memory nor disk.
	LogLimit int
	// KeepOutput keeps standard output apart, of the same size, for Process.Output: Log has standard error alone then.
	KeepOutput bool
	// Await is a text; Process.Said tells when the process has written it, however much it writes.
	Await string
	// PIDFile is a Postgres's postmaster.pid. A killed Postgres leaves a System V shared memory segment; the file names it, and
	// it is removed once the process and its descendants are gone.
	PIDFile string
}

// Credential is a user and a group by number.
type Credential struct {
	UID uint32
	GID uint32
}

func (c Command) grace() time.Duration {
	if c.Grace <= 0 {
		return defaultGrace
	}
	return c.Grace
}

func (c Command) stopSignal() syscall.Signal {
	if c.StopSignal == 0 {
		return syscall.SIGTERM
	}
	return c.StopSignal
}

// deathSignal is what the kernel sends when the guardian was killed. A process that handles SIGTERM might take its time with
// nobody left to insist, so it is SIGKILL for all but those that tidy up on SIGQUIT.
func (c Command) deathSignal() syscall.Signal {
	if c.stopSignal() == syscall.SIGQUIT {
		return syscall.SIGQUIT
	}
	return syscall.SIGKILL
}

func (c Command) logLimit() int {
	switch {
	case c.LogLimit <= 0:
		return defaultLogLimit
	case c.LogLimit > maxLogLimit:
		return maxLogLimit
	}
	return c.LogLimit
}
