package manifest

import (
	"fmt"
	"math"

	"gopkg.in/yaml.v3"
)

// Any is any value that JSON has: texts, numbers, truth values, null, lists and mappings. Numbers are int, uint64 or float64,
// lists []any, mappings map[string]any.
type Any struct{ Value any }

// decodeNode takes a value as it stands there. What YAML has besides JSON, such as dates, is text.
func (a *Any) decodeNode(d *decoder, n *yaml.Node, path string) { a.Value = d.any(n, path) }

func (d *decoder) any(n *yaml.Node, path string) any {
	d.places[path] = n
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.Kind {
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = d.any(item, index(path, i))
		}
		return list
	case yaml.MappingNode:
		members := map[string]any{}
		for key, value := range d.pairs(n, path) {
			members[key.Value] = d.any(value, join(path, key.Value))
		}
		return members
	}
	switch tag := n.ShortTag(); tag {
	case "!!str", "!!timestamp":
		return n.Value
	case "!!null", "!!bool", "!!int", "!!float":
		var value any
		err := n.Decode(&value)
		if number, ok := value.(float64); err == nil && (!ok || !math.IsInf(number, 0) && !math.IsNaN(number)) {
			return value
		}
		d.report(n, path, fmt.Sprintf("%s is no value that JSON has", describe(n)), fmt.Sprintf("put it in quotes: %q", shorten(n.Value, 60)))
	default:
		d.report(n, path, "must be a value that JSON has, is "+kindName(tag), "")
	}
	return nil
}
