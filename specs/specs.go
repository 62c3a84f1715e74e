// Package specs carries the manifests and the requirement set with the program, so that a run elsewhere has the ones and
// knows what is still open of the other.
package specs

import "embed"

// Files are the manifests, and the requirement set beside them.
//
//go:embed *.yaml
var Files embed.FS

// SOP is sop.yaml: every requirement, with its id and kind.
//
//go:embed sop.yaml
var SOP []byte
