// Package cassettes carries the recordings with the program, so that it can replay them outside of a checkout.
package cassettes

import "embed"

// Files has a folder per source, as this one has.
//
//go:embed */*
var Files embed.FS
