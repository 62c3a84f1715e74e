package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The limits of a manifest. The largest real one is far below each of them, so whoever exceeds one made a
// mistake or means harm.
const (
	maxBytes = 4 << 20
	maxDepth = 64
	// maxAliased bounds the nodes reached through aliases: ten lines of YAML can otherwise stand for billions.
	maxAliased = 10_000
	// maxProblems keeps the report of a file that is no manifest at all readable.
	maxProblems = 200
)

// document parses data into the one YAML document that a manifest is. What it returns is safe to walk: its
// depth is bounded and aliases in it neither contain themselves nor explode.
func document(name string, data []byte) (*yaml.Node, Errors) {
	if p, bad := unreadable(name, data); bad {
		return nil, Errors{p}
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var first, second yaml.Node
	switch err := decoder.Decode(&first); {
	case errors.Is(err, io.EOF):
		return nil, Errors{{File: name, Line: 1, Column: 1, Message: "the file is empty", Hint: "a manifest begins with apiVersion: syncspec/v1"}}
	case err != nil:
		return nil, Errors{syntax(name, data, err)}
	}
	switch err := decoder.Decode(&second); {
	case errors.Is(err, io.EOF):
	case err != nil:
		return nil, Errors{syntax(name, data, err)}
	default:
		return nil, Errors{{File: name, Line: max(second.Line, 1), Column: max(second.Column, 1), Message: "a second YAML document begins here", Hint: "one file holds one manifest: remove the --- line or split the file"}}
	}
	root := first.Content[0]
	m := measurer{known: map[*yaml.Node]extent{}, open: map[*yaml.Node]bool{}}
	m.measure(root, 1)
	if m.problem != nil {
		m.problem.File = name
		return nil, Errors{*m.problem}
	}
	return root, nil
}

// unreadable finds what makes a file no UTF-8 text of a sensible size.
func unreadable(name string, data []byte) (Problem, bool) {
	p := Problem{File: name, Line: 1, Column: 1}
	switch {
	case len(data) > maxBytes:
		p.Message, p.Hint = "the file is larger than 4 MiB", "a manifest states facts about a source; recorded data belongs elsewhere"
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		p.Message, p.Hint = "the file begins with a byte order mark", "save it as UTF-8 without one"
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		p.Message, p.Hint = "the file is UTF-16", "save it as UTF-8"
	case !utf8.Valid(data):
		offset := firstInvalid(data)
		p.Line = 1 + bytes.Count(data[:offset], []byte("\n"))
		p.Column = 1 + utf8.RuneCount(data[bytes.LastIndexByte(data[:offset], '\n')+1:offset])
		p.Message, p.Hint = fmt.Sprintf("byte 0x%02x is not valid UTF-8", data[offset]), "save the file as UTF-8"
	default:
		return p, false
	}
	return p, true
}

func firstInvalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return 0
}

// syntax turns the YAML library's error into a problem with a position. The library gives a line at most, and
// for what its parser (not its scanner) finds the number counts from zero.
func syntax(name string, data []byte, err error) Problem {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	line := 1
	if found := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(message); found != nil {
		message = message[len(found[0]):]
		line, _ = strconv.Atoi(found[1])
		if regexp.MustCompile(`^did not find expected (<document start>|node content|'-' indicator|key|',' or)`).MatchString(message) {
			line++
		}
	} else if message == "control characters are not allowed" {
		line = 1 + bytes.Count(data[:max(bytes.IndexFunc(data, isControl), 0)], []byte("\n"))
	} else if found := regexp.MustCompile(`^unknown anchor '(.*)' referenced$`).FindStringSubmatch(message); found != nil {
		if i := bytes.Index(data, []byte("*"+found[1])); i >= 0 {
			line = 1 + bytes.Count(data[:i], []byte("\n"))
		}
	}
	lines := strings.Split(string(data), "\n")
	line = min(max(line, 1), len(lines))
	column := 1 + len(lines[line-1]) - len(strings.TrimLeft(lines[line-1], " \t"))
	return Problem{File: name, Line: line, Column: column, Message: "not valid YAML: " + message, Hint: syntaxHint(message)}
}

// isControl tells what YAML allows in no file, quotes or not.
func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
}

func syntaxHint(message string) string {
	switch {
	case strings.Contains(message, "mapping values are not allowed"):
		return "a value that contains \": \" must be in quotes, and keys of one mapping begin in the same column"
	case strings.Contains(message, "did not find expected key"), strings.Contains(message, "did not find expected '-'"):
		return "the block that holds this line is broken from here on: compare the indentation"
	case strings.Contains(message, "cannot start any token"):
		return "indent with spaces, and put values that begin with @, ` or % in quotes"
	}
	return ""
}

// extent is how far a node reaches once its aliases are followed.
type extent struct{ nodes, depth int }

// measurer walks the tree once, each anchor once, and stops at the first thing that is unsafe to walk.
type measurer struct {
	known   map[*yaml.Node]extent
	open    map[*yaml.Node]bool
	aliased int
	problem *Problem
}

func (m *measurer) measure(n *yaml.Node, depth int) extent {
	if m.problem != nil {
		return extent{}
	}
	if depth > maxDepth {
		m.refuse(n, fmt.Sprintf("nested deeper than %d levels", maxDepth), "no manifest needs this; look for a list or mapping that is never closed")
		return extent{}
	}
	if n.Kind == yaml.AliasNode {
		return m.follow(n, depth)
	}
	m.open[n] = true
	defer delete(m.open, n)
	e := extent{nodes: 1, depth: 1}
	for _, child := range n.Content {
		c := m.measure(child, depth+1)
		e.nodes += c.nodes
		e.depth = max(e.depth, c.depth+1)
	}
	if n.Anchor != "" {
		m.known[n] = e
	}
	return e
}

// follow adds what an alias stands for without walking it again.
func (m *measurer) follow(n *yaml.Node, depth int) extent {
	if m.open[n.Alias] {
		m.refuse(n, fmt.Sprintf("alias *%s stands for something that contains it", n.Value), "write the value out")
		return extent{}
	}
	e := m.known[n.Alias]
	m.aliased += e.nodes
	switch {
	case m.aliased > maxAliased:
		m.refuse(n, fmt.Sprintf("aliases up to here stand for more than %d values", maxAliased), "write the values out")
	case depth+e.depth-1 > maxDepth:
		m.refuse(n, fmt.Sprintf("alias *%s is nested deeper than %d levels", n.Value, maxDepth), "write the value out")
	}
	return e
}

func (m *measurer) refuse(n *yaml.Node, message, hint string) {
	if m.problem == nil {
		m.problem = &Problem{Line: n.Line, Column: n.Column, Message: message, Hint: hint}
	}
}
