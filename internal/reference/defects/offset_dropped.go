package defects

import (
	"regexp"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func offsetDropped() Defect {
	return Defect{
		Name:     "offset-dropped",
		Breaks:   "the first 19 characters of a time are parsed and the rest is ignored, and with it the offset of the shop's zone",
		Needs:    "times with an offset",
		KilledBy: "accuracy/fields", Cause: "wrong-time-zone",
		applies: hasTimes(manifest.RFC3339),
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Refiner = zoneless{p.Refiner, fired}
			return p
		},
	}
}

type zoneless struct {
	reference.Refiner
	fired func()
}

var offset = regexp.MustCompile(`("\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?[+-]\d\d:\d\d"`)

func (z zoneless) Refine(doc reference.Document) (reference.Row, error) {
	if offset.Match(doc.Payload) {
		z.fired()
		doc.Payload = offset.ReplaceAll(doc.Payload, []byte(`${1}Z"`))
	}
	return z.Refiner.Refine(doc)
}

// hasTimes tells of a manifest whether a field of it has times in this format.
func hasTimes(format manifest.TimeFormat) func(*manifest.Manifest) bool {
	return func(m *manifest.Manifest) bool {
		for _, t := range m.Tables() {
			for _, f := range t.Fields {
				if f.Type == manifest.Timestamp && (f.Format == format || f.Format == "" && format == manifest.RFC3339) {
					return true
				}
			}
		}
		return false
	}
}
