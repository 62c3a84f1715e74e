package scenario

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

// changed returns the body with one field changed, and nothing else.
func changed(obj *manifest.Object, body []byte) ([]byte, error) {
	m, err := object(body)
	if err != nil {
		return nil, err
	}
	e := editable(obj, m)
	if e.path == "" {
		return nil, fmt.Errorf("the object has no field that could be changed without meaning anything else")
	}
	m[e.path] = e.next
	return canonical.Append(nil, m), nil
}

// later returns the body with its time of change moved forward, and nothing else.
func later(obj *manifest.Object, body []byte, by time.Duration) ([]byte, error) {
	m, err := object(body)
	if err != nil {
		return nil, err
	}
	field, format := obj.UpdatedAt.Field, obj.UpdatedAt.Format
	was, ok := at(m, field)
	if !ok || was == nil || strings.Contains(field, ".") {
		return nil, fmt.Errorf("there is no time of change at %q", field)
	}
	t, err := oracle.ParseTime(format, fmt.Sprint(was))
	if err != nil {
		return nil, err
	}
	m[field] = timeValue(format, t.Add(by))
	return canonical.Append(nil, m), nil
}

// timeValue is a time as the source writes it, a JSON value.
func timeValue(format manifest.TimeFormat, t time.Time) any {
	switch format {
	case manifest.Unix:
		return json.Number(strconv.FormatInt(t.Unix(), 10))
	case manifest.NaiveUTC:
		return t.UTC().Format("2006-01-02T15:04:05")
	case manifest.Date:
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339)
}

// reversed returns the same JSON value with the keys of every object in descending order.
func reversed(body []byte) ([]byte, error) {
	v, err := canonical.Decode(body)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := writeReversed(&out, v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func writeReversed(out *bytes.Buffer, v any) error {
	switch v := v.(type) {
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		slices.Reverse(keys)
		out.WriteByte('{')
		for i, k := range keys {
			if i > 0 {
				out.WriteByte(',')
			}
			out.Write(canonical.Append(nil, k))
			out.WriteByte(':')
			if err := writeReversed(out, v[k]); err != nil {
				return err
			}
		}
		out.WriteByte('}')
	case []any:
		out.WriteByte('[')
		for i, e := range v {
			if i > 0 {
				out.WriteByte(',')
			}
			if err := writeReversed(out, e); err != nil {
				return err
			}
		}
		out.WriteByte(']')
	default:
		out.Write(canonical.Append(nil, v))
	}
	return nil
}
