package manifest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// checker finds what the types cannot say: names that must be declared, be alike or differ. It runs after
// decoding also where that found problems, so each check says nothing of values that are not there: the decoder
// has reported them already.
type checker struct {
	*decoder
	manifest *Manifest
	// topics and scopes are the provider's catalogue, each with the file it comes from; nil where there is none.
	topics, scopes *catalogueList
}

// check runs every check.
func (c *checker) check() {
	c.checkSource()
	c.checkAPI()
	c.checkOAuth()
	c.checkScopes()
	c.checkObjects()
	c.checkOrder()
	c.checkTables()
	c.checkTopics()
	c.checkWebhooks()
	c.checkExclusions()
}

// at reports a problem at a path. Of a value that could not even be taken nothing more is said.
func (c *checker) at(path, message, hint string) {
	if !c.mistyped[path] {
		c.report(cmp.Or(c.places[path], c.places[""]), path, message, hint)
	}
}

// missing reports a key that must be there because of what else is.
func (c *checker) missing(path, key, message, hint string) {
	if !c.slips[join(path, key)] {
		c.at(path, message, hint)
	}
}

// given tells whether something stands at a path, be it empty.
func (c *checker) given(path string) bool {
	_, ok := c.places[path]
	return ok
}

// identifier is what a name must look like to be one in Postgres without quotes: 63 bytes at most.
const identifier = `^[a-z][a-z0-9_]{0,62}$`

func isIdentifier(name string) bool {
	letters := func(r rune) bool { return r >= 'a' && r <= 'z' }
	if name == "" || len(name) > 63 || !letters(rune(name[0])) {
		return false
	}
	return strings.IndexFunc(name, func(r rune) bool { return !letters(r) && r != '_' && (r < '0' || r > '9') }) < 0
}

// asIdentifier is what an author probably wants who wrote a name in another style.
func asIdentifier(name string) string {
	name = regexp.MustCompile(`([a-z0-9])([A-Z])`).ReplaceAllString(name, "${1}_${2}")
	name = regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(name), "_")
	name = strings.TrimLeft(strings.Trim(name, "_"), "0123456789_")
	return name[:min(len(name), 63)]
}

// checkIdentifier reports a name that is none.
func (c *checker) checkIdentifier(path, name string) bool {
	if name == "" || isIdentifier(name) {
		return true
	}
	hint := "write lower case letters, digits and _, a letter first, 63 at most"
	if better := asIdentifier(name); better != "" && len(name) <= 63 {
		hint = fmt.Sprintf("write %q", better)
	}
	c.at(path, fmt.Sprintf("%q is not an identifier (%s)", shorten(name, 60), identifier), hint)
	return false
}

// checkPayloadPath reports what cannot be a way through a payload.
func (c *checker) checkPayloadPath(place, path string) bool {
	if path == "" {
		return true
	}
	for step := range strings.SplitSeq(strings.TrimPrefix(path, "@"), ".") {
		if step == "" || strings.ContainsAny(step, " \t\n@[]{}*") {
			c.at(place, fmt.Sprintf("%q is not a path through a payload", shorten(path, 60)), "write names joined by dots, e.g. customer.id")
			return false
		}
	}
	return true
}

// unique reports the second thing of a kind with the same name. The first is remembered with its line.
type unique struct {
	c     *checker
	what  string
	lines map[string]int
}

func (c *checker) unique(what string) *unique { return &unique{c, what, map[string]int{}} }

func (u *unique) add(path, name string) {
	if name == "" {
		return
	}
	if line, twice := u.lines[name]; twice {
		u.c.at(path, fmt.Sprintf("%s %q is there twice", u.what, name), fmt.Sprintf("the first is on line %d", line))
		return
	}
	u.lines[name] = 0
	if n, ok := u.c.places[path]; ok {
		u.lines[name] = n.Line
	}
}

// eachAlike reports entries of a list of texts that are there twice.
func (c *checker) eachAlike(path, what string, list []string) {
	u := c.unique(what)
	for i, entry := range list {
		u.add(index(path, i), entry)
	}
}

// index makes the path of a list's entry.
func index(path string, i int) string { return fmt.Sprintf("%s[%d]", path, i) }

// placeholders are the names in {braces}.
func placeholders(text string) []string {
	var names []string
	for _, found := range regexp.MustCompile(`\{([^{}]*)\}`).FindAllStringSubmatch(text, -1) {
		names = append(names, found[1])
	}
	return names
}

// checkPlaceholders reports {names} that nothing replaces.
func (c *checker) checkPlaceholders(path, text string, known []string) {
	for _, name := range placeholders(text) {
		if !slices.Contains(known, name) {
			c.at(path, fmt.Sprintf("nothing replaces {%s}", name), suggest(name, known))
		}
	}
}

// objectNames are the names of all objects, for hints.
func (c *checker) objectNames() []string {
	var names []string
	for _, o := range c.manifest.Objects {
		if o.Name != "" {
			names = append(names, o.Name)
		}
	}
	return names
}

// declared reports an object name that no object has. Others are what could stand there besides.
func (c *checker) declared(path, name string, others ...string) bool {
	if name == "" {
		return false
	}
	if _, ok := c.manifest.Object(name); ok {
		return true
	}
	c.at(path, fmt.Sprintf("no object is named %q", name), suggest(name, append(c.objectNames(), others...)))
	return false
}
