package manifest

import (
	"reflect"

	"gopkg.in/yaml.v3"
)

// Strict fills the struct that into points to from a YAML document, with the care that manifests are read with: unknown,
// missing, repeated and mistyped keys, all at once and each with its place. Other kinds of files are read with it too.
// Afterwards check, if any, reports what the types cannot say, by the paths of the values. The error is of type Errors.
func Strict(name string, data []byte, into any, check func(at Report)) error {
	_, err := StrictPlaces(name, data, into, check)
	return err
}

// Report notes a problem of the value at a path, and what would be right.
type Report = func(path, message, hint string)

// StrictPlaces is Strict for what can be judged whole only later: it returns where each value stands.
func StrictPlaces(name string, data []byte, into any, check func(at Report)) (*Places, error) {
	node, problems := document(name, data)
	if len(problems) > 0 {
		return nil, problems
	}
	d := newDecoder(name)
	d.decode(node, reflect.ValueOf(into).Elem(), "")
	if check != nil {
		check((&checker{decoder: d}).at)
	}
	if len(d.problems) > 0 {
		return nil, d.problems.sorted().first(maxProblems, d.dropped)
	}
	return &Places{file: name, nodes: d.places}, nil
}

// Places are where the values of a file stand, by their paths.
type Places struct {
	file  string
	nodes map[string]*yaml.Node
}

// Check returns what check reports of the values, each with its place, as Errors; nil if nothing. Without Places, of values that
// no file has, everything is at the beginning.
func (p *Places) Check(check func(at Report)) error {
	if p == nil {
		p = &Places{file: "(no file)", nodes: map[string]*yaml.Node{"": {Line: 1, Column: 1}}}
	}
	d := newDecoder(p.file)
	d.places = p.nodes
	check((&checker{decoder: d}).at)
	if len(d.problems) > 0 {
		return d.problems.sorted().first(maxProblems, d.dropped)
	}
	return nil
}

// Key is the path of a key of the mapping at a path.
func Key(path, key string) string { return join(path, key) }

// Entry is the path of an entry of the list at a path.
func Entry(path string, i int) string { return index(path, i) }
