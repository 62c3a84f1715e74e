package target

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/supervise"
)

// commandOutput bounds what is kept of a command's output: its results are at its end.
const commandOutput = 1 << 20

// command runs the verb's command to its end. Its answer is the last line of its output that is a JSON object.
func (d *doing) command(ctx context.Context, args []string) (answer, error) {
	l := d.r.launch
	cmd, err := Command(l.Profile.Target, profile.Start{Command: args, Env: d.verb.Env, Dir: d.verb.Dir}, d.values, l.Env)
	if err != nil {
		return answer{}, d.unfilled("exec", err)
	}
	cmd.Grace, cmd.LogLimit, cmd.KeepOutput = stopGrace, commandOutput, true
	p, err := d.r.guardian.Spawn(ctx, cmd)
	if err != nil {
		if late := d.expired(ctx); late != nil {
			late.Detail = fmt.Sprintf("the command %s did not start within %s", cmd.Name, d.within)
			return answer{}, late
		}
		if ctx.Err() != nil {
			return answer{}, fmt.Errorf("starting the command of %s: %w", d.name, ctx.Err())
		}
		return answer{}, &Error{Verb: d.name, Cause: "target-not-started", err: err, Detail: fmt.Sprintf("the command could not be started: %v", err)}
	}
	d.r.mu.Lock()
	d.r.commands = append(d.r.commands, p)
	d.r.mu.Unlock()
	err = p.Wait(ctx)
	if ctx.Err() != nil {
		stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
		defer cancel()
		stopErr := p.Stop(stopping)
		written, _ := d.wrote(p)
		if late := d.expired(ctx); late != nil {
			late.Detail, late.Log = fmt.Sprintf("the command %s did not end within %s", cmd.Name, d.within), written
			return answer{}, late
		}
		return answer{}, errors.Join(fmt.Errorf("waiting for the command of %s: %w", d.name, ctx.Err()), stopErr)
	}
	written, last := d.wrote(p)
	if err != nil {
		return answer{}, &Error{Verb: d.name, Cause: "target-command-failed", err: err, Log: written,
			Detail: fmt.Sprintf("%v; its last words: %s", err, last)}
	}
	a := answer{how: "the command " + cmd.Name + " ended well"}
	object, ok := lastObject(p.Output())
	if !ok {
		a.broken = "it printed no line that is a JSON object; its last words: " + last
		return a, nil
	}
	a.value = object
	return a, nil
}

// lastObject is the last line that is a JSON object.
func lastObject(output []byte) (map[string]any, bool) {
	for len(output) > 0 {
		rest, line := []byte(nil), output
		if cut := bytes.LastIndexByte(output, '\n'); cut >= 0 {
			rest, line = output[:cut], output[cut+1:]
		}
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] == '{' {
			decoder := json.NewDecoder(bytes.NewReader(line))
			decoder.UseNumber()
			var object map[string]any
			if decoder.Decode(&object) == nil && !decoder.More() {
				return object, true
			}
		}
		output = rest
	}
	return nil, false
}

// wrote notes what a command wrote, and returns its end and its last words: those of complaint before any others.
func (d *doing) wrote(p *supervise.Process) (written, last string) {
	output, log := tail(p.Output()), tail(p.Log())
	written = strings.TrimSpace(output + "\n" + log)
	d.r.note(d.name, written)
	last = cmp.Or(log, output, "(nothing)")
	return written, excerpt([]byte(last[strings.LastIndexByte(last, '\n')+1:]))
}
