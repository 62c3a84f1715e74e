package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Roles are the columns that all tables have and no object of the source.
type Roles struct {
	Integration, Company, Created, Updated, Deleted Guess
	// Notes are what a person has to judge.
	Notes []string
}

// role is a column of the target's own, and the names by which it goes.
type role struct {
	convention string
	names      map[string]float64
	kinds      []Kind
	// objects says that the tables of objects alone have it, and not those of arrays in them.
	objects bool
}

var roles = []role{
	{"integration_id", map[string]float64{
		"integration": 1, "connection": 0.92, "installation": 0.9, "install": 0.88, "store": 0.92, "shop": 0.92, "tenant": 0.9, "account": 0.88,
		"merchant": 0.86, "workspace": 0.82, "org": 0.84, "organization": 0.84, "organisation": 0.84, "site": 0.78, "credential": 0.75, "company": 0.64, "team": 0.7,
	}, []Kind{Whole, UUID, Text, Decimal}, false},
	{"company_id", map[string]float64{
		"company": 1, "organization": 0.86, "organisation": 0.86, "org": 0.86, "business": 0.82, "tenant": 0.8, "workspace": 0.76, "team": 0.74, "account": 0.66, "client": 0.64,
	}, []Kind{Whole, UUID, Text, Decimal}, false},
	{"created_at", map[string]float64{
		"created": 1, "create": 0.95, "inserted": 0.95, "insert": 0.92, "row created": 0.97, "record created": 0.95, "ingested": 0.88, "imported": 0.88, "loaded": 0.82, "stored": 0.8, "db created": 0.95,
	}, []Kind{Time}, false},
	{"updated_at", map[string]float64{
		"updated": 1, "update": 0.95, "modified": 0.93, "changed": 0.9, "touched": 0.93, "row updated": 0.97, "record updated": 0.95, "synced": 0.78, "last synced": 0.78, "last updated": 0.9, "last modified": 0.9, "db updated": 0.95,
	}, []Kind{Time}, false},
	{"deleted_at", map[string]float64{
		"deleted": 1, "delete": 0.95, "removed": 0.93, "remove": 0.9, "tombstoned": 0.93, "tombstone": 0.9, "trashed": 0.86, "erased": 0.86, "gone": 0.78, "archived": 0.66,
	}, []Kind{Time, Day}, true},
}

// ends are the last words of a role's name, which say nothing of whose it is.
var ends = []string{"id", "uuid", "key", "ref", "at", "on", "date", "time", "ts", "timestamp", "is", "utc"}

// like is how much a column's name is a role's.
func (r role) like(c *Column) float64 {
	if c.Name == r.convention {
		return 1
	}
	name := words(c.Name)
	rest := drop(name, ends)
	if len(rest) == len(name) && !r.objects { // "store" alone may be anything; "removed" is a tombstone
		return 0
	}
	return 0.98 * r.names[strings.Join(rest, " ")]
}

// provided tells whether the source has a time of a table's objects that may go by the role's name.
func (r role) provided(t manifest.Table) bool {
	return slices.ContainsFunc(t.Fields, func(f manifest.Field) bool {
		return f.Type == manifest.Timestamp && r.names[strings.Join(drop(words(f.Path), slices.Concat(ends, whens)), " ")] > 0
	})
}

// roles finds the columns that the matched tables have in common.
func (x *matcher) roles(matched []*TableMatch, d *Database) Roles {
	var names []string
	for _, t := range matched {
		for _, c := range t.in.Columns {
			if !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	slices.Sort(names)
	guesses, scores := make([][]Guess, len(roles)), make([][]float64, len(roles))
	for i, r := range roles {
		guesses[i], scores[i] = make([]Guess, len(names)), make([]float64, len(names))
		for j, name := range names {
			guesses[i][j] = x.role(r, name, matched, d)
			scores[i][j] = guesses[i][j].Confidence
		}
	}
	found := make([]Guess, len(roles))
	pairs := assign(scores)
	var out Roles
	for i, j := range pairs {
		if j < 0 {
			continue
		}
		var rivals []Guess
		for k, g := range guesses[i] {
			if !slices.Contains(pairs, k) {
				rivals = append(rivals, g)
			}
		}
		found[i] = guesses[i][j].doubt(best(rivals, 3))
		if !found[i].Claimed() {
			if found[i].Confidence >= worth {
				out.Notes = append(out.Notes, fmt.Sprintf("not found: %s; %s", roles[i].convention, candidates(best([]Guess{found[i]}, 1))))
			}
			found[i] = Guess{}
		}
	}
	out.Integration, out.Company, out.Created, out.Updated, out.Deleted = found[0], found[1], found[2], found[3], found[4]
	out.Notes = append(out.Notes, flags(matched, out.Deleted)...)
	return out
}

// role is how likely the columns of a name are a role's.
func (x *matcher) role(r role, name string, matched []*TableMatch, d *Database) Guess {
	g := Guess{Name: name, Why: []string{"name"}}
	has, all, typed, now, referring, plain, plainHas := 0, 0, 0, 0, 0, 0, 0
	times := r.kinds[0] == Time && !r.objects
	for _, t := range matched {
		if r.objects && t.Table.Child != nil {
			continue
		}
		all++
		// What the source says of when an object changed may go by the same name as the row's own time.
		provided := r.provided(t.Table)
		if !provided {
			plain++
		}
		c := t.in.Column(name)
		if c == nil {
			continue
		}
		has++
		g.Confidence = max(g.Confidence, r.like(c))
		if slices.Contains(r.kinds, c.Kind) {
			typed++
		}
		if c.Now {
			now++
		}
		if !provided {
			plainHas++
		}
		if slices.ContainsFunc(t.in.Foreign, func(f ForeignKey) bool {
			return len(f.Columns) == 1 && f.Columns[0] == name && !isMatched(matched, f.Table)
		}) {
			referring++
		}
	}
	if has == 0 || g.Confidence == 0 {
		return Guess{Name: name}
	}
	if typed*2 > has {
		g.Why = append(g.Why, "type")
	} else {
		g = g.less(0.4, "but not by type")
	}
	share := float64(has) / float64(all)
	if has < all {
		g = g.less(0.3+0.7*share, fmt.Sprintf("in %d of %d tables", has, all))
	} else if all > 1 {
		g.Why = append(g.Why, fmt.Sprintf("in all %d tables", all))
	}
	if referring*2 > has {
		g = g.more(0.3, "foreign key")
	}
	if !times {
		return g
	}
	switch {
	case now*2 > has:
		g = g.more(0.5, "default now()")
	case plain > 0 && plainHas*2 > plain && name == r.convention:
		// Tables have it for which the source has no such time: it is the row's own.
	default:
		g = g.less(0.85, "no default now(): it may be the source's")
	}
	return g
}

func isMatched(matched []*TableMatch, table string) bool {
	return slices.ContainsFunc(matched, func(t *TableMatch) bool { return t.in.Name == table })
}

// flags notes columns that say that a row is deleted and not when: no tombstone that a profile can name.
func flags(matched []*TableMatch, deleted Guess) []string {
	if deleted.Claimed() {
		return nil
	}
	for _, t := range matched {
		for _, c := range t.in.Columns {
			if flag := slices.ContainsFunc(words(c.Name), func(w string) bool { return meaning(w) == "deleted" }); flag && c.Kind == Truth && t.Table.Child == nil {
				return []string{fmt.Sprintf("%s is a flag (%s): syncspec takes a row for deleted where deleted_at is not null; give it a generated column, GENERATED ALWAYS AS (NULLIF(%[1]s, false)) STORED", c.Name, c.Type)}
			}
		}
	}
	return nil
}
