package target

import (
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/profile"
)

// text is a result that is one text.
func (d *doing) text(result string, optional bool) (string, error) {
	value, ok := d.find(result)
	if !ok || value == nil {
		if optional {
			return "", nil
		}
		return "", d.missing(result)
	}
	written, ok := text(value)
	if !ok {
		return "", d.odd(result, value, "a text or a number")
	}
	if written == "" && !optional {
		return "", d.garbage("%s is empty", result)
	}
	return written, nil
}

// texts is a result that is a list of texts.
func (d *doing) texts(result string, optional bool) ([]string, error) {
	value, ok := d.find(result)
	if !ok {
		if optional || d.leftOut(result) {
			return nil, nil
		}
		return nil, d.missing(result)
	}
	all, ok := texts(value)
	if !ok {
		return nil, d.odd(result, value, "a list of texts")
	}
	return all, nil
}

// leftOut tells whether a list is nothing but left out of an answer of the default protocol: what it would be in is there.
func (d *doing) leftOut(result string) bool {
	if d.r.mapped() || len(d.answers) == 0 {
		return false
	}
	a := d.answers[len(d.answers)-1]
	path := strings.Split(a.path(result), ".")
	_, there := follow(a.value, path[:len(path)-1])
	return there && a.broken == ""
}

// member is a result within an element: the whole numbers of a function, the topic of a registration.
func (d *doing) member(element any, result string) (any, bool) {
	return at(element, d.path(result))
}

// path is where a result is, by the last answer that says so.
func (d *doing) path(result string) string {
	for _, a := range slices.Backward(d.answers) {
		if path := a.paths[result]; path != "" {
			return path
		}
	}
	return result
}

// count is a member that is a whole number.
func (d *doing) count(where string, element any, result string) (int, error) {
	value, ok := d.member(element, result)
	if !ok {
		return 0, d.garbage("%s has no %s: %s", where, result, lost(element, d.path(result)))
	}
	n, ok := number(value)
	if !ok {
		return 0, d.odd(where+"."+d.path(result), value, "a whole number")
	}
	return n, nil
}

// note is a member that is a text, or not there.
func (d *doing) note(element any, result string) string {
	value, _ := d.member(element, result)
	switch written, ok := text(value); {
	case ok:
		return written
	case value != nil:
		return excerpt(marshal(value))
	}
	return ""
}

// mapping is a result that is a mapping.
func (d *doing) mapping(result string) (map[string]any, error) {
	value, ok := d.find(result)
	if !ok {
		return nil, d.missing(result)
	}
	all, ok := value.(map[string]any)
	if !ok {
		return nil, d.odd(result, value, "a mapping")
	}
	return all, nil
}

// borrowed is a verb that was done with another one, whose answers have its results.
func (r *Running) borrowed(what profile.Notion, verb *profile.Verb, other *doing, values profile.Values) (*doing, error) {
	d := &doing{r: r, name: string(what), verb: verb, values: values}
	paths, err := profile.FillAll(verb.Result, values)
	if err != nil {
		return nil, d.unfilled("result", err)
	}
	if other != nil {
		for _, a := range other.answers {
			a.paths = paths
			d.answers = append(d.answers, a)
		}
	}
	return d, nil
}
