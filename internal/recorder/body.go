package recorder

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// decode reads JSON with numbers as they are written.
func decode(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	return v, err
}

// at walks a dotted path; nil where it leads nowhere.
func at(v any, path string) any {
	if path == "" {
		return v
	}
	for name := range strings.SplitSeq(path, ".") {
		m, _ := v.(map[string]any)
		v = m[name]
	}
	return v
}

// objectsAt are the elements of the array at a path.
func objectsAt(body []byte, path string) ([]map[string]any, error) {
	doc, err := decode(body)
	if err != nil {
		return nil, err
	}
	list, ok := at(doc, path).([]any)
	if !ok {
		return nil, fmt.Errorf("there is no array at %q", path)
	}
	out := make([]map[string]any, len(list))
	for i, e := range list {
		if out[i], ok = e.(map[string]any); !ok {
			return nil, fmt.Errorf("element %d at %q is no object", i, path)
		}
	}
	return out, nil
}

// scalarAt is the text of a scalar; empty for null and where there is none.
func scalarAt(body map[string]any, path string) string {
	switch v := at(body, path).(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

// keyOf joins the identifying values of an object.
func keyOf(body map[string]any, fields []string) (string, error) {
	parts := make([]string, len(fields))
	for i, f := range fields {
		if parts[i] = scalarAt(body, f); parts[i] == "" {
			return "", fmt.Errorf("an object lacks its key %s", f)
		}
	}
	return strings.Join(parts, "/"), nil
}
