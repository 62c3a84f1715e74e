package profile

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Check holds the profile against the source that it is to be used with: objects, tables and columns must be there. What is wrong
// comes as manifest.Errors, all at once, each with its place in the profile.
func (t Target) Check(m *manifest.Manifest) error {
	return t.places.Check(func(at manifest.Report) {
		if t.Source != "" && t.Source != m.Source {
			at("source", fmt.Sprintf("the profile is for %s, and this is about %s", t.Source, m.Source), "use the profile for "+m.Source)
			return // what it names is another source's
		}
		t.checkCovered(at, m)
		t.checkAuthorize(at, m)
		t.checkCredentials(at, m)
		if t.Names != nil {
			c := sourceChecker{at, m, t}
			c.checkTables()
			c.checkRaw()
		}
	})
}

// UnknownSource is the error of a profile whose source is none of those that are known.
func (t Target) UnknownSource(known []string) error {
	return t.places.Check(func(at manifest.Report) {
		hint := manifest.Suggest(t.Source, known)
		at("source", fmt.Sprintf("there is no manifest of a source %q here", t.Source), hint+"; the manifest of a source of your own has to be named beside it")
	})
}

// checkCovered reports objects that there are not, and such that nothing is said of.
func (t Target) checkCovered(at manifest.Report, m *manifest.Manifest) {
	excluded := map[string]bool{}
	for i, e := range t.Excluded {
		excluded[e.Object] = true
		checkObject(at, m, manifest.Entry("excluded", i)+".object", e.Object)
	}
	for i, object := range t.Covers {
		path := manifest.Entry("covers", i)
		if o, ok := m.Object(object); ok && o.NotApplicable != "" {
			at(path, fmt.Sprintf("%s is not offered at all: %s", object, o.NotApplicable), "remove it")
		}
		checkObject(at, m, path, object)
	}
	var unsaid, left []string
	for _, o := range m.Objects {
		covered := len(t.Covers) == 0 || slices.Contains(t.Covers, o.Name)
		switch {
		case o.NotApplicable != "", excluded[o.Name]:
		case covered:
			left = append(left, o.Name)
		default:
			unsaid = append(unsaid, o.Name)
		}
	}
	if len(unsaid) > 0 {
		at("covers", "it leaves out "+strings.Join(unsaid, ", "), "put each into excluded, and say why, or cover it")
	}
	if len(left) == 0 && len(unsaid) == 0 {
		at(cmp.Or(map[bool]string{true: "covers"}[len(t.Covers) > 0], "excluded"), "nothing is left to verify", "cover one object at least")
	}
}

// checkObject reports an object that there is not.
func checkObject(at manifest.Report, m *manifest.Manifest, path, object string) {
	if _, ok := m.Object(object); ok || object == "" {
		return
	}
	var names []string
	for _, o := range m.Objects {
		names = append(names, o.Name)
	}
	at(path, fmt.Sprintf("%s has no object %q", m.Source, object), manifest.Suggest(object, names))
}

// checkAuthorize reports a consent that is neither asked for nor lacking, where the source has one.
func (t Target) checkAuthorize(at manifest.Report, m *manifest.Manifest) {
	if m.OAuth == nil && t.lacks(Connect) {
		at("lacks", m.Source+" connects accounts by a key, and so connect is needed", "map it")
	}
	if t.Verbs == nil {
		return
	}
	mapped := t.Verbs.Authorize != nil
	if m.OAuth == nil && mapped {
		at("verbs.authorize", m.Source+" connects accounts by a key, not by their owners' consent", "remove it")
	}
	if m.OAuth != nil && !mapped && !t.lacks(Authorize) {
		at("verbs", "authorize is neither mapped nor in lacks", "say how it is done, or that the target lacks it, and why")
	}
}

// checkCredentials reports credentials that the source's accounts do not have.
func (t Target) checkCredentials(at manifest.Report, m *manifest.Manifest) {
	for _, x := range t.texts() {
		for _, name := range used(x.value) {
			if credential, ok := strings.CutPrefix(name, "credentials."); ok && !slices.Contains(m.API.Auth.Credentials, credential) {
				at(x.path, fmt.Sprintf("accounts of %s have no credential %q", m.Source, credential), manifest.Suggest(credential, m.API.Auth.Credentials))
			}
		}
	}
}

// sourceChecker holds names against a manifest.
type sourceChecker struct {
	at     manifest.Report
	m      *manifest.Manifest
	target Target
}

// checkTables reports tables and columns that the manifest does not have, and such that are the same in the target.
func (c *sourceChecker) checkTables() {
	tables, called := c.m.Tables(), map[string]string{}
	var known []string
	for _, table := range tables {
		known = append(known, table.Name)
		if table.Object.NotApplicable != "" || c.target.excludes(table.Object.Name) != "" {
			continue // the target need not have it, and so may call another one so
		}
		name := cmp.Or(c.target.Names.Tables[table.Name].Table, table.Name)
		if other, twice := called[name]; twice {
			c.at(c.tablePath(table.Name, other), fmt.Sprintf("%s and %s are both called %s", other, table.Name, name), "each has a table of its own")
		}
		called[name] = table.Name
	}
	if raw := c.target.Names.Raw; raw != nil && called[raw.Table] != "" {
		c.at("names.raw.table", fmt.Sprintf("%s is the table of %s", raw.Table, called[raw.Table]), "payloads as they came have a table of their own")
	}
	for _, name := range slices.Sorted(maps.Keys(c.target.Names.Tables)) {
		path := manifest.Key("names.tables", name)
		if slices.Contains(Verbs(), Notion(name)) {
			continue // that has been said
		}
		i := slices.IndexFunc(tables, func(t manifest.Table) bool { return t.Name == name })
		if i < 0 {
			hint := manifest.Suggest(name, known)
			if o, ok := c.m.Object(name); ok {
				hint = fmt.Sprintf("write %s, which is the table of %s", o.Table, name)
			}
			c.at(path, fmt.Sprintf("%s has no table %q", c.m.Source, name), hint)
			continue
		}
		c.checkColumns(path, tables[i], c.target.Names.Tables[name])
	}
}

// tablePath is where the name of one of two tables stands.
func (c *sourceChecker) tablePath(table, other string) string {
	if c.target.Names.Tables[table].Table == "" {
		table = other
	}
	return manifest.Key("names.tables", table) + ".table"
}

func (c *sourceChecker) checkColumns(path string, table manifest.Table, spec TableSpec) {
	for key, texts := range map[string]map[string]string{"columns": spec.Columns, "kept": spec.Kept, "lacks": spec.Lacks} {
		for column := range texts {
			c.checkColumn(manifest.Key(path+"."+key, column), key, table, column)
		}
	}
	for column, form := range spec.Kept {
		f, ok := table.Fields.Column(column)
		if want := kepts[Kept(form)]; ok && want != "" && f.Type != want {
			c.at(manifest.Key(path+".kept", column), fmt.Sprintf("%s is for a %s, and %s is a %s", form, want, column, f.Type), "")
		}
	}
	if spec.Parent != "" && table.ParentColumn == "" {
		c.at(path+".parent", table.Name+" has no parent", "remove it")
	}
	if spec.ParentBy != "" && table.ParentColumn == "" {
		c.at(path+".parent_by", table.Name+" has no parent", "remove it")
	}
	called := map[string]string{}
	for _, f := range table.Fields {
		if _, lacks := spec.Lacks[f.Column]; lacks {
			continue
		}
		name := cmp.Or(spec.Columns[f.Column], f.Column)
		if other, twice := called[name]; twice {
			column := f.Column
			if spec.Columns[column] == "" {
				column = other
			}
			c.at(manifest.Key(path+".columns", column), fmt.Sprintf("%s and %s are both called %s", other, f.Column, name), "each has a column of its own; put one that is not there into lacks")
		}
		called[name] = f.Column
	}
}

// checkColumn reports a column that the table does not have, or that has another place in a profile.
func (c *sourceChecker) checkColumn(path, key string, table manifest.Table, column string) {
	if _, ok := table.Fields.Column(column); ok {
		if key == "lacks" && slices.Contains(table.Key, column) {
			c.at(path, fmt.Sprintf("%s is what tells rows of %s apart", column, table.Name), "without it nothing can be compared: exclude the object instead")
		}
		return
	}
	own, ok := map[string]string{
		c.m.ObjectIDColumn(): "object_id", table.ParentColumn: "parent",
		"integration_id": "names.integration", "company_id": "names.company",
		"created_at": "names.created_at", "updated_at": "names.updated_at", "deleted_at": "names.deleted_at",
	}[column]
	if ok && column != "" {
		c.at(path, fmt.Sprintf("%s is not in %s: it is no field of the source's", column, key), "its name in the target is written as "+own)
		return
	}
	var known []string
	for _, f := range table.Fields {
		known = append(known, f.Column)
	}
	c.at(path, fmt.Sprintf("%s has no column %q", table.Name, column), manifest.Suggest(column, known))
}

// topics are the source's webhook topics: what a delivery that is of no object may be kept under.
func (c *sourceChecker) topics() []string {
	var all []string
	for _, t := range c.m.Topics() {
		all = append(all, t.Topic)
	}
	for _, n := range c.m.Webhooks.Notices {
		all = append(all, n.Topic)
	}
	return all
}

// checkRaw reports objects that raw rows cannot be of, and such that raw rows do not tell apart.
func (c *sourceChecker) checkRaw() {
	if c.target.Names.Raw == nil {
		return
	}
	types := c.target.Names.Raw.Types
	topics := c.topics()
	for _, object := range slices.Sorted(maps.Keys(types)) {
		switch path := manifest.Key("names.raw.types", object); {
		case slices.Contains(topics, object):
		case strings.ContainsAny(object, "/."):
			c.at(path, fmt.Sprintf("%s has no topic %q", c.m.Source, object), manifest.Suggest(object, topics))
		default:
			checkObject(c.at, c.m, path, object)
		}
	}
	called := map[string]string{}
	for _, o := range c.m.Objects {
		name := cmp.Or(types[o.Name], o.Name)
		if o.NotApplicable != "" || c.target.excludes(o.Name) != "" {
			continue
		}
		if other, twice := called[name]; twice {
			object := o.Name
			if types[object] == "" {
				object = other
			}
			c.at(manifest.Key("names.raw.types", object), fmt.Sprintf("%s and %s are both called %s", other, o.Name, name), "raw rows must tell what they are of")
		}
		called[name] = o.Name
	}
}
