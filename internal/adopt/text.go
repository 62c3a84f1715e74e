package adopt

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// text is a YAML file in the making: lines, and the comment behind each.
type text struct{ lines []line }

type line struct{ text, comment string }

// add writes a line, indented by so many levels.
func (t *text) add(depth int, format string, args ...any) *line {
	t.lines = append(t.lines, line{text: strings.Repeat("  ", depth) + fmt.Sprintf(format, args...)})
	return &t.lines[len(t.lines)-1]
}

// note writes a comment on a line of its own.
func (t *text) note(depth int, format string, args ...any) {
	t.add(depth, "# %s", one(fmt.Sprintf(format, args...)))
}

// set writes a key and its value, and a comment behind it.
func (t *text) set(depth int, key, value, comment string) {
	t.add(depth, "%s: %s", scalar(key), scalar(value)).comment = one(comment)
}

// blank writes an empty line.
func (t *text) blank() { t.lines = append(t.lines, line{}) }

// String lays the comments of neighbouring lines under each other.
func (t *text) String() string {
	const widest = 64
	var b strings.Builder
	for i := 0; i < len(t.lines); {
		end, width := i, 0
		for end < len(t.lines) && t.lines[end].comment != "" {
			if n := utf8.RuneCountInString(t.lines[end].text); n <= widest {
				width = max(width, n)
			}
			end++
		}
		if end == i {
			b.WriteString(t.lines[i].text + "\n")
			i++
			continue
		}
		for ; i < end; i++ {
			fmt.Fprintf(&b, "%-*s  # %s\n", width, t.lines[i].text, t.lines[i].comment)
		}
	}
	return b.String()
}

// scalar is a text as YAML takes it for one, in quotes where it needs them.
func scalar(value string) string {
	out, err := yaml.Marshal(value)
	if err != nil || strings.Count(string(out), "\n") > 1 { // a block; what JSON writes is YAML too
		return fmt.Sprintf("%q", value)
	}
	return strings.TrimSuffix(string(out), "\n")
}

// one keeps a comment in its line: names may have anything in them.
func one(comment string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 || r == utf8.RuneError {
			return ' '
		}
		return r
	}, comment)
}
