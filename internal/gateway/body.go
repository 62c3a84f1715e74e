package gateway

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// canonicalBody is the form in which two request bodies that say the same are equal: JSON by its keys in order with
// its numbers as written, a form by its parameters in order, anything else as it stands.
func canonicalBody(contentType, body string) string {
	if body == "" {
		return ""
	}
	if strings.HasPrefix(contentType, "application/x-www-form-urlencoded") {
		return (&rules{}).canonicalQuery(body)
	}
	if v, ok := decodeJSON(body); ok {
		return encodeJSON(v)
	}
	return body
}

// bodyFields are the named fields of the JSON object at a path in canonical form; ok is false where there is no object or
// it lacks them all, for then nothing tells it from others.
func bodyFields(body, at string, names []string) (fields string, ok bool) {
	v, valid := decodeJSON(body)
	for name := range strings.SplitSeq(at, ".") {
		if outer, isObject := v.(map[string]any); isObject && name != "" {
			v = outer[name]
		}
	}
	object, isObject := v.(map[string]any)
	if !valid || !isObject {
		return "", false
	}
	picked := map[string]any{}
	for _, n := range names {
		if value, has := object[n]; has {
			picked[n] = value
		}
	}
	return encodeJSON(picked), len(picked) > 0
}

func decodeJSON(s string) (any, bool) {
	dec := json.NewDecoder(strings.NewReader(s))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, false
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, false
	}
	return v, true
}

// encodeJSON writes what decodeJSON read; encoding/json sorts the keys of a map.
func encodeJSON(v any) string {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}
