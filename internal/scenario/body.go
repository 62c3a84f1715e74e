package scenario

import (
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/manifest"
)

// object decodes a body that is a JSON object.
func object(body []byte) (map[string]any, error) {
	v, err := canonical.Decode(body)
	if err != nil {
		return nil, err
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("it is no JSON object")
	}
	return m, nil
}

// at returns the value at a path of names joined by dots; an empty one is the body itself.
func at(body map[string]any, path string) (any, bool) {
	var v any = body
	if path == "" {
		return v, true
	}
	for name := range strings.SplitSeq(path, ".") {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = m[name]; !ok {
			return nil, false
		}
	}
	return v, true
}

// refers tells whether a source has deliveries that only refer to the object they tell of.
func refers(m *manifest.Manifest) bool {
	return slices.ContainsFunc(m.Topics(), func(t manifest.RoutedTopic) bool { return t.Payload == "reference" })
}

// reference returns the object that a delivery refers to and its id; nil for a topic whose payload is the object itself.
func reference(m *manifest.Manifest, topic string, body []byte) (*manifest.Object, string, error) {
	for _, t := range m.Topics() {
		if t.Topic != topic || t.Payload != "reference" {
			continue
		}
		payload, err := object(body)
		if err != nil {
			return nil, "", err
		}
		id, ok := at(payload, t.At)
		if !ok || id == nil {
			return nil, "", fmt.Errorf("there is no id at %q", t.At)
		}
		return t.Object, fmt.Sprint(id), nil
	}
	return nil, "", nil
}
