// Package supervise starts processes and guarantees their end.
//
// A test run starts databases, targets and containers, and must leave none of them behind however it ends: normally, by a
// panic, by Ctrl-C, or by kill -9. No code of the dying process can promise that, so a second one does: the guardian. It is
// this binary executed again in a session of its own, holding a pipe to its client. It starts the processes itself (nothing
// can be lost between a start and its registration), adopts their orphans, and when the pipe closes, for whatever reason,
// ends them all and removes what was registered with it: folders, containers, databases, shared memory.
//
// There are three lines of defence. The guardian cleans up when its client is gone. Should the guardian itself be killed, the
// kernel ends the processes that it started (Linux: parent death signal), and the client, in Close, removes the rest.
//
// On Linux the guardian is a subreaper: a process that called setsid, forked twice or ignores signals is still found. Other
// systems have no such thing; there a process that left its process group is not found, and Guardian.Limits says so.
//
// A program that uses this package calls Main before anything else in main or TestMain.
package supervise

// RoleEnv names the environment variable that makes this binary a helper process instead of itself. The value "guardian"
// belongs to this package; Command.Role sets any other.
const RoleEnv = "SYNCSPEC_ROLE"

// guardianRole is the value of RoleEnv that Main answers to.
const guardianRole = "guardian"

// spawnEnv marks every started process and, as environments are inherited, its descendants: by it an orphan that the guardian
// adopted is still known to belong to the process that was started.
const spawnEnv = "SYNCSPEC_SPAWN"
