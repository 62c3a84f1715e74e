package manifest

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing wrong with a manifest, and where.
type Problem struct {
	// File, Line and Column are where a reader should look; lines and columns start at 1.
	File         string
	Line, Column int
	// Path is the way to the value, e.g. objects[3].table; empty where the whole file is meant.
	Path string
	// Message says what is wrong, Hint what would be right.
	Message, Hint string
}

// String prints the problem the way compilers do, so that editors and CI find the place.
func (p Problem) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: ", p.File, p.Line, p.Column)
	if p.Path != "" {
		b.WriteString(p.Path + ": ")
	}
	b.WriteString(p.Message)
	if p.Hint != "" {
		b.WriteString("; " + p.Hint)
	}
	return b.String()
}

// Errors are all problems of a manifest, sorted by position, so that one run shows an author everything.
type Errors []Problem

// Error prints one problem per line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// first returns so many problems, the last of them saying how many there are besides, those already dropped included.
func (e Errors) first(n, dropped int) Errors {
	if len(e) <= n {
		return e
	}
	rest := e[n-1]
	rest.Path, rest.Message, rest.Hint = "", fmt.Sprintf("from here on there are %d problems more", len(e)-n+1+dropped), "is this a manifest?"
	return append(e[:n-1:n-1], rest)
}

// sorted returns the problems by position; equal positions keep a fixed order, so that output can be pinned.
func (e Errors) sorted() Errors {
	slices.SortFunc(e, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Path, b.Path), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(e)
}
