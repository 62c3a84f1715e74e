package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// encode writes a value as JSON, with the characters of markup as they are.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// set returns a copy of a document with the value at a path replaced by another, given as JSON; all other bytes stay.
// A member that is not there comes after the others, and what the path lacks on the way to it is made.
func set(doc []byte, path string, value []byte) ([]byte, error) {
	segments := split(path)
	for n := len(segments); n >= 0; n-- {
		at, ok := find(doc, segments[:n])
		if !ok {
			continue
		}
		rest := segments[n:]
		if len(rest) == 0 {
			return splice(doc, at, value), nil
		}
		for i := len(rest) - 1; i > 0; i-- {
			name, _ := json.Marshal(rest[i])
			value = []byte("{" + string(name) + ":" + string(value) + "}")
		}
		return insert(doc, at, rest[0], value, strings.Join(segments[:n], "."))
	}
	return nil, fmt.Errorf("it is no JSON")
}

// insert adds a member to the object, or an element to the array, that stands at a place.
func insert(doc []byte, at span, name string, value []byte, where string) ([]byte, error) {
	end := at.end - 1
	comma := ","
	if skipSpace(doc, at.start+1) == end {
		comma = ""
	}
	switch doc[at.start] {
	case '{':
		key, _ := json.Marshal(name)
		return splice(doc, span{end, end}, []byte(comma+string(key)+":"+string(value))), nil
	case '[':
		n := 0
		elements(doc, at.start, func(span) bool { n++; return true })
		if name != strconv.Itoa(n) {
			return nil, fmt.Errorf("%q has %d elements: name one of them by its place from 0, or %d to add one", where, n, n)
		}
		return splice(doc, span{end, end}, []byte(comma+string(value))), nil
	}
	return nil, fmt.Errorf("%q is neither object nor array, so it has no %q", where, name)
}

// added returns a copy of a document with one more element in the array at a path, which is made where there is none.
func added(doc []byte, path string, value []byte) ([]byte, error) {
	list, ok := raw(doc, path)
	if !ok || list[0] != '[' {
		return set(doc, path, append(append([]byte{'['}, value...), ']'))
	}
	n := 0
	elements(list, 0, func(span) bool { n++; return true })
	return set(doc, path+"."+strconv.Itoa(n), value)
}

// unset returns a copy of a document without the member at a path.
func unset(doc []byte, path string) []byte {
	segments := split(path)
	parent, ok := find(doc, segments[:len(segments)-1])
	if !ok || doc[parent.start] != '{' {
		return doc
	}
	name, cut, before := segments[len(segments)-1], span{-1, -1}, -1
	members(doc, parent.start, func(key, value span) bool {
		switch {
		case cut.start >= 0 && before < 0: // the first of several goes with the comma behind it
			cut.end = key.start
			return false
		case cut.start >= 0:
			return false
		case sameKey(doc[key.start:key.end], name):
			cut = span{key.start, value.end}
			if before >= 0 {
				cut.start = before
			}
		default:
			before = value.end
		}
		return true
	})
	if cut.start < 0 {
		return doc
	}
	return splice(doc, cut, nil)
}

func splice(doc []byte, at span, value []byte) []byte {
	out := make([]byte, 0, len(doc)-(at.end-at.start)+len(value))
	out = append(out, doc[:at.start]...)
	out = append(out, value...)
	return append(out, doc[at.end:]...)
}

// setAll sets several values of a document, in the order of their paths so that the same change gives the same bytes.
func setAll(doc []byte, fields map[string]any) ([]byte, error) {
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		value, err := encode(fields[path])
		if err != nil {
			return nil, fmt.Errorf("the value for %s is none of JSON: %w", path, err)
		}
		if doc, err = set(doc, path, value); err != nil {
			return nil, fmt.Errorf("setting %s: %w", path, err)
		}
	}
	return doc, nil
}

// only returns a document with nothing but the members named, in the document's order; a path names a part of a member.
func only(doc []byte, paths []string) []byte {
	start := skipSpace(doc, 0)
	if doc[start] != '{' {
		return doc
	}
	below := map[string][]string{}
	for _, path := range paths {
		name, rest, _ := strings.Cut(strings.TrimSpace(path), ".")
		below[name] = append(below[name], rest)
	}
	out := []byte{'{'}
	members(doc, start, func(key, value span) bool {
		name, _ := scalar(doc[key.start:key.end])
		rest, wanted := below[name]
		if !wanted {
			return true
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = append(append(out, doc[key.start:key.end]...), ':')
		body := doc[value.start:value.end]
		if !slices.Contains(rest, "") {
			body = only(body, rest)
		}
		out = append(out, body...)
		return true
	})
	return append(out, '}')
}
