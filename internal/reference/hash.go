package reference

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/syncspec/syncspec/internal/manifest"
)

// hasher is the Hasher of the recipe sorted-json/1.
type hasher struct{}

// Hash is the hexadecimal SHA-256 over the payload without its volatile fields: keys sorted by their bytes, no
// spaces, numbers exactly as written, text in UTF-8 with only the escapes JSON demands.
func (hasher) Hash(doc Document) (string, error) {
	value, err := decodeExact(doc.Payload)
	if err != nil {
		return "", err
	}
	for _, v := range doc.Object.Volatile {
		remove(value, v.Field)
	}
	removeChildVolatile(value, doc.Object.Children)
	sum := sha256.Sum256(appendCanonical(make([]byte, 0, len(doc.Payload)), value))
	return hex.EncodeToString(sum[:]), nil
}

// hashBytes serves payloads that are no JSON object.
func hashBytes(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// decodeExact reads one JSON value and keeps its numbers as text: two integers beyond 2^53 may be the same float.
func decodeExact(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("reading payload: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("reading payload: something follows the JSON value at byte %d", d.InputOffset())
	}
	return value, nil
}

func remove(value any, path string) {
	first, rest, nested := strings.Cut(path, ".")
	m, ok := value.(map[string]any)
	if !ok {
		return
	}
	if nested {
		remove(m[first], rest)
		return
	}
	delete(m, first)
}

func removeChildVolatile(value any, children []manifest.Child) {
	for _, c := range children {
		if len(c.Volatile) == 0 && len(c.Children) == 0 {
			continue
		}
		at := value
		for name := range strings.SplitSeq(c.At, ".") {
			m, _ := at.(map[string]any)
			at = m[name]
		}
		elements, _ := at.([]any)
		for _, e := range elements {
			for _, field := range c.Volatile {
				remove(e, field)
			}
			removeChildVolatile(e, c.Children)
		}
	}
}

func appendCanonical(dst []byte, value any) []byte {
	switch v := value.(type) {
	case nil:
		return append(dst, "null"...)
	case bool:
		if v {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
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
			dst = appendCanonical(dst, e)
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
			dst = appendCanonical(dst, v[k])
		}
		return append(dst, '}')
	}
	panic(fmt.Sprintf("a JSON decoder gave a %T", value))
}

// appendString writes a JSON string. encoding/json is of no use here: it escapes <, >, & and two line separators,
// which other languages do not.
func appendString(dst []byte, s string) []byte {
	const hexDigits = "0123456789abcdef"
	dst = append(dst, '"')
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b == '"' || b == '\\':
			dst = append(dst, '\\', b)
		case b >= utf8.RuneSelf || b >= ' ':
			dst = append(dst, b)
		case b == '\n':
			dst = append(dst, '\\', 'n')
		case b == '\r':
			dst = append(dst, '\\', 'r')
		case b == '\t':
			dst = append(dst, '\\', 't')
		case b == '\b':
			dst = append(dst, '\\', 'b')
		case b == '\f':
			dst = append(dst, '\\', 'f')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&15])
		}
	}
	return append(dst, '"')
}
