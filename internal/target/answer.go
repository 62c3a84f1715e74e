package target

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// maxAnswer bounds what is read of an answer, so that a target that floods cannot exhaust memory.
const maxAnswer = 8 << 20

// answer is what one call came to: what a request was answered, a command printed, a statement returned.
type answer struct {
	// how says where it comes from: "POST /sync answered 200".
	how   string
	value any
	// broken says why there is no value.
	broken string
	// paths say where results are, by their names.
	paths map[string]string
}

// read makes an answer of JSON.
func read(how string, data []byte, paths map[string]string) answer {
	a := answer{how: how, paths: paths}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // an id may have more digits than a float keeps
	err := decoder.Decode(&a.value)
	if err == nil {
		if _, more := decoder.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("there is more after the first value")
		}
	}
	switch {
	case err == nil:
		return a
	case len(bytes.TrimSpace(data)) == 0:
		a.broken = "its body is empty"
	case looksLikeHTML(data):
		a.broken = "its body is not the JSON that was expected, but a page of HTML" + titled(data) + ": " + excerpt(data)
	default:
		a.broken = fmt.Sprintf("its body is not the JSON that was expected (%v): %s", err, excerpt(data))
	}
	a.value = nil
	return a
}

func looksLikeHTML(data []byte) bool {
	begin := bytes.ToLower(bytes.TrimSpace(data))
	return bytes.HasPrefix(begin, []byte("<!doctype html")) || bytes.HasPrefix(begin, []byte("<html"))
}

var title = regexp.MustCompile(`(?is)<title[^>]*>\s*(.*?)\s*</title>`)

// titled is a page's title.
func titled(page []byte) string {
	if found := title.FindSubmatch(page); found != nil && len(found[1]) > 0 {
		return fmt.Sprintf(", titled %q", excerpt(found[1]))
	}
	return ""
}

// find looks for a result.
func (a answer) find(result string) (any, bool) {
	if a.broken != "" {
		return nil, false
	}
	return at(a.value, a.path(result))
}

// path is where a result is looked for.
func (a answer) path(result string) string {
	if path := a.paths[result]; path != "" {
		return path
	}
	return result
}

// at follows a path of names with dots. A number is a place in a list; a name at a list is that member of each element. A dot
// alone is the whole.
func at(value any, path string) (any, bool) {
	if path == "." {
		return value, true
	}
	return follow(value, strings.Split(path, "."))
}

func follow(value any, path []string) (any, bool) {
	if len(path) == 0 {
		return value, true
	}
	switch value := value.(type) {
	case map[string]any:
		// A name may have dots itself: the longest one that is there.
		for n := len(path); n > 0; n-- {
			if member, ok := value[strings.Join(path[:n], ".")]; ok {
				return follow(member, path[n:])
			}
		}
	case []any:
		if i, err := strconv.Atoi(path[0]); err == nil {
			if i < 0 || i >= len(value) {
				return nil, false
			}
			return follow(value[i], path[1:])
		}
		all := []any{}
		for _, element := range value {
			if one, ok := follow(element, path); ok {
				all = append(all, one)
			}
		}
		return all, len(all) > 0 || len(value) == 0
	}
	return nil, false
}

// lost says how far a path leads and what is there instead.
func lost(value any, path string) string {
	names := strings.Split(path, ".")
	reached := 0
	for n := len(names) - 1; n > 0; n-- {
		if _, ok := follow(value, names[:n]); ok {
			reached = n
			break
		}
	}
	here, _ := follow(value, names[:reached])
	where, wanted := "it", names[reached]
	if reached > 0 {
		where = strings.Join(names[:reached], ".")
	}
	members, ok := here.(map[string]any)
	if !ok {
		return fmt.Sprintf("%s is %s and has no %s", where, kind(here), wanted)
	}
	if len(members) == 0 {
		return where + " is an empty object"
	}
	keys := slices.Sorted(maps.Keys(members))
	said := fmt.Sprintf("%s has %s", where, list(keys))
	if near, ok := manifest.Nearest(wanted, keys); ok {
		meant := slices.Concat(names[:reached], []string{near}, names[reached+1:])
		if _, there := follow(value, meant); !there {
			meant = meant[:reached+1]
		}
		said += fmt.Sprintf("; is %s meant?", strings.Join(meant, "."))
	}
	return said
}

// list names some of many.
func list(names []string) string {
	const most = 20
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

// kind is what a JSON value is, in words.
func kind(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case map[string]any:
		return "an object"
	case []any:
		return "a list"
	case string:
		return fmt.Sprintf("the text %q", excerpt([]byte(value)))
	case bool:
		return strconv.FormatBool(value)
	}
	return fmt.Sprintf("the number %v", value)
}

// text is a value that is one text, number or truth value.
func text(value any) (string, bool) {
	switch value := value.(type) {
	case string:
		return value, true
	case json.Number:
		return value.String(), true
	case bool:
		return strconv.FormatBool(value), true
	}
	return "", false
}

func isText(value any) bool {
	written, ok := text(value)
	return ok && written != ""
}

// texts is a value that is a list of texts, or one text with commas or spaces between them.
func texts(value any) ([]string, bool) {
	switch value := value.(type) {
	case nil:
		return nil, true
	case string:
		return strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }), true
	case []any:
		var all []string
		for _, element := range value {
			if nested, ok := element.([]any); ok {
				more, ok := texts(nested)
				if !ok {
					return nil, false
				}
				all = append(all, more...)
				continue
			}
			one, ok := text(element)
			if !ok {
				return nil, false
			}
			all = append(all, one)
		}
		return all, true
	}
	return nil, false
}

// number is a value that is a whole number.
func number(value any) (int, bool) {
	written, ok := text(value)
	if !ok {
		return 0, false
	}
	if n, err := strconv.Atoi(written); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(written, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false
	}
	return int(f), true
}

// excerpt is the beginning of a text, on one line.
func excerpt(data []byte) string {
	const most = 300
	s := strings.Join(strings.Fields(string(data[:min(len(data), 4*most)])), " ")
	if len(s) > most {
		s = s[:most] + " …"
	}
	s = strings.ToValidUTF8(s, "\uFFFD") // the cut may be in a character
	if s == "" {
		return "(empty body)"
	}
	return s
}
