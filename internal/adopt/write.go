package adopt

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/profile"
)

// YAML is the profile: what was found as names, with the confidence behind each, and what was not as comments.
func (p *Proposal) YAML(name string) string {
	t := &text{}
	t.note(0, "Proposed by syncspec init from schema %s. The number behind a line is how sure it is, and by what; below %.2f", p.Database.Schema, claimed)
	t.note(0, "nothing is claimed, and what was not found stands in comments. What is not named is called as by the convention.")
	t.set(0, "apiVersion", "syncspec/v1", "")
	t.set(0, "kind", "Target", "")
	t.set(0, "name", name, "")
	t.set(0, "source", p.Manifest.Source, "")
	for _, n := range p.Database.Notes {
		t.note(0, "%s", n)
	}
	p.writeObjects(t)
	p.writeLacks(t)
	p.writeNames(t)
	t.blank()
	return t.String() + skeleton(p.Manifest)
}

// writeObjects writes which objects the target copies: those whose own table was found.
func (p *Proposal) writeObjects(t *text) {
	var covers []string
	var excluded []*TableMatch
	for _, match := range p.Tables {
		switch {
		case match.Table.Child != nil:
		case match.Found.Claimed():
			covers = append(covers, match.Table.Object.Name)
		default:
			excluded = append(excluded, match)
		}
	}
	if len(excluded) == 0 {
		return
	}
	t.blank()
	t.add(0, "covers: [%s]", strings.Join(covers, ", "))
	t.add(0, "excluded:")
	for _, match := range excluded {
		t.add(1, "- {object: %s, why: init found no table for it}", match.Table.Object.Name).comment = one(candidates(match.Nearest))
	}
}

// lack is a notion that the database shows no sign of.
type lack struct {
	what profile.Notion
	why  string
}

// lacks are the notions that nothing was found of.
func (p *Proposal) lacks() []lack {
	var all []lack
	if p.Raw == nil || !p.Raw.Found.Claimed() {
		all = append(all, lack{profile.Raw, "init found no table that keeps payloads as they came"})
	}
	if !p.Roles.Integration.Claimed() {
		all = append(all, lack{profile.Tenants, "init found no column that says which account a row is of"})
	}
	if !p.Roles.Company.Claimed() {
		all = append(all, lack{profile.Company, "init found no column with the company"})
	}
	if !p.Roles.Created.Claimed() || !p.Roles.Updated.Claimed() {
		all = append(all, lack{profile.RowTimes, "init did not find both of the times at which a row was made and last changed"})
	}
	if !p.Integrations.Metadata.Claimed() {
		all = append(all, lack{profile.Metadata, "init found no table of accounts with a JSON column of what is known of each"})
	}
	return all
}

func (p *Proposal) writeLacks(t *text) {
	t.blank()
	t.note(0, "What the target does not have: what needs it fails for that reason. From a database it cannot be seen whether it can")
	t.note(0, "authorize, retry, tell stats and counts, or sync from a start_date: add what it cannot.")
	if lacks := p.lacks(); len(lacks) > 0 {
		t.add(0, "lacks:")
		for _, l := range lacks {
			t.add(1, "- {what: %s, why: %s}", l.what, l.why)
		}
	}
}

// writeNames writes what is called otherwise than by the convention.
func (p *Proposal) writeNames(t *text) {
	names, id := &text{}, p.commonID()
	set := func(key, convention string, g Guess) {
		if g.Claimed() && g.Name != convention {
			names.set(1, key, g.Name, g.String())
		}
	}
	if p.Database.Schema != "public" {
		names.set(1, "schema", p.Database.Schema, "")
	}
	set("object_id", p.Manifest.ObjectIDColumn(), id)
	set("integration", "integration_id", p.Roles.Integration)
	set("company", "company_id", p.Roles.Company)
	if p.Roles.Created.Claimed() && p.Roles.Updated.Claimed() {
		set("created_at", "created_at", p.Roles.Created)
		set("updated_at", "updated_at", p.Roles.Updated)
	}
	if !p.Roles.Deleted.Claimed() {
		names.set(1, "deletes", "hard", "no column with the time of a deletion was found")
	}
	set("deleted_at", "deleted_at", p.Roles.Deleted)
	for _, n := range p.Roles.Notes {
		names.note(1, "%s", n)
	}
	p.writeIntegrations(names)
	p.writeRaw(names, id.Name)
	tables, real := &text{}, false
	for _, match := range p.Tables {
		real = p.writeTable(tables, match, id.Name) || real
	}
	if len(tables.lines) > 0 {
		if real {
			names.add(1, "tables:")
		} else {
			names.note(1, "tables:")
		}
		names.lines = append(names.lines, tables.lines...)
	}
	if len(names.lines) == 0 {
		return
	}
	t.blank()
	if named := slices.ContainsFunc(names.lines, func(l line) bool { return !strings.HasPrefix(strings.TrimSpace(l.text), "#") }); named {
		t.add(0, "names:")
	}
	t.lines = append(t.lines, names.lines...)
}

// commonID is the column with the source's id that most tables have.
func (p *Proposal) commonID() Guess {
	count, first := map[string]int{}, Guess{}
	for _, t := range p.matched() {
		if t.ID.Claimed() {
			count[t.ID.Name]++
		}
	}
	for _, t := range p.matched() {
		if t.ID.Claimed() && (first.Name == "" || count[t.ID.Name] > count[first.Name]) {
			first = t.ID
		}
	}
	if n := count[first.Name]; n > 1 {
		first.Why = append(slices.Clone(first.Why), fmt.Sprintf("in %d of %d tables", n, len(p.matched())))
	}
	return first
}

func (p *Proposal) writeIntegrations(t *text) {
	i := p.Integrations
	if !i.Metadata.Claimed() {
		if i.Found.Claimed() {
			t.note(1, "accounts seem to be in %s (%s), by %s", i.Found.Name, i.Found, i.ID.Name)
		}
		return
	}
	if i.Found.Name == "integration" && i.ID.Name == "id" && i.Metadata.Name == "metadata_info" {
		return
	}
	t.add(1, "integrations:")
	t.set(2, "table", i.Found.Name, i.Found.String())
	t.set(2, "id", i.ID.Name, i.ID.String())
	t.set(2, "metadata", i.Metadata.Name, i.Metadata.String())
}

func (p *Proposal) writeRaw(t *text, id string) {
	r := p.Raw
	if r == nil || !r.Found.Claimed() {
		if r != nil {
			t.note(1, "not found: raw; nearest: %s (%s)", r.Found.Name, r.Found)
		}
		return
	}
	lines := &text{}
	if r.Found.Name != p.Manifest.RawTable() {
		lines.set(2, "table", r.Found.Name, r.Found.String())
	}
	for _, part := range parts(p.Manifest) {
		convention := part.names[0]
		if part.key == "object_id" {
			convention = cmp.Or(id, convention) // names.object_id is this table's too
		}
		switch g := r.Columns[part.key]; {
		case !g.Claimed():
			lines.note(2, "not found: %s", part.key)
		case g.Name != convention:
			lines.set(2, part.key, g.Name, g.String())
		}
	}
	if len(r.Types) > 0 {
		lines.add(2, "types:")
		for _, object := range slices.Sorted(maps.Keys(r.Types)) {
			lines.set(3, object, r.Types[object], "a value of "+r.Columns["object_type"].Name)
		}
	}
	for _, state := range []struct{ key, convention string }{{"pending", "pending"}, {"processed", "processed"}, {"failed", "error"}} {
		if value := r.States[state.key]; value != "" && value != state.convention {
			lines.set(2, state.key, value, "a value of "+r.Columns["status"].Name)
		}
	}
	named := slices.ContainsFunc(lines.lines, func(l line) bool { return !strings.HasPrefix(strings.TrimSpace(l.text), "#") })
	if named {
		t.add(1, "raw:").comment = one(r.Found.String())
	} else if len(lines.lines)+len(r.Notes) > 0 {
		t.note(1, "raw is %s (%s)", r.Found.Name, r.Found)
	}
	t.lines = append(t.lines, lines.lines...)
	for _, n := range r.Notes {
		if named {
			t.note(2, "%s", n)
		} else {
			t.note(1, "raw: %s", n)
		}
	}
}

// writeTable writes a table of the source as far as it differs, and tells whether it does. Of objects that are left out nothing
// is said.
func (p *Proposal) writeTable(t *text, match *TableMatch, id string) bool {
	name := match.Table.Name
	if !match.Found.Claimed() {
		if own := p.table(match.Table.Object.Table); own != nil && match.Table.Child != nil {
			behind := candidates(match.Nearest)
			if of := p.table(match.Table.Parent); len(match.Nearest) == 0 && of != nil {
				if c := inside(match.Table.Child.At, of.in); c != nil {
					behind = fmt.Sprintf("maybe inside of %s.%s, which is JSON and no table to compare", of.in.Name, c.Name)
				}
			}
			t.note(2, "not found: table %s; %s", name, behind)
		}
		return false
	}
	lines := &text{}
	if match.Found.Name != name {
		lines.set(3, "table", match.Found.Name, match.Found.String())
	}
	if match.ID.Claimed() && match.ID.Name != id {
		lines.set(3, "object_id", match.ID.Name, match.ID.String())
	}
	_, both := match.Table.Fields.Column(match.Table.ParentColumn)
	if match.Parent.Claimed() && match.Parent.Name != match.Table.ParentColumn && !both {
		lines.set(3, "parent", match.Parent.Name, match.Parent.String())
	}
	if match.ParentBy.Claimed() {
		lines.set(3, "parent_by", match.ParentBy.Name, match.ParentBy.String())
	}
	match.writeColumns(lines)
	named := slices.ContainsFunc(lines.lines, func(l line) bool { return !strings.HasPrefix(strings.TrimSpace(l.text), "#") })
	if !match.ID.Claimed() && len(match.Table.Key) > 0 && !match.keyed() {
		lines.note(3, "not found: object_id, the column with the source's id; %s", candidates(match.IDNearest))
	}
	if match.Table.ParentColumn != "" && !match.Parent.Claimed() && !both {
		lines.note(3, "not found: parent, the column with the parent's id; %s", candidates(match.ParentNearest))
	}
	for _, n := range match.Notes {
		lines.note(3, "%s", n)
	}
	if len(lines.lines) == 0 {
		return false
	}
	if named {
		t.add(2, "%s:", scalar(name))
	} else {
		t.note(2, "%s:", name)
	}
	t.lines = append(t.lines, lines.lines...)
	return named
}

// keyed tells whether the columns are there that identify rows besides an id.
func (t *TableMatch) keyed() bool {
	return keyPath(t.Table) == "" && !slices.ContainsFunc(t.Table.Key, func(column string) bool {
		return !slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Column == column && f.Found.Claimed() })
	})
}

func (t *TableMatch) writeColumns(lines *text) {
	columns, kept, lacks, notes := &text{}, &text{}, &text{}, &text{}
	used, gone := map[string]bool{}, map[string][]string{} // what was not found, by the JSON column that may have it
	var order []string
	for _, f := range t.Fields {
		used[f.Found.Name] = f.Found.Claimed()
	}
	for _, f := range t.Fields {
		switch {
		case !f.Found.Claimed() && used[f.Column]: // by that name there is another field's
			lacks.set(4, f.Column, "init found no column for it, and what is called so is another field's", candidates(f.Nearest))
		case !f.Found.Claimed() && len(f.Nearest) > 0:
			notes.note(3, "not found: %s; %s", f.Column, candidates(f.Nearest))
		case !f.Found.Claimed():
			where := ""
			if c := inside(f.Path, t.in); c != nil {
				where = c.Name
			}
			if !slices.Contains(order, where) {
				order = append(order, where)
			}
			gone[where] = append(gone[where], f.Column)
		case f.Found.Name != f.Column:
			columns.set(4, f.Column, f.Found.Name, f.Found.String())
		case f.Found.Confidence < sure:
			notes.note(3, "%s: %s", f.Column, f.Found)
		}
		if f.Kept != "" && f.Found.Claimed() {
			kept.set(4, f.Column, string(f.Kept), f.KeptBy.String())
		}
		for _, n := range f.Notes {
			notes.note(3, "%s: %s", f.Column, n)
		}
	}
	for _, part := range []struct {
		key  string
		body *text
	}{{"columns", columns}, {"kept", kept}, {"lacks", lacks}} {
		if len(part.body.lines) > 0 {
			lines.add(3, "%s:", part.key)
			lines.lines = append(lines.lines, part.body.lines...)
		}
	}
	lines.lines = append(lines.lines, notes.lines...)
	for _, where := range order {
		behind := "no candidate"
		if where != "" {
			behind = fmt.Sprintf("maybe inside of %s, which is JSON and no column to compare", where)
		}
		for some := range slices.Chunk(gone[where], 6) {
			lines.note(3, "not found: %s; %s", strings.Join(some, ", "), behind)
		}
	}
}
