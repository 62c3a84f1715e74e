package oracle

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/cockroachdb/apd/v3"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
)

// Value is one value in the normal form of its type, so that two values are the same if and only if they are equal
// as Go values: decimals reduced, times in UTC, JSON in canonical form.
type Value struct {
	Null bool
	Text string
}

// String shows a value in messages.
func (v Value) String() string {
	if v.Null {
		return "NULL"
	}
	return strconv.Quote(v.Text)
}

var null = Value{Null: true}

// FromPayload returns the value that a column must have, given the payload's decoded JSON value.
func FromPayload(f manifest.Field, v any) (Value, error) {
	if v == nil {
		return null, nil
	}
	if f.Type == manifest.JSON {
		return Value{Text: string(canonical.Append(nil, v))}, nil
	}
	text, err := scalar(v)
	if err != nil {
		return Value{}, fmt.Errorf("field %s: %w", f.Path, err)
	}
	if text == "" && (f.Type != manifest.Text || f.EmptyIsNull) {
		return null, nil
	}
	if f.Type == manifest.Timestamp {
		t, err := ParseTime(f.Format, text)
		if err != nil {
			return Value{}, fmt.Errorf("field %s: %w", f.Path, err)
		}
		return timeValue(t), nil
	}
	return normal(f.Type, text)
}

// FromDatabase returns the normal form of what a column holds, given Postgres's text for it in a session whose time
// zone is UTC. A text that cannot be read as the type is kept as it is: it differs from any expected value, and the
// difference shows it.
func FromDatabase(t manifest.FieldType, text *string) Value {
	if text == nil {
		return null
	}
	if t == manifest.Timestamp {
		for _, layout := range []string{"2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999", time.RFC3339Nano} {
			if at, err := time.Parse(layout, *text); err == nil {
				return timeValue(at)
			}
		}
		return Value{Text: *text}
	}
	v, err := normal(t, *text)
	if err != nil {
		return Value{Text: *text}
	}
	return v
}

func normal(t manifest.FieldType, text string) (Value, error) {
	switch t {
	case manifest.Integer, manifest.Decimal:
		d, _, err := apd.NewFromString(text)
		if err != nil || d.Form != apd.Finite {
			return Value{}, fmt.Errorf("%q is no %s", text, t)
		}
		d.Reduce(d)
		if d.IsZero() {
			d.Negative = false
		}
		// Plain digits read best; an exponent that would make a wall of zeros stays an exponent.
		if d.Exponent < 40 && d.Exponent > -40 {
			return Value{Text: d.Text('f')}, nil
		}
		return Value{Text: d.Text('E')}, nil
	case manifest.Boolean:
		switch strings.ToLower(text) {
		case "true", "t", "1":
			return Value{Text: "true"}, nil
		case "false", "f", "0":
			return Value{Text: "false"}, nil
		}
		return Value{}, fmt.Errorf("%q is no boolean", text)
	case manifest.JSON:
		v, err := canonical.Decode([]byte(text))
		if err != nil {
			return Value{}, err
		}
		return Value{Text: string(canonical.Append(nil, v))}, nil
	}
	return Value{Text: text}, nil
}

func timeValue(t time.Time) Value { return Value{Text: t.UTC().Format(time.RFC3339Nano)} }

// ParseTime reads a provider's time.
func ParseTime(format manifest.TimeFormat, text string) (time.Time, error) {
	var t time.Time
	var err error
	switch format {
	case manifest.NaiveUTC:
		t, err = time.ParseInLocation("2006-01-02T15:04:05.999999999", text, time.UTC)
	case manifest.Unix:
		var sec int64
		if sec, err = strconv.ParseInt(text, 10, 64); err == nil {
			t = time.Unix(sec, 0).UTC()
		}
	case manifest.Date:
		t, err = time.ParseInLocation(time.DateOnly, text, time.UTC)
	default:
		t, err = time.Parse(time.RFC3339Nano, text)
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("reading the time %q as %s: %w", text, format, err)
	}
	return t, nil
}

// scalar returns the text of a JSON string, number or boolean.
func scalar(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, nil
	case json.Number:
		return v.String(), nil
	case bool:
		return strconv.FormatBool(v), nil
	}
	return "", fmt.Errorf("a single value was expected, the payload has %s", canonical.Append(nil, v))
}

// lookup walks a dotted path through objects. present is false where the payload says nothing about the path, which
// is not the same as null. A name beginning with "@" is a value of the fan-out.
func lookup(body map[string]any, context map[string]string, path string) (v any, present bool) {
	if name, ok := strings.CutPrefix(path, "@"); ok {
		v, present := context[name]
		return v, present
	}
	v = body
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, v == nil && present
		}
		if v, present = m[name]; !present {
			return nil, false
		}
	}
	return v, true
}

// keyOf joins an object's key fields.
func keyOf(body map[string]any, context map[string]string, fields []string) (string, bool) {
	parts := make([]string, len(fields))
	for i, f := range fields {
		v, ok := lookup(body, context, f)
		if !ok || v == nil {
			return "", false
		}
		s, err := scalar(v)
		if err != nil || s == "" {
			return "", false
		}
		parts[i] = s
	}
	return strings.Join(parts, "/"), true
}

// Holds tells whether a condition holds for a payload.
func Holds(c *manifest.Condition, body map[string]any) bool {
	if c == nil {
		return true
	}
	v, ok := lookup(body, nil, c.Field)
	text := ""
	if ok && v != nil {
		text, _ = scalar(v)
	}
	if c.Equals != "" {
		return text == c.Equals
	}
	return text != c.Not
}
