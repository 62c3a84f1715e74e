package profile

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// check reports what the types cannot say. It says nothing of values that are not there: the decoder has.
func (t *Target) check(at manifest.Report) {
	if strings.ContainsFunc(t.Name, func(r rune) bool { return r < ' ' }) {
		at("name", "must be one line", "")
	}
	t.checkObjects(at)
	t.checkLacks(at)
	t.checkStart(at)
	t.checkAttach(at)
	t.checkReach(at)
	t.checkVerbs(at)
	if t.Names != nil {
		t.checkNames(at)
	}
	for _, x := range t.texts() {
		t.checkText(at, x)
	}
	t.checkFile(at, "waivers", t.Waivers)
}

// checkObjects reports objects that are said twice to be copied or not, and what needs a source and has none.
func (t *Target) checkObjects(at manifest.Report) {
	twice(at, "covers", t.Covers)
	var excluded []string
	for _, e := range t.Excluded {
		excluded = append(excluded, e.Object)
	}
	twiceAt(at, "object", excluded, func(i int) string { return manifest.Entry("excluded", i) + ".object" })
	for i, object := range excluded {
		if slices.Contains(t.Covers, object) {
			at(manifest.Entry("excluded", i)+".object", fmt.Sprintf("%q stands in covers too", object), "it is copied, or it is not: remove one")
		}
	}
	if t.Source != "" {
		return
	}
	for key, given := range map[string]bool{"covers": len(t.Covers) > 0, "excluded": len(t.Excluded) > 0, "names": t.Names != nil} {
		if given {
			at(key, key+" is about one source, and the profile names none", "add source: with its name, such as shopify")
		}
	}
}

// checkLacks reports notions that are lacking twice, or lacking and yet described.
func (t *Target) checkLacks(at manifest.Report) {
	var lacking []string
	for _, l := range t.Lacks {
		lacking = append(lacking, string(l.What))
	}
	twiceAt(at, "notion", lacking, func(i int) string { return manifest.Entry("lacks", i) + ".what" })
	n := NamesSpec{}
	if t.Names != nil {
		n = *t.Names
	}
	for _, c := range []struct {
		what  Notion
		path  string
		given bool
	}{
		{Raw, "names.raw", n.Raw != nil},
		{Tenants, "names.integration", n.Integration != ""},
		{Company, "names.company", n.Company != ""},
		{RowTimes, "names.created_at", n.CreatedAt != ""},
		{RowTimes, "names.updated_at", n.UpdatedAt != ""},
		{Metadata, "names.integrations", n.Integrations != nil},
	} {
		if c.given && t.lacks(c.what) {
			at(c.path, fmt.Sprintf("lacks says that there is no %s", c.what), "remove one of the two")
		}
	}
}

// lacks tells whether the profile says that there is no such notion.
func (t *Target) lacks(what Notion) bool {
	return slices.ContainsFunc(t.Lacks, func(l Lack) bool { return l.What == what })
}

// twice reports entries of a list that are there twice.
func twice(at manifest.Report, path string, list []string) {
	twiceAt(at, "object", list, func(i int) string { return manifest.Entry(path, i) })
}

func twiceAt(at manifest.Report, what string, list []string, path func(i int) string) {
	for i, entry := range list {
		if first := slices.Index(list, entry); entry != "" && first < i {
			at(path(i), fmt.Sprintf("%s %q is there twice", what, entry), "the first is "+path(first))
		}
	}
}

// checkDuration reports a text that is no time to wait.
func checkDuration(at manifest.Report, path, text string) {
	if text == "" {
		return
	}
	if d, err := time.ParseDuration(text); err != nil || d <= 0 {
		hint := "write a number with its unit, such as 30s, 500ms or 2m"
		if strings.Trim(text, "0123456789") == "" {
			hint = fmt.Sprintf("write %ss for seconds", text)
		}
		at(path, fmt.Sprintf("%q is no duration", text), hint)
	}
}

// checkFile reports a file that is not there, checkDir a folder.
func (t *Target) checkFile(at manifest.Report, path, name string) {
	if name == "" {
		return
	}
	if info, err := os.Stat(t.Path(name)); err != nil {
		at(path, fmt.Sprintf("%s cannot be read: %v", name, manifest.Bare(err)), "paths start from the profile's folder")
	} else if !info.Mode().IsRegular() {
		at(path, name+" is no regular file", "")
	}
}

func (t *Target) checkDir(at manifest.Report, path, name string) {
	if name == "" || len(used(name)) > 0 {
		return
	}
	if info, err := os.Stat(t.Path(name)); err != nil {
		at(path, fmt.Sprintf("%s cannot be found: %v", name, manifest.Bare(err)), "paths start from the profile's folder")
	} else if !info.IsDir() {
		at(path, name+" is no folder", "")
	}
}
