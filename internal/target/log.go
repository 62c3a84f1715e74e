package target

import (
	"bytes"
	"strings"
)

const (
	// logTail bounds what is shown of each process's log, noteTail that of all commands.
	logTail, noteTail = 4 << 10, 16 << 10
)

// Log returns the tail of what the target wrote: of each process, by its name where there are several, and of the commands.
func (r *Running) Log() string {
	r.mu.Lock()
	units, notes := r.units, string(r.notes)
	type kept struct {
		name string
		log  []byte
	}
	var all []kept
	for _, u := range units {
		k := kept{name: u.name, log: bytes.Clone(u.past)}
		if u.process != nil {
			k.log = append(k.log, u.process.Log()...)
		}
		all = append(all, k)
	}
	r.mu.Unlock()
	var text []string
	for _, k := range all {
		written := tail(k.log)
		if written != "" && len(all) > 1 {
			written = prefixed(k.name, written)
		}
		text = append(text, written)
	}
	text = append(text, notes)
	whole := strings.TrimSpace(strings.Join(text, "\n"))
	if whole == "" {
		return "(nothing)"
	}
	return whole
}

// tail is the end of a log.
func tail(log []byte) string {
	text := strings.ToValidUTF8(strings.TrimSpace(string(log)), "\uFFFD")
	if len(text) <= logTail {
		return text
	}
	end := text[len(text)-logTail:]
	if _, lines, ok := strings.Cut(end, "\n"); ok {
		end = lines // half a line could be half a secret, which nobody knows any more
	}
	return "… " + strings.ToValidUTF8(end, "")
}

// prefixed puts a name before each line.
func prefixed(name, text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(name + " | " + line)
	}
	return b.String()
}

// note keeps the end of what a verb's command wrote.
func (r *Running) note(verb, text string) {
	if text == "" {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.notes = append(r.notes, prefixed(verb, text)+"\n"...)
	if more := len(r.notes) - noteTail; more > 0 {
		r.notes = bytes.Clone(r.notes[more:])
		if cut := bytes.IndexByte(r.notes, '\n'); cut >= 0 {
			r.notes = r.notes[cut+1:]
		}
	}
}
