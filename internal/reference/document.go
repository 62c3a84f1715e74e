package reference

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// fields is a JSON object whose values stay as they were written, so that no number loses a digit.
type fields struct {
	top map[string]json.RawMessage
	// nested remembers objects below, for many paths share a prefix.
	nested map[string]map[string]json.RawMessage
}

func parseFields(payload json.RawMessage) (*fields, error) {
	var top map[string]json.RawMessage
	if err := json.Unmarshal(payload, &top); err != nil {
		return nil, fmt.Errorf("payload is no JSON object: %w", err)
	}
	if top == nil {
		return nil, errors.New("payload is null, not a JSON object")
	}
	return &fields{top: top}, nil
}

// at gives the value at a dotted path. Below a null everything is null; below a missing field, or below something
// that is no object, everything is missing.
func (f *fields) at(path string) (json.RawMessage, bool) {
	parent, name, nested := cutLast(path)
	if !nested {
		v, ok := f.top[path]
		return v, ok
	}
	if _, seen := f.nested[parent]; !seen {
		raw, ok := f.at(parent)
		if !ok {
			return nil, false
		}
		if isNull(raw) {
			return raw, true
		}
		var m map[string]json.RawMessage
		if json.Unmarshal(raw, &m) != nil {
			m = nil
		}
		if f.nested == nil {
			f.nested = map[string]map[string]json.RawMessage{}
		}
		f.nested[parent] = m
	}
	v, ok := f.nested[parent][name]
	return v, ok
}

func cutLast(path string) (parent, name string, ok bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

func isNull(raw json.RawMessage) bool { return bytes.Equal(bytes.TrimSpace(raw), []byte("null")) }

// text gives a scalar as text: strings without their quotes, everything else as it is written.
func text(raw json.RawMessage) (string, error) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || raw[0] != '"' {
		return string(raw), nil
	}
	var s string
	err := json.Unmarshal(raw, &s)
	return s, err
}

// holds tells whether a condition is met. A missing or null field has no value: it equals nothing.
func (f *fields) holds(c *manifest.Condition) bool {
	if c == nil {
		return false
	}
	raw, ok := f.at(c.Field)
	value, err := text(raw)
	has := ok && !isNull(raw) && err == nil
	if c.Not != "" {
		return !has || value != c.Not
	}
	return has && value == c.Equals
}

// key joins an object's identifying fields; it fails where one is missing, null or empty.
func (f *fields) key(names []string, sqlType string) (string, error) {
	parts := make([]string, len(names))
	for i, name := range names {
		raw, ok := f.at(name)
		if !ok || isNull(raw) {
			return "", fmt.Errorf("payload has no %s", name)
		}
		value, err := text(raw)
		switch {
		case err != nil:
			return "", fmt.Errorf("key field %s: %w", name, err)
		case value == "", strings.ContainsRune(value, 0), raw[0] == '{', raw[0] == '[':
			return "", fmt.Errorf("key field %s: %s is no id", name, raw)
		}
		parts[i] = value
	}
	key := strings.Join(parts, "/")
	if sqlType == "bigint" {
		return integerText(key)
	}
	return key, nil
}
