package reference

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// decode reads one value of a payload as Postgres is to read it; nil is NULL.
func decode(f manifest.Field, raw json.RawMessage) (*string, error) {
	if isNull(raw) {
		return nil, nil
	}
	if f.Type == manifest.JSON {
		s := string(raw)
		if s == `""` && f.EmptyIsNull {
			return nil, nil
		}
		return &s, nil
	}
	s, err := text(raw)
	if err != nil {
		return nil, err
	}
	if s == "" && (f.EmptyIsNull || f.Type != manifest.Text) {
		return nil, nil
	}
	switch f.Type {
	case manifest.Text:
	case manifest.Decimal:
		s, err = decimalText(s)
	case manifest.Integer:
		s, err = integerText(s)
	case manifest.Boolean:
		if s != "true" && s != "false" {
			err = fmt.Errorf("%s is no boolean", raw)
		}
	case manifest.Timestamp:
		var t time.Time
		if t, err = parseTime(f.Format, s); err == nil {
			s = t.Format(time.RFC3339Nano)
		}
	default:
		err = fmt.Errorf("unknown type %q", f.Type)
	}
	if err != nil {
		return nil, err
	}
	return &s, nil
}

var (
	decimalForm = regexp.MustCompile(`^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?$`)
	integerForm = regexp.MustCompile(`^-?[0-9]+(\.0*)?$`)
)

// decimalText keeps money as it was written: any detour through a binary number would lose digits. Postgres would
// also take words such as NaN, which no provider means.
func decimalText(s string) (string, error) {
	if !decimalForm.MatchString(s) {
		return "", fmt.Errorf("%q is no decimal number", s)
	}
	return s, nil
}

func integerText(s string) (string, error) {
	if !integerForm.MatchString(s) {
		return "", fmt.Errorf("%q is no integer", s)
	}
	whole, _, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return "", fmt.Errorf("%q does not fit into 64 bits", s)
	}
	return strconv.FormatInt(n, 10), nil
}

// parseTime reads a source's time as an instant in UTC, as exactly as Postgres keeps it (microseconds).
func parseTime(format manifest.TimeFormat, s string) (time.Time, error) {
	var t time.Time
	var err error
	switch format {
	case manifest.NaiveUTC:
		// No zone is written and UTC is meant; the zone of this machine must not matter.
		t, err = time.ParseInLocation("2006-01-02T15:04:05", s, time.UTC)
	case manifest.RFC3339, "":
		t, err = time.Parse(time.RFC3339, s)
	case manifest.Date:
		t, err = time.ParseInLocation(time.DateOnly, s, time.UTC)
	case manifest.Unix:
		t, err = parseUnix(s)
	default:
		err = fmt.Errorf("unknown time format %q", format)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("time %q (%s): %w", s, format, err)
	}
	return t.UTC().Round(time.Microsecond), nil
}

func parseUnix(s string) (time.Time, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return time.Time{}, errors.New("not a number of seconds")
	}
	nanos, err := strconv.ParseInt((fraction + "000000000")[:9], 10, 64)
	if err != nil || nanos < 0 {
		return time.Time{}, errors.New("not a number of seconds")
	}
	return time.Unix(seconds, nanos), nil
}

// formatTime writes a time the way a request parameter wants it.
func formatTime(format manifest.TimeFormat, t time.Time) string {
	t = t.UTC()
	switch format {
	case manifest.NaiveUTC:
		return t.Format("2006-01-02T15:04:05")
	case manifest.Date:
		return t.Format(time.DateOnly)
	case manifest.Unix:
		return strconv.FormatInt(t.Unix(), 10)
	default:
		return t.Format(time.RFC3339)
	}
}

// updatedAt reads an object's time of change; nil where it has none.
func (o *object) updatedAt(f *fields) (*time.Time, error) {
	if o.UpdatedAt == nil {
		return nil, nil
	}
	raw, ok := f.at(o.UpdatedAt.Field)
	if !ok || isNull(raw) {
		return nil, nil
	}
	s, err := text(raw)
	if err != nil || s == "" {
		return nil, err
	}
	t, err := parseTime(o.UpdatedAt.Format, s)
	if err != nil {
		return nil, fmt.Errorf("field %s: %w", o.UpdatedAt.Field, err)
	}
	return &t, nil
}
