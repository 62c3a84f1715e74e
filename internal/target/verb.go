package target

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/profile"
)

// doing is one verb that is being done.
type doing struct {
	r      *Running
	name   string // what messages call the verb
	verb   *profile.Verb
	values profile.Values
	within time.Duration
	// answers came so far, the last one last.
	answers []answer
}

// do does a verb: the call itself, or one per function or object, then the questions whether what was accepted is done, then
// what the profile wants done afterwards.
func (r *Running) do(ctx context.Context, name string, verb *profile.Verb, values profile.Values) (*doing, error) {
	d := &doing{r: r, name: name, verb: verb, values: values, within: length(verb.Within, r.launch.Call)}
	ctx, cancel := context.WithTimeout(ctx, d.within)
	defer cancel()
	if err := d.once(ctx); err != nil {
		return nil, err
	}
	return d, nil
}

// once does the verb, and then its Then.
func (d *doing) once(ctx context.Context) error {
	if err := d.ask(ctx, way{http: d.verb.HTTP, exec: d.verb.Exec, sql: d.verb.SQL, body: true}); err != nil {
		return err
	}
	if d.verb.Poll != nil {
		if err := d.poll(ctx); err != nil {
			return err
		}
	}
	return d.then(ctx)
}

// then does what comes after the verb; its results count before the verb's own.
func (d *doing) then(ctx context.Context) error {
	if d.verb.Then == nil {
		return nil
	}
	d.learn("integration_id", "company_id")
	after := &doing{r: d.r, name: d.name, verb: d.verb.Then, values: d.values, within: d.within}
	if own := length(after.verb.Within, 0); own > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, own)
		defer cancel()
		after.within = own
	}
	if err := after.once(ctx); err != nil {
		return err
	}
	d.answers = append(d.answers, after.answers...)
	return nil
}

// learn makes values of results, as far as they are there.
func (d *doing) learn(names ...string) {
	for _, name := range names {
		if value, ok := d.find(name); ok {
			if value := placeable(value); value != nil {
				d.values = d.values.With(profile.Values{name: value})
			}
		}
	}
}

// way is how one call is made: exactly one of the three.
type way struct {
	http string
	exec []string
	sql  string
	body bool // the verb's body or form goes with it
}

// ask makes one call and keeps its answer.
func (d *doing) ask(ctx context.Context, w way) error {
	var a answer
	var err error
	switch {
	case w.http != "":
		a, err = d.request(ctx, w)
	case len(w.exec) > 0:
		a, err = d.command(ctx, w.exec)
	case w.sql != "":
		a, err = d.statement(ctx, w.sql)
	default:
		err = &Error{Verb: d.name, Cause: "target-lacks", Detail: "the profile does not say how to do it"}
	}
	if err != nil {
		return err
	}
	if a.paths, err = profile.FillAll(d.verb.Result, d.values); err != nil {
		return d.unfilled("result", err)
	}
	d.answers = append(d.answers, a)
	return nil
}

// poll asks until what was accepted is done.
func (d *doing) poll(ctx context.Context) error {
	p := d.verb.Poll
	if d.learn(profile.RunID); d.values[profile.RunID] == nil && d.r.launch.Profile.Target.AsksFor(p, profile.RunID) {
		return d.missing(profile.RunID)
	}
	w := way{http: p.HTTP, exec: p.Exec, sql: p.SQL}
	path, err := profile.Fill(p.State, d.values)
	if err != nil {
		return d.unfilled("poll.state", err)
	}
	accepted := d.answers
	every := length(p.Every, 50*time.Millisecond)
	tick := time.NewTicker(max(every, time.Millisecond))
	defer tick.Stop()
	last := ""
	for asked := 1; ; asked++ {
		d.answers = accepted
		if err := d.ask(ctx, w); err != nil {
			var e *Error
			if last != "" && errors.As(err, &e) && e.Cause == "target-timeout" {
				return d.unending(last, asked-1)
			}
			return err
		}
		a := d.answers[len(d.answers)-1]
		if a.broken != "" {
			return d.garbage("%s, but %s", a.how, a.broken)
		}
		value, ok := at(a.value, path)
		state, isText := text(value)
		switch {
		case !ok:
			return d.garbage("%s, and there is no state at %s: %s", a.how, path, lost(a.value, path))
		case !isText:
			return d.garbage("%s, and the state at %s is %s", a.how, path, kind(value))
		case slices.Contains(p.Done, state):
			return nil
		case slices.Contains(p.Failed, state):
			return &Error{Verb: d.name, Cause: "target-work-failed", Log: d.r.Log(),
				Detail: fmt.Sprintf("the target accepted the work, and then its state was %q: %s", state, excerpt(marshal(a.value)))}
		}
		last = state
		select {
		case <-tick.C:
		case <-ctx.Done():
			if d.expired(ctx) == nil { // nobody waits any more
				return fmt.Errorf("waiting for the work of %s: %w", d.name, ctx.Err())
			}
			return d.unending(last, asked)
		}
	}
}

// unending is the error of accepted work that did not end in time.
func (d *doing) unending(state string, asked int) error {
	p := d.verb.Poll
	known := "done is " + strings.Join(p.Done, ", ")
	if len(p.Failed) > 0 {
		known += ", failed is " + strings.Join(p.Failed, ", ")
	}
	return &Error{Verb: d.name, Cause: "target-timeout", Log: d.r.Log(), err: context.DeadlineExceeded,
		Detail: fmt.Sprintf("the target accepted the work, and after %s and %d questions its state was still %q (%s)", d.within, asked, state, known)}
}

// find looks for a result, in the last answer first.
func (d *doing) find(result string) (any, bool) {
	for _, a := range slices.Backward(d.answers) {
		if value, ok := a.find(result); ok {
			return value, true
		}
	}
	return nil, false
}

// missing is the error of a result that no answer has.
func (d *doing) missing(result string) error {
	if len(d.answers) == 0 {
		return d.garbage("there is no answer to look for %s in", result)
	}
	a := d.answers[len(d.answers)-1]
	for _, earlier := range slices.Backward(d.answers) {
		if earlier.paths[result] != "" {
			a = earlier
			break
		}
	}
	if a.broken != "" {
		return d.garbage("%s, but %s", a.how, a.broken)
	}
	path := a.path(result)
	at := path
	if path != result {
		at = fmt.Sprintf("%s, where %s should be", path, result)
	}
	return d.garbage("%s, and there is no %s: %s", a.how, at, lost(a.value, path))
}

// odd is the error of a result that is something else than it must be.
func (d *doing) odd(result string, value any, wanted string) error {
	return d.garbage("the answer is not the JSON that was expected: %s is %s, and must be %s", result, kind(value), wanted)
}

func (d *doing) garbage(format string, args ...any) *Error {
	e := &Error{Verb: d.name, Cause: "target-garbage", Detail: fmt.Sprintf(format, args...)}
	if d.r.mapped() {
		e.remedy = "let the result of " + d.name + " in the profile name where the answer has what is wanted; a page of HTML there mostly comes from another server or an error handler"
	}
	return e
}

// mapped tells whether the profile has verbs of its own.
func (r *Running) mapped() bool { return r.launch.Profile.Target.Verbs != nil }

// unfilled is the error of a placeholder that has no value.
func (d *doing) unfilled(where string, err error) error {
	return &Error{Verb: d.name, Cause: "profile-placeholder", err: err, Detail: fmt.Sprintf("the profile's %s cannot be filled in: %v", where, err),
		remedy: "mend the placeholder in the profile, or see that what it stands for is there at that time"}
}

// expired is the error of a call that took too long, or else nil.
func (d *doing) expired(ctx context.Context) *Error {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil
	}
	return &Error{Verb: d.name, Cause: "target-timeout", err: context.DeadlineExceeded, Log: d.r.Log()}
}

// length is a duration of the profile, which was checked, or else the default.
func length(text string, otherwise time.Duration) time.Duration {
	if d, err := time.ParseDuration(text); err == nil && d > 0 {
		return d
	}
	return otherwise
}
