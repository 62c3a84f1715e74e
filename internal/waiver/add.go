package waiver

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
)

// beginning is that of a new file.
const beginning = `# Accepted failures. What is mended must leave this file: a waiver that waives nothing is an error.
apiVersion: syncspec/v1
kind: Waivers
waivers:
`

// Add writes waivers for groups of failures into a file, under a comment that says where they come from. What stands in
// the file already stays as it is, to the letter; without a file there is one afterwards. The file is complete at any moment.
func Add(file string, groups []Group, t Terms, comment string) error {
	old, err := manifest.ReadFile(file, "a waiver is")
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return fmt.Errorf("reading the waivers %s: %w", file, err)
	}
	if missing {
		old = []byte(beginning)
	}
	var there []result.Waiver
	if !missing {
		if there, err = Parse(shown(file), old); err != nil {
			return err
		}
	}
	text, err := appended(old, groups, t, comment)
	if err != nil {
		return err
	}
	// What was meant and what stands there now must be the same, however the file was written.
	now, err := Parse(shown(file), text)
	if err == nil && !same(now, there, groups, t) {
		err = errors.New("they would stand in the wrong place")
	}
	if err != nil {
		return fmt.Errorf("waivers cannot be added to %s: make waivers: its last key, with each entry on lines of its own that begin with a dash, "+
			"or name another file: %w", file, err)
	}
	if err := replace(file, text); err != nil {
		return fmt.Errorf("writing the waivers %s: %w; nothing was changed", file, err)
	}
	return nil
}

// same tells whether now is what was there and what was to be added, in this order.
func same(now, there []result.Waiver, groups []Group, t Terms) bool {
	want := slices.Clone(there)
	for _, g := range groups {
		e := g.entry(t)
		subjects := e.Subjects
		if subjects == nil {
			subjects = []string{e.Subject}
		}
		for _, subject := range subjects {
			want = append(want, result.Waiver{Check: e.Check, Subject: subject, Cause: e.Cause, Reason: e.Reason, Owner: e.Owner, Issue: e.Issue, Expires: e.Expires})
		}
	}
	return slices.EqualFunc(now, want, func(a, b result.Waiver) bool {
		a.At, b.At = "", ""
		return a == b
	})
}

// appended returns the file's text with the groups at its end.
func appended(text []byte, groups []Group, t Terms, comment string) ([]byte, error) {
	margin := "  "
	list := linesOf(text).list
	switch {
	case list == nil:
		text = append(ended(text), "waivers:\n"...)
	case list.Style&yaml.FlowStyle != 0 && len(list.Content) == 0:
		text = withoutEmptyList(text, list)
	case list.Kind == yaml.SequenceNode && len(list.Content) > 0:
		margin = strings.Repeat(" ", list.Column-1)
	}
	var b strings.Builder
	b.Write(ended(text))
	if list != nil && len(list.Content) > 0 {
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "%s# %s\n", margin, oneLine(comment))
	for _, g := range groups {
		lines, err := g.yaml(t)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s# %s\n", margin, g.remark())
		for i, line := range lines {
			dash := "  "
			if i == 0 {
				dash = "- "
			}
			b.WriteString(margin + dash + line + "\n")
		}
	}
	out := b.String()
	if bytes.Contains(text, []byte("\r\n")) {
		out = strings.ReplaceAll(strings.ReplaceAll(out, "\r\n", "\n"), "\n", "\r\n")
	}
	return []byte(out), nil
}

// ended is text that ends with a line's end.
func ended(text []byte) []byte {
	text = slices.Clip(text)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	return text
}

// withoutEmptyList drops the [] that says that there are no waivers.
func withoutEmptyList(text []byte, list *yaml.Node) []byte {
	lines := bytes.SplitAfter(text, []byte("\n"))
	at := list.Line - 1
	lines[at] = bytes.Replace(lines[at], []byte(" []"), nil, 1)
	return bytes.Join(lines, nil)
}

// yaml is the group's entry, line by line.
func (g Group) yaml(t Terms) ([]string, error) {
	e := g.entry(t)
	var node yaml.Node
	if err := node.Encode(e); err != nil {
		return nil, fmt.Errorf("writing the waiver of %s: %w", g.Check, err)
	}
	if date := member(&node, "expires"); date != nil { // a date needs no quotes
		date.Tag, date.Style = "!!timestamp", 0
	}
	var b bytes.Buffer
	encoder := yaml.NewEncoder(&b)
	encoder.SetIndent(2)
	if err := errors.Join(encoder.Encode(&node), encoder.Close()); err != nil {
		return nil, fmt.Errorf("writing the waiver of %s: %w", g.Check, err)
	}
	return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n"), nil
}

// remark says for people how much fails, and with what.
func (g Group) remark() string {
	const most = 120
	seen := []rune(oneLine(g.Summary))
	if len(seen) > most {
		seen = append(seen[:most], '…')
	}
	return strings.TrimSuffix(g.Extent()+": "+string(seen), ": ")
}

// Extent says how many of the check's subjects are meant.
func (g Group) Extent() string {
	switch {
	case g.Planned == 0:
		return strings.Join(g.Subjects, ", ")
	case g.All():
		return fmt.Sprintf("all %d subjects", g.Planned)
	case g.Planned == 1:
		return "its one subject"
	}
	return fmt.Sprintf("%d of %d subjects", len(g.Subjects), g.Planned)
}

// oneLine makes a text fit for a comment.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// replace puts text in the place of a file, or of the file that it is a link to, all at once.
func replace(file string, text []byte) (err error) {
	mode := fs.FileMode(0o644)
	if real, err := filepath.EvalSymlinks(file); err == nil {
		file = real
		if info, err := os.Stat(file); err == nil {
			mode = info.Mode().Perm()
		}
	}
	temp, err := os.CreateTemp(filepath.Dir(file), ".syncspec-*")
	if err != nil {
		return manifest.Bare(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(manifest.Bare(err), os.Remove(temp.Name()))
		}
	}()
	_, err = temp.Write(text)
	if err = errors.Join(err, temp.Chmod(mode), temp.Sync(), temp.Close()); err != nil {
		return err
	}
	return os.Rename(temp.Name(), file)
}
