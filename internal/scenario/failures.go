package scenario

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/syncspec/syncspec/internal/result"
)

// pingTimeout bounds the question whether the database still answers; one that hangs does not.
const pingTimeout = 5 * time.Second

// DatabaseLost returns the failure that explains all others where the database does not answer any more, or nil.
func DatabaseLost(ctx context.Context, pool *pgxpool.Pool) *Failure {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	err := pool.Ping(ctx)
	if err == nil {
		return nil
	}
	return &Failure{Status: result.Error, Cause: "database-lost", Root: "run/database", Final: true,
		Summary: fmt.Sprintf("the database does not answer any more: %v", err),
		Remedy: "if syncspec started it, something else ended it: look for a lack of memory (dmesg) or of disk space; " +
			"with SYNCSPEC_POSTGRES=<dsn> look at that server's log"}
}

// TargetExited returns the failure that a target's end in mid-run is. alone says that it was one scenario's own: the others
// have theirs.
func TargetExited(how, log string, alone bool) *Failure {
	f := &Failure{Status: result.Fail, Cause: "target-exited", Root: "run/target", Final: true,
		Summary:  how + " in the middle of the run",
		Remedy:   "a target must stay up until it is told to end by SIGTERM; the end of its log is with this result",
		Evidence: []result.Evidence{{Kind: "log", Text: log}}}
	if alone {
		f.Root, f.Final = "", false
	}
	return f
}

// Interrupted is the failure of what was under way when the run was interrupted.
func Interrupted(during string) *Failure {
	return &Failure{Status: result.Error, Cause: "interrupted", Summary: "the run was interrupted " + during, Remedy: "run again"}
}

// missed returns the failure that requests without a recorded answer are, or nil.
func (b *builder) missed() *Failure {
	misses := b.route.Misses()
	if len(misses) == 0 {
		return nil
	}
	first := misses[0]
	f := &Failure{Status: result.Error, Cause: "cassette-miss", Root: "recording/" + cmp.Or(first.Phase, "no-phase"),
		Summary: fmt.Sprintf("%s has no answer to %d of the target's requests, first to %s %s",
			b.env.Recording.Dir, len(misses), first.Method, first.URL()),
		Remedy: "a target with other page sizes or filters than the recording's needs the sandbox; if the request is wrong, mend the target"}
	for _, x := range misses[:min(len(misses), 5)] {
		f.Evidence = append(f.Evidence, result.Evidence{Kind: "request", Text: x.Method + " " + x.URL()})
		for _, n := range x.Nearest {
			f.Evidence = append(f.Evidence, result.Evidence{Kind: "request", Text: "  nearest recorded: " + n})
		}
	}
	return f
}

// panicked returns the failure that a source which broke down is, or nil.
func (b *builder) panicked() *Failure {
	broken := b.route.Panics()
	if len(broken) == 0 {
		return nil
	}
	return &Failure{Status: result.Error, Cause: "harness", Root: "run/source",
		Summary:  fmt.Sprintf("what answers in the source's place broke down on %s %s", broken[0].Method, broken[0].URL()),
		Remedy:   "this is the harness's own fault: report it with this text",
		Evidence: []result.Evidence{{Kind: "log", Text: broken[0].Panic}}}
}

// unfilled is the failure of a sandbox that could not be made.
func unfilled(err error) *Failure {
	first, _, _ := strings.Cut(err.Error(), "\n")
	return &Failure{Status: result.Error, Cause: "no-sandbox", Root: "run/sandbox", Summary: first,
		Remedy: "mend the fixtures, or the recording, as the message says", Evidence: []result.Evidence{{Kind: "error", Text: err.Error()}}}
}
