package sandbox

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// Bodies are kept as they were written and looked into in place: a body that was decoded and encoded again would have
// lost the order of its keys and its spaces, and numbers their digits. What is scanned here has been found valid before.

// span is where a value stands in a document.
type span struct{ start, end int }

// find returns where the value at a path stands. A segment is a key, or a place in an array.
func find(doc []byte, path []string) (span, bool) {
	at := span{skipSpace(doc, 0), len(doc)}
	for _, segment := range path {
		next, ok := child(doc, at.start, segment)
		if !ok {
			return span{}, false
		}
		at = next
	}
	if len(path) == 0 {
		at.end = skipValue(doc, at.start)
	}
	return at, true
}

// child finds a member of an object or an element of an array.
func child(doc []byte, start int, segment string) (found span, ok bool) {
	switch doc[start] {
	case '{':
		members(doc, start, func(key, value span) bool {
			if sameKey(doc[key.start:key.end], segment) {
				found, ok = value, true // the last of equal keys counts
			}
			return true
		})
	case '[':
		n, err := strconv.Atoi(segment)
		if err != nil {
			return span{}, false
		}
		elements(doc, start, func(value span) bool {
			found, ok = value, n == 0
			n--
			return !ok
		})
	}
	return found, ok
}

// sameKey compares a key as it is written, with its quotes, with a name.
func sameKey(written []byte, name string) bool {
	if bytes.IndexByte(written, '\\') < 0 {
		return string(written[1:len(written)-1]) == name
	}
	var key string
	return json.Unmarshal(written, &key) == nil && key == name
}

// members goes through an object's members until told to stop; keys have their quotes.
func members(doc []byte, start int, each func(key, value span) bool) {
	i := skipSpace(doc, start+1)
	for doc[i] != '}' {
		key := span{i, skipValue(doc, i)}
		i = skipSpace(doc, key.end) + 1 // past the colon
		i = skipSpace(doc, i)
		value := span{i, skipValue(doc, i)}
		if !each(key, value) {
			return
		}
		if i = skipSpace(doc, value.end); doc[i] == ',' {
			i = skipSpace(doc, i+1)
		}
	}
}

// elements goes through an array's elements until told to stop.
func elements(doc []byte, start int, each func(value span) bool) {
	i := skipSpace(doc, start+1)
	for doc[i] != ']' {
		value := span{i, skipValue(doc, i)}
		if !each(value) {
			return
		}
		if i = skipSpace(doc, value.end); doc[i] == ',' {
			i = skipSpace(doc, i+1)
		}
	}
}

func skipSpace(doc []byte, i int) int {
	for i < len(doc) && (doc[i] == ' ' || doc[i] == '\n' || doc[i] == '\t' || doc[i] == '\r') {
		i++
	}
	return i
}

// skipValue returns where the value that begins at i ends.
func skipValue(doc []byte, i int) int {
	switch doc[i] {
	case '"':
		return skipText(doc, i)
	case '{', '[':
		depth := 0
		for {
			switch doc[i] {
			case '"':
				i = skipText(doc, i)
				continue
			case '{', '[':
				depth++
			case '}', ']':
				if depth--; depth == 0 {
					return i + 1
				}
			}
			i++
		}
	}
	for i < len(doc) && strings.IndexByte(" \n\t\r,]}", doc[i]) < 0 {
		i++
	}
	return i
}

func skipText(doc []byte, i int) int {
	for {
		end := bytes.IndexByte(doc[i+1:], '"') + i + 1
		slashes := 0
		for doc[end-1-slashes] == '\\' {
			slashes++
		}
		if i = end; slashes%2 == 0 {
			return end + 1
		}
	}
}

// split takes a path apart at its dots.
func split(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, ".")
}

// raw returns the value at a path as it is written.
func raw(doc []byte, path string) ([]byte, bool) {
	at, ok := find(doc, split(path))
	if !ok {
		return nil, false
	}
	return doc[at.start:at.end], true
}

// text returns the scalar at a path as text; ok is false where there is none or it is null.
func text(doc []byte, path string) (string, bool) {
	value, ok := raw(doc, path)
	if !ok {
		return "", false
	}
	return scalar(value)
}

// scalar returns a written scalar as text; ok is false for null, objects and arrays.
func scalar(value []byte) (string, bool) {
	switch value[0] {
	case '"':
		if bytes.IndexByte(value, '\\') < 0 {
			return string(value[1 : len(value)-1]), true
		}
		var s string
		err := json.Unmarshal(value, &s)
		return s, err == nil
	case '{', '[', 'n':
		return "", false
	}
	return string(value), true
}

// texts are all scalars at a path that may lead through arrays: variants.inventory_item_id.
func texts(doc []byte, path string) []string {
	if len(doc) == 0 {
		return nil
	}
	return textsAt(doc, skipSpace(doc, 0), split(path), nil)
}

func textsAt(doc []byte, start int, path, found []string) []string {
	switch {
	case doc[start] == '[':
		elements(doc, start, func(value span) bool {
			found = textsAt(doc, value.start, path, found)
			return true
		})
	case len(path) > 0 && doc[start] == '{':
		if next, ok := child(doc, start, path[0]); ok {
			return textsAt(doc, next.start, path[1:], found)
		}
	case len(path) == 0:
		if s, ok := scalar(doc[start:skipValue(doc, start)]); ok {
			return append(found, s)
		}
	}
	return found
}
