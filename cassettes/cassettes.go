// Package cassettes carries the recordings with the program, so that it can replay them outside of a checkout.
package cassettes

import "embed"

// Files has a folder per source, as this one has. What is hidden is left out: a recorder that was killed leaves its
// unfinished work in a hidden folder.
//
//go:embed [a-z]*/[a-zA-Z]*
var Files embed.FS
