// Package canonical has the named, versioned recipes by which a JSON payload becomes a hash. "SHA-256 of key-sorted
// JSON" is not one recipe: implementations differ in numbers, escapes, separators and key order.
package canonical

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"unicode/utf8"
)

// SortedJSON1 is syncspec's own recipe: keys sorted by their UTF-8 bytes, no spaces, numbers exactly as written,
// text as UTF-8 with only the escapes that JSON demands, the last of duplicate keys.
const SortedJSON1 = "sorted-json/1"

// Hash returns the hexadecimal SHA-256 of a payload by the named recipe, without the named top-level fields.
func Hash(recipe string, payload []byte, without ...string) (string, error) {
	if recipe != SortedJSON1 {
		return "", fmt.Errorf("hash recipe %q is not known; known is %s", recipe, SortedJSON1)
	}
	v, err := Decode(payload)
	if err != nil {
		return "", err
	}
	if obj, ok := v.(map[string]any); ok {
		for _, name := range without {
			delete(obj, name)
		}
	}
	sum := sha256.Sum256(Append(nil, v))
	return hex.EncodeToString(sum[:]), nil
}

// Decode reads one JSON value with numbers kept as they are written.
func Decode(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, fmt.Errorf("decoding JSON: %w", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, fmt.Errorf("decoding JSON: there is more after the first value")
	}
	return v, nil
}

// Append writes a decoded value in sorted-json/1 form to dst.
func Append(dst []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		return strconv.AppendBool(dst, v)
	case json.Number:
		return append(dst, v...)
	case string:
		return appendString(dst, v)
	case []any:
		dst = append(dst, '[')
		for i, e := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = Append(dst, e)
		}
		return append(dst, ']')
	case map[string]any:
		keys := make([]string, 0, len(v))
		for k := range v {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		dst = append(dst, '{')
		for i, k := range keys {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = append(appendString(dst, k), ':')
			dst = Append(dst, v[k])
		}
		return append(dst, '}')
	}
	panic(fmt.Sprintf("canonical: %T is no decoded JSON value", v)) // only Decode's output may come here
}

const hexDigits = "0123456789abcdef"

// appendString escapes only what JSON forbids in a string: the quote, the backslash and control characters.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c == '\b':
			dst = append(dst, '\\', 'b')
		case c == '\f':
			dst = append(dst, '\\', 'f')
		case c < 0x20:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		case c < utf8.RuneSelf:
			dst = append(dst, c)
		default:
			r, size := utf8.DecodeRuneInString(s[i:])
			dst = utf8.AppendRune(dst, r)
			i += size
			continue
		}
		i++
	}
	return append(dst, '"')
}

// Equal tells whether two JSON texts are the same value by sorted-json/1, the named top-level fields left out.
func Equal(a, b []byte, without ...string) bool {
	ha, errA := Hash(SortedJSON1, a, without...)
	hb, errB := Hash(SortedJSON1, b, without...)
	return errA == nil && errB == nil && ha == hb
}
