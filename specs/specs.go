// Package specs carries the requirement set with the program, so that a run elsewhere knows what is still open.
package specs

import _ "embed"

// SOP is sop.yaml: every requirement, with its id and kind.
//
//go:embed sop.yaml
var SOP []byte
