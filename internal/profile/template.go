package profile

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Values are what placeholders stand for, by their names: "account.url". A mapping also gives its members: "credentials" gives
// "credentials.access_token". Texts, numbers, lists of texts and mappings of texts are values; an empty one is as good as none.
type Values map[string]any

// Get returns a value; there is none where it is empty.
func (v Values) Get(name string) (any, bool) {
	value, ok := v[name]
	if !ok {
		if whole, member, dotted := strings.Cut(name, "."); dotted {
			if members, is := v[whole].(map[string]string); is {
				value = members[member]
			}
		}
	}
	switch value := value.(type) {
	case nil:
		return nil, false
	case string:
		return value, value != ""
	case []string:
		return value, len(value) > 0
	case map[string]string:
		return value, len(value) > 0
	}
	return value, true
}

// With returns the values with others added; neither is changed.
func (v Values) With(others Values) Values {
	all := make(Values, len(v)+len(others))
	for name, value := range v {
		all[name] = value
	}
	for name, value := range others {
		all[name] = value
	}
	return all
}

// mark is a placeholder, or what stands for a brace that begins none. A brace after a dollar is one of a shell's.
var mark = regexp.MustCompile(`\$?\{\{|\$\{|\{([A-Za-z_][A-Za-z0-9_.-]*)(\??)\}`)

// Fill puts values in the place of placeholders: {name}, or {name?} where there may be none. {{ is a brace.
func Fill(text string, v Values) (string, error) { return fill(text, v, nil) }

// fill is Fill with a way to write each value.
func fill(text string, v Values, escape func(string) string) (string, error) {
	var missing error
	filled := mark.ReplaceAllStringFunc(text, func(found string) string {
		if brace, doubled := strings.CutSuffix(found, "{{"); doubled {
			return brace + "{"
		}
		name, optional, ok := placeholder(found)
		if !ok {
			return found
		}
		value, ok := v.Get(name)
		if !ok {
			if !optional && missing == nil {
				missing = fmt.Errorf("there is no value for {%s} here; write {%s?} where there may be none", name, name)
			}
			return ""
		}
		written, err := write(value)
		if err != nil && missing == nil {
			missing = fmt.Errorf("writing the value of {%s}: %w", name, err)
		}
		if escape != nil {
			return escape(written)
		}
		return written
	})
	if missing != nil {
		return "", missing
	}
	return filled, nil
}

// write is a value within a text: lists have commas, mappings are JSON.
func write(value any) (string, error) {
	switch value := value.(type) {
	case string:
		return value, nil
	case []string:
		return strings.Join(value, ","), nil
	case map[string]string:
		written, err := json.Marshal(value)
		return string(written), err
	}
	return fmt.Sprint(value), nil
}

// placeholder tells whether a text is a placeholder and nothing else.
func placeholder(text string) (name string, optional, ok bool) {
	found := mark.FindStringSubmatch(text)
	if found == nil || found[0] != text || found[1] == "" {
		return "", false, false
	}
	return found[1], found[2] != "", true
}

// leftOut tells whether a text is {name?} alone, and there is no such value.
func leftOut(text string, v Values) bool {
	name, optional, ok := placeholder(text)
	if !ok || !optional {
		return false
	}
	_, has := v.Get(name)
	return !has
}

// wants tells whether a text has {name?} in it, and there is no such value.
func wants(text string, v Values) bool {
	for _, found := range mark.FindAllString(text, -1) {
		if leftOut(found, v) {
			return true
		}
	}
	return false
}

// FillAll fills the texts of a mapping: headers, a form, an environment. A member that is {name?} alone is left out where there
// is no such value.
func FillAll(texts map[string]string, v Values) (map[string]string, error) {
	filled := make(map[string]string, len(texts))
	for key, text := range texts {
		if leftOut(text, v) {
			continue
		}
		value, err := Fill(text, v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", key, err)
		}
		filled[key] = value
	}
	return filled, nil
}

// FillList fills the texts of a list, such as a command's. One that has {name?} anywhere in it is left out where there is no
// such value: --since={start_date?} without a value would mean something else.
func FillList(texts []string, v Values) ([]string, error) {
	var filled []string
	for i, text := range texts {
		if wants(text, v) {
			continue
		}
		value, err := Fill(text, v)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		filled = append(filled, value)
	}
	return filled, nil
}

// FillPath fills a path and its query, with values escaped. A parameter that is {name?} alone is left out where there is no such
// value.
func FillPath(path string, v Values) (string, error) {
	path, query, asked := strings.Cut(path, "?")
	for asked && strings.HasPrefix(query, "}") { // that ? was a placeholder's
		var rest string
		rest, query, asked = strings.Cut(query, "?")
		path += "?" + rest
	}
	filled, err := fill(path, v, url.PathEscape)
	if err != nil || !asked {
		return filled, err
	}
	var parameters []string
	for parameter := range strings.SplitSeq(query, "&") {
		if _, value, _ := strings.Cut(parameter, "="); leftOut(value, v) {
			continue
		}
		parameter, err := fill(parameter, v, url.QueryEscape)
		if err != nil {
			return "", err
		}
		parameters = append(parameters, parameter)
	}
	if len(parameters) == 0 {
		return filled, nil
	}
	return filled + "?" + strings.Join(parameters, "&"), nil
}

// JSON is any value that JSON has.
type JSON = manifest.Any

// FillJSON fills the texts of a JSON value, at any depth. A text that is one placeholder alone takes the value's own type: a
// mapping, a list, a number. A member or an element that is {name?} alone is left out where there is no such value.
func FillJSON(value JSON, v Values) (any, error) { return fillJSON(value.Value, v) }

func fillJSON(value any, v Values) (any, error) {
	switch value := value.(type) {
	case string:
		if name, _, ok := placeholder(value); ok {
			if whole, has := v.Get(name); has {
				return whole, nil
			}
		}
		return Fill(value, v)
	case []any:
		filled := []any{}
		for i, element := range value {
			if text, ok := element.(string); ok && leftOut(text, v) {
				continue
			}
			one, err := fillJSON(element, v)
			if err != nil {
				return nil, fmt.Errorf("[%d]: %w", i, err)
			}
			filled = append(filled, one)
		}
		return filled, nil
	case map[string]any:
		filled := map[string]any{}
		for key, member := range value {
			if text, ok := member.(string); ok && leftOut(text, v) {
				continue
			}
			one, err := fillJSON(member, v)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			filled[key] = one
		}
		return filled, nil
	}
	return value, nil
}
