package manifest

import (
	"reflect"
)

// Strict fills the struct that into points to from a YAML document, with the care that manifests are read with: unknown,
// missing, repeated and mistyped keys, all at once and each with its place. Other kinds of files are read with it too.
// Afterwards check, if any, reports what the types cannot say, by the paths of the values. The error is of type Errors.
func Strict(name string, data []byte, into any, check func(at func(path, message, hint string))) error {
	node, problems := document(name, data)
	if len(problems) > 0 {
		return problems
	}
	c := &checker{decoder: newDecoder(name)}
	c.decode(node, reflect.ValueOf(into).Elem(), "")
	if check != nil {
		check(c.at)
	}
	if len(c.problems) > 0 {
		return c.problems.sorted().first(maxProblems, c.dropped)
	}
	return nil
}
