package sandbox

import (
	"fmt"
	"strconv"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// naiveUTC is ISO 8601 without a zone.
const naiveUTC = "2006-01-02T15:04:05"

// parseTime reads a time as the manifest says the provider writes it.
func parseTime(format manifest.TimeFormat, s string) (time.Time, error) {
	layout := time.RFC3339
	switch format {
	case manifest.NaiveUTC:
		layout = naiveUTC
	case manifest.Date:
		layout = time.DateOnly
	case manifest.Unix:
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			return time.Time{}, fmt.Errorf("%q is no time in Unix seconds", s)
		}
		return time.Unix(n, 0).UTC(), nil
	}
	at, err := time.Parse(layout, s)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no time as the manifest has it (%s)", s, formatName(format))
	}
	return at.UTC(), nil
}

// writeTime writes a time as the manifest says the provider does, as JSON.
func writeTime(format manifest.TimeFormat, at time.Time) []byte {
	at = at.UTC()
	switch format {
	case manifest.NaiveUTC:
		return quoted(at.Format(naiveUTC))
	case manifest.Date:
		return quoted(at.Format(time.DateOnly))
	case manifest.Unix:
		return strconv.AppendInt(nil, at.Unix(), 10)
	}
	return quoted(at.Format(time.RFC3339))
}

func formatName(f manifest.TimeFormat) string {
	if f == "" {
		return string(manifest.RFC3339)
	}
	return string(f)
}

// quoted is for text that needs no escapes.
func quoted(s string) []byte { return []byte(`"` + s + `"`) }
