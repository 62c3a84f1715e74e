package waiver

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode"

	"gopkg.in/yaml.v3"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
)

// document is a file of waivers.
type document struct {
	APIVersion string  `yaml:"apiVersion" jsonschema:"enum=syncspec/v1"`
	Kind       string  `yaml:"kind" jsonschema:"enum=Waivers"`
	Waivers    []entry `yaml:"waivers,omitempty"`
}

// entry accepts failures of one check for one cause, and of one subject or several. In check, subject, subjects and cause
// a * stands for any text.
type entry struct {
	Check    string   `yaml:"check"`
	Subject  string   `yaml:"subject,omitempty"`
	Subjects []string `yaml:"subjects,omitempty"`
	Cause    string   `yaml:"cause,omitempty"`
	Reason   string   `yaml:"reason"`
	Owner    string   `yaml:"owner"`
	Issue    string   `yaml:"issue"`
	Expires  string   `yaml:"expires"`
}

// Load reads a file of waivers. What is wrong with it comes as manifest.Errors, all at once and by position. Each subject
// of a list makes a waiver of its own, so that each has to leave the list when it is mended.
func Load(file string) ([]result.Waiver, error) {
	data, err := manifest.ReadFile(file, "a waiver is")
	if err != nil {
		return nil, fmt.Errorf("reading the waivers %s: %w", file, err)
	}
	return Parse(shown(file), data)
}

// Parse is Load for the content of a file. The name is for messages and for where a waiver stands.
func Parse(name string, data []byte) ([]result.Waiver, error) {
	var doc document
	var found []result.Waiver
	err := manifest.Strict(name, data, &doc, func(at func(path, message, hint string)) {
		c := checker{name: name, at: at, lines: linesOf(data), first: map[[3]string]string{}}
		for i, e := range doc.Waivers {
			found = append(found, c.entry(i, e)...)
		}
	})
	if problems, ok := errors.AsType[manifest.Errors](err); ok && problems[0].Message == "the file is empty" {
		problems[0].Hint = "a file of waivers begins with apiVersion: syncspec/v1 and kind: Waivers"
	}
	if err != nil {
		return nil, err
	}
	return found, nil
}

// checker finds what the types cannot say, and makes waivers of entries.
type checker struct {
	name  string
	at    func(path, message, hint string)
	lines lines
	// first is where each check, subject and cause stood first.
	first map[[3]string]string
}

// entry checks the i-th entry and returns its waivers, one per subject.
func (c *checker) entry(i int, e entry) []result.Waiver {
	path := fmt.Sprintf("waivers[%d]", i)
	for _, text := range []struct{ key, value string }{
		{"check", e.Check}, {"subject", e.Subject}, {"cause", e.Cause}, {"reason", e.Reason}, {"owner", e.Owner}, {"issue", e.Issue},
	} {
		c.text(path+"."+text.key, text.value)
	}
	if _, err := time.Parse(time.DateOnly, e.Expires); err != nil && e.Expires != "" {
		c.at(path+".expires", fmt.Sprintf("%q is no date", e.Expires), "write the last day on which it holds, such as 2026-12-31")
	}
	w := result.Waiver{Check: e.Check, Subject: e.Subject, Cause: e.Cause, Reason: e.Reason, Owner: e.Owner, Issue: e.Issue, Expires: e.Expires}
	switch {
	case e.Subject != "" && len(e.Subjects) > 0:
		c.at(path+".subjects", "subject and subjects exclude each other", "keep the list")
	case len(e.Subjects) > 0:
		var all []result.Waiver
		for n, subject := range e.Subjects {
			w.Subject = subject
			place := fmt.Sprintf("%s.subjects[%d]", path, n)
			c.text(place, subject)
			all = append(all, c.waiver(w, place, c.lines.subject(i, n)))
		}
		return all
	case e.Subject == "":
		c.at(path, `key "subject" is missing`, `write one subject, a pattern such as "orders/*", or a list as subjects`)
	default:
		return []result.Waiver{c.waiver(w, path+".subject", c.lines.entry(i))}
	}
	return nil
}

// text checks a value that is shown in one line.
func (c *checker) text(path, value string) {
	switch {
	case value == "": // said already, where it matters
	case strings.TrimSpace(value) == "":
		c.at(path, "must not be blank", "")
	case strings.ContainsFunc(value, unicode.IsControl):
		c.at(path, "must be one line", "")
	}
}

// waiver checks one check, subject and cause, and says where they stand.
func (c *checker) waiver(w result.Waiver, path string, line int) result.Waiver {
	w.At = fmt.Sprintf("%s:%d", c.name, line)
	if everything(w.Check) && everything(w.Subject) && everything(w.Cause) {
		c.at(path, "this would accept whatever goes wrong", "name the check, the subject or the cause")
	}
	key := [3]string{w.Check, w.Subject, w.Cause}
	if first, twice := c.first[key]; twice && w.Check != "" && w.Subject != "" {
		c.at(path, fmt.Sprintf("%s is waived twice", w), "it is waived at "+first+" already: remove one of them")
	} else if !twice {
		c.first[key] = w.At
	}
	return w
}

// everything tells whether a pattern leaves nothing out. Each check's name has a slash.
func everything(pattern string) bool { return strings.Trim(pattern, "*/") == "" }

// lines are the lines on which entries and their subjects stand.
type lines struct{ list *yaml.Node }

// linesOf finds them in a document that is known to be sound as YAML.
func linesOf(data []byte) lines {
	var doc yaml.Node
	if yaml.Unmarshal(data, &doc) != nil || len(doc.Content) == 0 {
		return lines{}
	}
	return lines{member(doc.Content[0], "waivers")}
}

// entry is the line of the i-th entry.
func (l lines) entry(i int) int {
	if l.list == nil || i >= len(l.list.Content) {
		return 1
	}
	return l.list.Content[i].Line
}

// subject is the line of the n-th subject in the list of the i-th entry.
func (l lines) subject(i, n int) int {
	if l.list != nil && i < len(l.list.Content) {
		if subjects := member(l.list.Content[i], "subjects"); subjects != nil && n < len(subjects.Content) {
			return subjects.Content[n].Line
		}
	}
	return l.entry(i)
}

// member is the value of a key of a mapping, or nil.
func member(n *yaml.Node, key string) *yaml.Node {
	n = resolved(n)
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return resolved(n.Content[i+1])
		}
	}
	return nil
}

// resolved is what an alias stands for.
func resolved(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// shown is a file as messages and reports name it: from the current folder where that is shorter, for the report of one
// machine shall be that of another.
func shown(file string) string {
	here, err := os.Getwd()
	if err != nil || !filepath.IsAbs(file) {
		return file
	}
	if rel, err := filepath.Rel(here, file); err == nil && len(rel) < len(file) {
		return rel
	}
	return file
}
