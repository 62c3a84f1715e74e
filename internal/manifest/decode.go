package manifest

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// decoder fills Go values from YAML nodes and notes every deviation instead of stopping at the first. It is
// driven by the types alone: yaml tags name the keys ("omitempty" makes one optional), jsonschema tags hold the
// allowed values and defaults, so that loader and schema cannot drift apart.
type decoder struct {
	file     string
	problems Errors
	// dropped counts the problems that were too many to keep.
	dropped int
	// places are the nodes by path, for what is validated after decoding.
	places map[string]*yaml.Node
	// slips are the paths of keys that an unknown key was probably meant to be. That they are missing is not said.
	slips map[string]bool
	// mistyped are the paths whose values could not be taken. More is not said of them.
	mistyped map[string]bool
}

func newDecoder(file string) *decoder {
	return &decoder{file: file, places: map[string]*yaml.Node{}, slips: map[string]bool{}, mistyped: map[string]bool{}}
}

// nodeDecoder is a type whose YAML form is not the one its Go type suggests.
type nodeDecoder interface {
	decodeNode(d *decoder, n *yaml.Node, path string)
}

// report notes a problem at a node. Names can be as long as the file, and a file that is no manifest at all can
// have a problem per line: both are cut.
func (d *decoder) report(n *yaml.Node, path, message, hint string) {
	const most, longest = 10 * maxProblems, 300
	if len(d.problems) == most {
		d.dropped++
		return
	}
	d.problems = append(d.problems, Problem{File: d.file, Line: n.Line, Column: n.Column,
		Path: shorten(path, longest), Message: shorten(message, longest), Hint: shorten(hint, longest)})
}

// decode puts the value at n into v, which must be settable.
func (d *decoder) decode(n *yaml.Node, v reflect.Value, path string) {
	d.places[path] = n
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if custom, ok := v.Addr().Interface().(nodeDecoder); ok {
		custom.decodeNode(d, n, path)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.decode(n, v.Elem(), path)
	case reflect.Struct:
		d.decodeStruct(n, v, path)
	case reflect.Slice:
		d.decodeSlice(n, v, path)
	case reflect.Map:
		d.decodeMap(n, v, path)
	default:
		d.decodeScalar(n, v, path)
	}
}

func (d *decoder) decodeStruct(n *yaml.Node, v reflect.Value, path string) {
	if !d.expect(n, "!!map", path) {
		return
	}
	members := membersOf(v.Type())
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = m.key
	}
	seen := map[string]bool{}
	for key, value := range d.pairs(n, path) {
		i := slices.Index(names, key.Value)
		if i < 0 {
			d.report(key, join(path, key.Value), fmt.Sprintf("unknown key %q", shorten(key.Value, 60)), suggest(key.Value, names))
			if near, ok := nearest(key.Value, names); ok {
				d.slips[join(path, near)] = true
			}
			continue
		}
		seen[key.Value] = true
		d.decodeMember(value, v.FieldByIndex(members[i].index), members[i], join(path, key.Value))
	}
	for _, m := range members {
		if seen[m.key] {
			continue
		}
		if m.required && !d.slips[join(path, m.key)] {
			d.report(n, path, fmt.Sprintf("key %q is missing", m.key), "")
		}
		if m.fallback != "" {
			v.FieldByIndex(m.index).SetString(m.fallback)
		}
	}
}

// decodeMember decodes the value of a struct's key and holds it against what the key's tags allow.
func (d *decoder) decodeMember(n *yaml.Node, v reflect.Value, m member, path string) {
	before := len(d.problems)
	switch tag := n.ShortTag(); {
	case m.scalar:
		d.decodeText(n, v, path)
	case m.example != "" && (tag == "!!int" || tag == "!!float"):
		d.mistyped[path] = true
		d.report(n, path, "must be text, is "+describe(n), "write it as in "+m.example)
	default:
		d.decode(n, v, path)
	}
	if len(d.problems) > before {
		return
	}
	if v.Kind() == reflect.String && len(m.enum) > 0 && !slices.Contains(m.enum, v.String()) {
		d.report(n, path, fmt.Sprintf("%q is not allowed here", v.String()), oneOf(v.String(), m.enum))
		return
	}
	if m.required && (v.Kind() == reflect.String || v.Kind() == reflect.Slice) && v.Len() == 0 {
		d.report(n, path, fmt.Sprintf("%q must not be empty", m.key), "")
	}
}

func (d *decoder) decodeSlice(n *yaml.Node, v reflect.Value, path string) {
	if !d.expect(n, "!!seq", path) {
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		place := fmt.Sprintf("%s[%d]", path, i)
		d.decode(item, v.Index(i), place)
		if v.Index(i).Kind() == reflect.String && v.Index(i).Len() == 0 && item.ShortTag() == "!!str" {
			d.report(item, place, "must not be empty", "")
		}
	}
}

// decodeMap fills a map. Texts in one are what goes over the wire as text, so numbers and booleans are taken as they are
// written. What is said of a struct in one is mostly said of its name, so the key is its place.
func (d *decoder) decodeMap(n *yaml.Node, v reflect.Value, path string) {
	if !d.expect(n, "!!map", path) {
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for key, node := range d.pairs(n, path) {
		place := join(path, key.Value)
		value := reflect.New(v.Type().Elem()).Elem()
		if value.Kind() == reflect.String {
			d.decodeText(node, value, place)
		} else {
			d.decode(node, value, place)
			d.places[place] = key
		}
		v.SetMapIndex(reflect.ValueOf(key.Value), value)
	}
}

// decodeText takes any single value as the text it is written as.
func (d *decoder) decodeText(n *yaml.Node, v reflect.Value, path string) {
	d.places[path] = n
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch n.ShortTag() {
	case "!!str", "!!int", "!!float", "!!bool", "!!timestamp":
		v.SetString(n.Value)
	default:
		d.mismatch(n, "a single value", path)
	}
}

func (d *decoder) decodeScalar(n *yaml.Node, v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.String:
		// A date is text that needs no quotes; numbers and booleans do, for YAML versions disagree about them.
		if tag := n.ShortTag(); tag == "!!str" || tag == "!!timestamp" {
			v.SetString(n.Value)
			return
		}
		d.mismatch(n, "text", path)
	case reflect.Int:
		if number, err := strconv.Atoi(n.Value); err == nil && n.ShortTag() == "!!int" {
			v.SetInt(int64(number))
			return
		}
		d.mismatch(n, "a whole number", path)
	case reflect.Bool:
		if n.ShortTag() == "!!bool" {
			v.SetBool(strings.EqualFold(n.Value, "true"))
			return
		}
		d.mismatch(n, "true or false", path)
	default:
		panic(fmt.Sprintf("manifest types hold a %s, which no YAML form is defined for", v.Type()))
	}
}

// expect checks that n is a mapping or a list.
func (d *decoder) expect(n *yaml.Node, tag, path string) bool {
	if n.ShortTag() == tag {
		return true
	}
	d.mismatch(n, kindName(tag), path)
	return false
}

func (d *decoder) mismatch(n *yaml.Node, want, path string) {
	d.mistyped[path] = true
	hint := ""
	switch tag := n.ShortTag(); {
	case want == "text" && (tag == "!!int" || tag == "!!float" || tag == "!!bool"):
		hint = fmt.Sprintf("put it in quotes: %q", n.Value)
	case want != "text" && n.Kind == yaml.ScalarNode && n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0:
		hint = "drop the quotes"
	case want == kindName("!!seq") && n.Kind == yaml.ScalarNode && n.Value != "":
		hint = "write " + shorten(Flow(strings.Fields(n.Value)), 100)
	case want != kindName("!!seq") && n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle != 0 && len(n.Content) == 2 && n.Content[1].ShortTag() == "!!null":
		hint = fmt.Sprintf("put it in quotes: %q", "{"+shorten(n.Content[0].Value, 60)+"}")
	}
	d.report(n, path, fmt.Sprintf("must be %s, is %s", want, describe(n)), hint)
}

// Flow writes words as a list on one line.
func Flow(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = word
		if strings.ContainsAny(word, "{}[],\"'#&*!|>%@`:") {
			quoted[i] = strconv.Quote(word)
		}
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// pairs yields the keys and values of a mapping, leaving out (and reporting) keys that stand there twice.
func (d *decoder) pairs(n *yaml.Node, path string) func(func(key, value *yaml.Node) bool) {
	return func(yield func(key, value *yaml.Node) bool) {
		lines := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			if key.Kind == yaml.AliasNode {
				d.report(key, path, "a key must not be an alias", "write the key out")
				continue
			}
			switch tag := key.ShortTag(); {
			case tag == "!!merge":
				d.report(key, path, "merge keys (<<) are not part of a manifest", "write the keys out, or alias whole values")
				continue
			case tag != "!!str":
				d.report(key, path, fmt.Sprintf("a key must be text, is %s", describe(key)), fmt.Sprintf("put it in quotes: %q", shorten(key.Value, 60)))
				continue
			case key.Value == "":
				d.report(key, path, "a key must not be empty", "")
				continue
			}
			if line, twice := lines[key.Value]; twice {
				d.report(key, join(path, key.Value), fmt.Sprintf("key %q stands here twice", shorten(key.Value, 60)), fmt.Sprintf("the first is on line %d", line))
				continue
			}
			lines[key.Value] = key.Line
			if !yield(key, value) {
				return
			}
		}
	}
}

// join makes the path of a key. A key with dots is quoted, so that fields["billing.city"] is told from nesting.
func join(path, key string) string {
	if strings.ContainsAny(key, ".[]@\"\n ") {
		return fmt.Sprintf("%s[%q]", path, key)
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func kindName(tag string) string {
	switch tag {
	case "!!map":
		return "a mapping"
	case "!!seq":
		return "a list"
	case "!!null":
		return "empty"
	}
	return "tagged " + tag
}

// describe says what stands at a node, in the words of an author.
func describe(n *yaml.Node) string {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	switch tag := n.ShortTag(); tag {
	case "!!str", "!!timestamp":
		return fmt.Sprintf("the text %q", shorten(n.Value, 60))
	case "!!int", "!!float":
		return "the number " + shorten(n.Value, 60)
	case "!!bool":
		return "the boolean " + n.Value
	default:
		return kindName(tag)
	}
}

// shorten keeps messages to one readable line of so many letters at most.
func shorten(s string, most int) string {
	if len(s) <= most {
		return s
	}
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// oneOf says which values are allowed, the likely one alone where there is one.
func oneOf(word string, allowed []string) string {
	if near, ok := nearest(word, allowed); ok {
		return fmt.Sprintf("did you mean %q?", near)
	}
	if slices.ContainsFunc(allowed, func(a string) bool { return strings.ContainsAny(a, ", ") }) {
		return fmt.Sprintf("one of: %q", allowed)
	}
	return "one of: " + strings.Join(allowed, ", ")
}
