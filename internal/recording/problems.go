package recording

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with a recording, and the way out.
type Problem struct {
	File string
	// Line is 0 where the problem is with the file as a whole.
	Line int
	What string
	Fix  string
}

// String is the problem in one line: file:line: what; the way out.
func (p Problem) String() string {
	where := p.File
	if p.Line > 0 {
		where = fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return where + ": " + p.What + "; " + p.Fix
}

// Problems are all things wrong with a recording, so that they can be mended in one go.
type Problems []Problem

// Error lists the problems, one per line.
func (p Problems) Error() string {
	lines := make([]string, 0, len(p)+1)
	if len(p) == 1 {
		return "recording: " + p[0].String()
	}
	lines = append(lines, fmt.Sprintf("recording: %d problems", len(p)))
	for _, one := range p {
		lines = append(lines, "  "+one.String())
	}
	return strings.Join(lines, "\n")
}
