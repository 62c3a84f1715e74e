package adopt

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Proposal is what was found of a source in a database.
type Proposal struct {
	Manifest     *manifest.Manifest
	Database     *Database
	Tables       []*TableMatch
	Roles        Roles
	Raw          *Raw
	Integrations Integrations
}

// Propose reads a schema and finds the source's tables in it.
func Propose(ctx context.Context, c *Connection, schema string, m *manifest.Manifest) (*Proposal, error) {
	d, err := c.Read(ctx, schema)
	if err != nil {
		return nil, err
	}
	x := &matcher{m, aliases(m)}
	// Names first: they say into which tables it is worth to look.
	if err := c.Sample(ctx, d, x.promising(d)); err != nil {
		return nil, err
	}
	p := x.match(d)
	if p.Raw != nil && p.Raw.Found.Claimed() {
		c.vocabulary(ctx, p)
	}
	if len(p.matched()) == 0 {
		return p, p.nothing()
	}
	return p, ctx.Err()
}

// promising are the tables that come into question for anything.
func (x *matcher) promising(d *Database) []*Table {
	p := x.match(d)
	var all []*Table
	add := func(name string) {
		if t := d.Table(name); t != nil && !slices.Contains(all, t) {
			all = append(all, t)
		}
	}
	for _, t := range p.Tables {
		add(t.Found.Name)
	}
	if p.Raw != nil {
		add(p.Raw.Found.Name)
	}
	for _, t := range p.Tables {
		for _, n := range t.Nearest {
			add(n.Name)
		}
	}
	return all
}

// match finds everything in what was read.
func (x *matcher) match(d *Database) *Proposal {
	p := &Proposal{Manifest: x.m, Database: d, Raw: x.raw(d)}
	free := d.Tables
	if p.Raw != nil && p.Raw.Found.Claimed() {
		free = slices.DeleteFunc(slices.Clone(free), func(t *Table) bool { return t == p.Raw.in })
	} else if p.Raw != nil && !p.Raw.Found.Claimed() {
		p.Raw.in = nil
	}
	p.Tables = x.tables(free)
	matched := p.matched()
	p.Roles = x.roles(matched, d)
	tenant := p.Roles.Integration.Name
	for _, t := range matched {
		x.parent(t, p.table(t.Table.Parent), tenant)
	}
	for _, t := range matched {
		x.objectID(t, tenant)
	}
	for _, t := range matched {
		t.parentBy(p.table(t.Table.Parent))
		t.Fields = x.fields(t.Table, t.in, p.taken(t), matched)
		t.count()
	}
	var raw *Raw
	if p.Raw != nil && p.Raw.in != nil {
		raw = p.Raw
	}
	p.Integrations = x.integrations(d, matched, raw, p.Roles.Integration)
	return p
}

// matched are the source's tables that were found.
func (p *Proposal) matched() []*TableMatch {
	return slices.DeleteFunc(slices.Clone(p.Tables), func(t *TableMatch) bool { return !t.Found.Claimed() })
}

// table returns a table of the source if it was found, or nil.
func (p *Proposal) table(name string) *TableMatch {
	for _, t := range p.Tables {
		if t.Table.Name == name && t.Found.Claimed() {
			return t
		}
	}
	return nil
}

// taken are the columns of a table that are no field's.
func (p *Proposal) taken(t *TableMatch) []string {
	r := p.Roles
	taken := []string{r.Integration.Name, r.Company.Name, r.Created.Name, r.Updated.Name}
	if t.Table.Child == nil {
		taken = append(taken, r.Deleted.Name)
	}
	if _, both := t.Table.Fields.Path(keyPath(t.Table)); !both {
		taken = append(taken, t.ID.Name)
	}
	if _, both := t.Table.Fields.Column(t.Table.ParentColumn); !both {
		taken = append(taken, t.Parent.Name)
	}
	for _, key := range t.in.Keys {
		if c := t.in.Column(key[0]); len(key) == 1 && c.Generated {
			taken = append(taken, c.Name)
		}
	}
	return taken
}

// count says how many columns were found in the end, in the place of how many seemed to be there.
func (t *TableMatch) count() {
	n := 0
	for _, f := range t.Fields {
		if f.Found.Claimed() {
			n++
		}
	}
	t.Found.Why = slices.Clone(t.Found.Why)
	for i, why := range t.Found.Why {
		if strings.HasSuffix(why, byName) {
			t.Found.Why[i] = fmt.Sprintf("%d of %d columns", n, len(t.Fields))
		}
	}
}

// nothing says that no table was found, and which came nearest.
func (p *Proposal) nothing() error {
	var nearest []Guess
	for _, t := range p.Tables {
		for _, n := range t.Nearest {
			n.Name = fmt.Sprintf("%s for %s", n.Name, t.Table.Name)
			nearest = append(nearest, n)
		}
	}
	return fmt.Errorf("none of the %d tables of schema %s looks like one of %s (%s); name another --schema or --source",
		len(p.Database.Tables), p.Database.Schema, p.Manifest.Source, candidates(best(nearest, 5)))
}
