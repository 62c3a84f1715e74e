package profile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Argument is how SQL names a placeholder, after an @: with underscores for what is no letter or digit.
func Argument(placeholder string) string {
	return strings.NewReplacer(".", "_", "-", "_").Replace(placeholder)
}

var (
	// argument is a name in SQL that stands for a placeholder; quoted are the parts of SQL in which there is none.
	argument = regexp.MustCompile(`@([A-Za-z_][A-Za-z0-9_]*)`)
	quoted   = regexp.MustCompile(`'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|(?s:/\*.*?\*/)|(?s:\$\$.*?\$\$)`)
)

// arguments are the names in a file of SQL; none where it cannot be read, which is said elsewhere.
func (t *Target) arguments(file string) []string {
	if file == "" {
		return nil
	}
	statement, err := manifest.ReadFile(t.Path(file), "a statement is")
	if err != nil {
		return nil
	}
	var names []string
	for _, found := range argument.FindAllSubmatch(quoted.ReplaceAll(statement, nil), -1) {
		if name := string(found[1]); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// argumentsOf are the names in all SQL of a verb.
func (t *Target) argumentsOf(v *Verb) []string {
	if v == nil {
		return nil
	}
	names := t.arguments(v.SQL)
	if v.Poll != nil {
		names = append(names, t.arguments(v.Poll.SQL)...)
	}
	return append(names, t.argumentsOf(v.Then)...)
}

// AsksFor tells whether a poll cannot do without a placeholder's value. In SQL, where one that has none is null, it never can:
// no work is called null.
func (t Target) AsksFor(p *Poll, name string) bool {
	texts := append([]string{p.HTTP}, p.Exec...)
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, "{"+name+"}") }) ||
		slices.Contains(t.arguments(p.SQL), Argument(name))
}

// checkSQL reports a file that is not there, and names in it that stand for nothing. Known are the parts whose placeholders have
// a value there.
func (t *Target) checkSQL(at manifest.Report, path, file string, known []Part) {
	t.checkFile(at, path, file)
	names := map[string]bool{}
	for _, p := range Placeholders() {
		if slices.ContainsFunc(p.At, func(part Part) bool { return slices.Contains(known, part) }) {
			names[Argument(p.Name)] = true
		}
	}
	for _, name := range t.arguments(file) {
		if !names[name] && !strings.HasPrefix(name, "credentials_") && !strings.HasPrefix(name, "port_") {
			at(path, fmt.Sprintf("nothing replaces @%s in %s", name, file), manifest.Suggest(name, slices.Sorted(maps.Keys(names))))
		}
	}
}
