package scenario

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
)

// textField returns a top-level text field of the object whose change means nothing else.
func (b *builder) textField(obj *manifest.Object) string {
	taken := map[string]bool{}
	if obj.DeletedWhen != nil {
		taken[obj.DeletedWhen.Field] = true
	}
	for _, t := range obj.Webhooks {
		if t.When != nil {
			taken[t.When.Field] = true
		}
	}
	for _, f := range obj.Fields {
		if f.Type == manifest.Text && !strings.ContainsAny(f.Path, ".@") && !taken[f.Path] && !slices.Contains(obj.Key, f.Path) {
			return f.Path
		}
	}
	return ""
}

// changed returns the body with one text field changed.
func changed(body []byte, field string) ([]byte, error) {
	m, err := object(body)
	if err != nil {
		return nil, err
	}
	if field == "" {
		return nil, fmt.Errorf("the object has no text field to change")
	}
	m[field] = fmt.Sprint(m[field], " (changed)")
	return canonical.Append(nil, m), nil
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
