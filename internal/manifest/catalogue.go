package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// catalogueList is one list of what the provider has, kept apart from the manifest so that a mistake in the one
// is not a mistake in both.
type catalogueList struct {
	file  string
	names []string
	// notes are the further words of a name's line. Those of a topic are the scopes of which one is enough to subscribe.
	notes map[string][]string
}

// readCatalogue reads fixtures/<source>/catalog below root. A list that is not there is no mistake: not every
// provider publishes one.
func (c *checker) readCatalogue(root fs.FS) error {
	if !isIdentifier(c.manifest.Source) {
		return nil
	}
	var errs error
	for name, list := range map[string]**catalogueList{"topics.txt": &c.topics, "scopes.txt": &c.scopes} {
		file := path.Join("fixtures", c.manifest.Source, "catalog", name)
		data, err := fs.ReadFile(root, file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		errs = errors.Join(errs, err)
		*list = newCatalogueList(file, string(data))
	}
	return errs
}

// newCatalogueList reads a name and its notes from each line. "#" begins a comment.
func newCatalogueList(file, text string) *catalogueList {
	list := &catalogueList{file: file, notes: map[string][]string{}}
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		if words := strings.Fields(line); len(words) > 0 {
			list.names = append(list.names, words[0])
			list.notes[words[0]] = words[1:]
		}
	}
	return list
}

// inCatalogue reports a name that the provider does not have.
func (c *checker) inCatalogue(list *catalogueList, path, what, name string) {
	if list == nil || name == "" || slices.Contains(list.names, name) {
		return
	}
	c.at(path, fmt.Sprintf("the provider has no %s %q (%s)", what, name, list.file), suggest(name, list.names))
}
