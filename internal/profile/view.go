package profile

import (
	"cmp"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

// For returns the profile as it stands towards a source. The manifest is only read.
func (t Target) For(m *manifest.Manifest) Profile {
	p := Profile{Name: t.Name, Target: t, Source: m, Names: conventional(m), Lacks: map[Notion]string{}}
	for _, l := range t.Lacks {
		p.Lacks[l.What] = l.Why
	}
	spec := NamesSpec{}
	if t.Names != nil {
		spec = *t.Names
	}
	p.name(spec)
	p.Manifest = p.view(m, spec)
	return p
}

// name puts the target's names in the place of the convention's.
func (p *Profile) name(spec NamesSpec) {
	n := &p.Names
	n.Schema = cmp.Or(spec.Schema, n.Schema)
	n.Integration, n.Company = cmp.Or(spec.Integration, n.Integration), cmp.Or(spec.Company, n.Company)
	n.Created, n.Updated = cmp.Or(spec.CreatedAt, n.Created), cmp.Or(spec.UpdatedAt, n.Updated)
	n.Deleted, n.HashRecipe = cmp.Or(spec.DeletedAt, n.Deleted), spec.Hash
	raw := RawSpec{}
	if spec.Raw != nil {
		raw = *spec.Raw
	}
	n.Raw = RawNames{
		Table: cmp.Or(raw.Table, n.Raw.Table), ObjectType: cmp.Or(raw.ObjectType, n.Raw.ObjectType),
		ObjectID: cmp.Or(raw.ObjectID, spec.ObjectID, n.Raw.ObjectID), Hash: cmp.Or(raw.Hash, n.Raw.Hash),
		Payload: cmp.Or(raw.Payload, n.Raw.Payload), Status: cmp.Or(raw.Status, n.Raw.Status),
		Error: cmp.Or(raw.Error, n.Raw.Error), Topic: cmp.Or(raw.Topic, n.Raw.Topic), Types: raw.Types, KeySeparator: cmp.Or(raw.KeySeparator, "/"), Composite: n.Raw.Composite,
		Pending: cmp.Or(raw.Pending, n.Raw.Pending), Processed: cmp.Or(raw.Processed, n.Raw.Processed), Failed: cmp.Or(raw.Failed, n.Raw.Failed),
	}
	if i := spec.Integrations; i != nil {
		n.Integrations = IntegrationNames{cmp.Or(i.Table, n.Integrations.Table), cmp.Or(i.ID, n.Integrations.ID), cmp.Or(i.Metadata, n.Integrations.Metadata)}
	}
	if spec.Deletes == "hard" {
		n.HardDeletes, n.Deleted = true, ""
	}
	for what, name := range map[Notion]*string{Raw: &n.Raw.Table, Tenants: &n.Integration, Company: &n.Company, Metadata: &n.Integrations.Table} {
		if _, lacks := p.Lacks[what]; lacks {
			*name = ""
		}
	}
	if _, lacks := p.Lacks[RowTimes]; lacks {
		n.Created, n.Updated = "", ""
	}
}

// view copies the manifest as far as the target's names and exclusions reach into it.
func (p *Profile) view(m *manifest.Manifest, spec NamesSpec) *manifest.Manifest {
	view := *m
	view.Raw = p.Names.Raw.Table
	view.Objects = slices.Clone(m.Objects)
	p.Names.Kept, p.Names.Unkept, p.Names.ParentBy = map[Place]Kept{}, map[Place]string{}, map[string]string{}
	for i := range view.Objects {
		o := &view.Objects[i]
		o.Excluded = p.Target.excludes(o.Name)
		own := spec.Tables[o.Table]
		o.IDColumn = cmp.Or(own.ObjectID, spec.ObjectID)
		column := ""
		if o.Parent != nil {
			parent := *o.Parent
			column, parent.Column = parent.Column, parentColumn(own, parent.Column)
			o.Parent = &parent
		}
		o.Table, o.Fields = p.table(o.Table, own, o.Fields, column)
		o.Children = p.children(o.Children, spec)
	}
	return &view
}

func (p *Profile) children(all []manifest.Child, spec NamesSpec) []manifest.Child {
	all = slices.Clone(all)
	for i := range all {
		c := &all[i]
		own := spec.Tables[c.Table]
		c.IDColumn = cmp.Or(own.ObjectID, spec.ObjectID)
		column := c.ParentColumn
		c.ParentColumn = parentColumn(own, column)
		c.Table, c.Fields = p.table(c.Table, own, c.Fields, column)
		c.Children = p.children(c.Children, spec)
	}
	return all
}

// parentColumn is what a target calls a table's parent column, which may be a field's too.
func parentColumn(spec TableSpec, column string) string {
	return cmp.Or(spec.Parent, spec.Columns[column], column)
}

// table renames a table and its columns, and leaves out the columns that it lacks. Where the parent column is a field's too, the
// field is in it, unless the profile says where else it is.
func (p *Profile) table(name string, spec TableSpec, fields manifest.Fields, parent string) (string, manifest.Fields) {
	name = cmp.Or(spec.Table, name)
	if spec.ParentBy != "" {
		p.Names.ParentBy[name] = spec.ParentBy
	}
	for column, why := range spec.Lacks {
		p.Names.Unkept[Place{name, column}] = why
	}
	var kept manifest.Fields
	for _, f := range fields {
		if _, lacks := spec.Lacks[f.Column]; lacks {
			continue
		}
		as, column := spec.Kept[f.Column], spec.Columns[f.Column]
		if column == "" && f.Column == parent {
			column = spec.Parent
		}
		f.Column = cmp.Or(column, f.Column)
		if as != "" {
			p.Names.Kept[Place{name, f.Column}] = Kept(as)
		}
		kept = append(kept, f)
	}
	return name, kept
}

// excludes says why the target is not held to copy an object; empty where it is.
func (t Target) excludes(object string) string {
	for _, e := range t.Excluded {
		if e.Object == object {
			return e.Why
		}
	}
	if len(t.Covers) > 0 && !slices.Contains(t.Covers, object) {
		return "the profile's covers leaves it out"
	}
	return ""
}
