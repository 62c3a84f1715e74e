package target

import (
	"cmp"
	"fmt"
)

// Error is a verb that did not work, with its cause as a stable slug.
type Error struct {
	// Verb is what was asked. Cause is one of target-unreachable, target-timeout, target-refused, target-garbage,
	// target-command-failed, target-work-failed (what was accepted ended badly), target-lacks, and for the verb "start"
	// target-not-started, target-exited, target-not-ready.
	Verb, Cause string
	Detail      string
	// Status is the target's HTTP status where it refused, else 0.
	Status int
	// Log is the end of the target's log, or a command's, where it is known; it is not part of the error's text.
	Log    string
	remedy string
	err    error
}

func (e *Error) Error() string { return fmt.Sprintf("%s: %s", e.Verb, e.Detail) }
func (e *Error) Unwrap() error { return e.err }

// Remedy says what to do about it.
func (e *Error) Remedy() string { return cmp.Or(e.remedy, e.usual()) }

// usual is what mostly helps against a cause.
func (e *Error) usual() string {
	switch e.Cause {
	case "target-timeout":
		return "find in the target's log what " + e.Verb + " waits for; a verb must end in time, also where its work fails, and within in the profile says how long that is"
	case "target-refused":
		return "the answer says what the target objects to; its log may say more. Make " + e.Verb + " answer 2xx"
	case "target-garbage":
		return "let " + e.Verb + " answer with the JSON of the default protocol; a page of HTML there mostly comes from another server or an error handler"
	case "target-unreachable":
		return "let the target listen on the address that it is given, and answer every request; its log may say why it did not"
	case "target-not-started":
		return "check that the command's path exists and can be executed"
	case "target-command-failed":
		return "the end of the command's output is with this result; run it by hand with the same environment"
	case "target-work-failed":
		return "the target's log says why its work failed; poll.failed in the profile names the states that count as failed"
	case "target-lacks":
		return "nothing, if the target has no such thing; else map the verb in the profile and take it out of lacks"
	}
	return "the target must start, stay up and answer GET /healthz with 200, or get ready as the profile says; the end of its log is with this result"
}
