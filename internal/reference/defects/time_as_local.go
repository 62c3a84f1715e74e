package defects

import (
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func timeAsLocal() Defect {
	return Defect{
		Name:     "time-as-local",
		Breaks:   "a time without a zone is read in the server's own, which was UTC until the server moved to Kolkata",
		Needs:    "times without a zone",
		KilledBy: "accuracy/fields", Cause: "wrong-time-zone",
		applies: hasTimes(manifest.NaiveUTC),
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Refiner = local{p.Refiner, fired}
			return p
		},
	}
}

type local struct {
	reference.Refiner
	fired func()
}

func (l local) Refine(doc reference.Document) (reference.Row, error) {
	row, err := l.Refiner.Refine(doc)
	kolkata := time.FixedZone("IST", int((5*time.Hour + 30*time.Minute).Seconds()))
	rewrite(&row, doc.Object.Fields, doc.Object.Children, func(field manifest.Field, text string) string {
		utc, noTime := time.Parse(time.RFC3339Nano, text)
		if field.Type != manifest.Timestamp || field.Format != manifest.NaiveUTC || noTime != nil {
			return text
		}
		l.fired()
		y, month, d := utc.Date()
		return time.Date(y, month, d, utc.Hour(), utc.Minute(), utc.Second(), utc.Nanosecond(), kolkata).Format(time.RFC3339Nano)
	})
	return row, err
}
