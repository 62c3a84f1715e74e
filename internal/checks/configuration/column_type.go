package configuration

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
)

// fit says whether a column keeps every value that it may be given.
type fit int

const (
	keeps fit = iota
	// narrow is a type of the right kind with a limit that values may exceed.
	narrow
	wrong
)

// limited takes a Postgres type apart: "numeric(12,2)" and "timestamp(0) with time zone" into their words and limits.
var limited = regexp.MustCompile(`^([a-z ]+?)(?:\((\d+)(?:,(-?\d+))?\))?( with time zone| without time zone)?$`)

// fitOf tells whether a column of a Postgres type keeps every value of a field, in the form in which it keeps them.
func fitOf(pg string, f manifest.Field, kept profile.Kept) fit {
	switch kept {
	case profile.NaiveUTC:
		pg = strings.Replace(pg, "without time zone", "with time zone", 1)
	case profile.MinorUnits: // whole hundredths
		f.Type = manifest.Integer
	case profile.Unix, profile.UnixMillis:
		f.Type = manifest.Integer
		if pg == "double precision" { // has digits enough for the microseconds of our time
			return keeps
		}
	}
	parts := limited.FindStringSubmatch(pg)
	if parts == nil {
		return wrong
	}
	limit := -1
	if parts[2] != "" {
		limit, _ = strconv.Atoi(parts[2]) // digits, as the expression has them
	}
	switch base := parts[1] + parts[4]; base {
	case "text", "character varying":
		return textFit(limit, f)
	case "character": // pads what is short, and cuts what is long
		return narrow
	case "numeric":
		scale, _ := strconv.Atoi(parts[3])
		switch {
		case f.Type == manifest.Integer && limit >= 0 && limit-scale < 19: // 2^63 has 19 digits
			return narrow
		case f.Type == manifest.Integer:
			return keeps
		case f.Type == manifest.Decimal && limit >= 0:
			return narrow
		case f.Type == manifest.Decimal:
			return keeps
		}
	case "bigint":
		if f.Type == manifest.Integer {
			return keeps
		}
	case "boolean":
		if f.Type == manifest.Boolean {
			return keeps
		}
	case "timestamp with time zone":
		switch {
		case f.Type != manifest.Timestamp:
		case limit >= 0 && limit < 6 && f.Format != manifest.Unix && f.Format != manifest.Date:
			return narrow // these formats may have a fraction of a second
		default:
			return keeps
		}
	case "json", "jsonb":
		if f.Type == manifest.JSON {
			return keeps
		}
	}
	return wrong
}

// textFit tells whether a text column keeps a field's values; without a limit it keeps everything.
func textFit(limit int, f manifest.Field) fit {
	longest := map[manifest.FieldType]int{
		manifest.Integer: len("-9223372036854775808"), manifest.Boolean: len("false"), manifest.Timestamp: len("2006-01-02T15:04:05.999999999+00:00"),
	}
	if need := longest[f.Type]; limit < 0 || need > 0 && limit >= need {
		return keeps
	}
	return narrow // nobody knows how long a text, an amount or a document will be
}

// keyField is the field that an id column of a table is for.
func keyField(column, keyType string) manifest.Field {
	f := manifest.Field{Column: column, Type: manifest.Integer}
	if keyType == "text" {
		f.Type = manifest.Text
	}
	return f
}

// typeNames are the types that would be right, for the message.
func typeNames() string {
	return strings.Join([]string{
		"text for text", "numeric without limits for decimal", "bigint or numeric for integer", "timestamptz for timestamp", "jsonb for json",
	}, ", ")
}
