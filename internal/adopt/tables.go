package adopt

import (
	"fmt"
	"math"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

// TableMatch is a table of the source, and what was found of it.
type TableMatch struct {
	Table manifest.Table
	Found Guess
	// Nearest are other tables that came into question.
	Nearest []Guess
	// ID is the column with the source's id, Parent that with the parent's, ParentBy what it refers to if not to that id.
	ID, Parent, ParentBy     Guess
	IDNearest, ParentNearest []Guess
	Fields                   []Field
	Notes                    []string

	in       *Table
	refersTo string
}

// outline is what a comparison of tables needs of one: the words of its name, for each column what its name may mean, and how
// much that tells.
type outline struct {
	raw     string
	names   []form
	columns [][]string
	weights []float64
	// means are the columns by what they may mean.
	means map[string][]int
}

// byName ends the reason that counts columns before each was looked at.
const byName = " columns by name"

// tables pairs the source's tables with those of the database.
func (x *matcher) tables(free []*Table) []*TableMatch {
	sources := slices.DeleteFunc(x.m.Tables(), func(t manifest.Table) bool { return !t.Object.Applies() })
	wanted, there := x.wanted(sources), x.there(free)
	first := make([][]Guess, len(sources))
	for i := range sources {
		first[i] = make([]Guess, len(free))
		for j := range free {
			first[i][j] = resemble(wanted[i], there[j], free[j])
		}
	}
	guesses, pairs := first, pair(first)
	for range 2 { // what a table refers to tells something only when that is known
		guesses = make([][]Guess, len(sources))
		for i, t := range sources {
			guesses[i] = slices.Clone(first[i])
			parent := slices.IndexFunc(sources, func(p manifest.Table) bool { return p.Name == t.Parent })
			if parent < 0 {
				continue
			}
			for j := range free {
				if guesses[i][j].Confidence >= worth {
					guesses[i][j] = relate(guesses[i][j], free, j, pairs, parent)
				}
			}
		}
		pairs = pair(guesses)
	}
	return matches(sources, free, guesses, pairs)
}

// pair assigns tables by their confidence.
func pair(guesses [][]Guess) []int {
	scores := make([][]float64, len(guesses))
	for i, row := range guesses {
		scores[i] = make([]float64, len(row))
		for j, g := range row {
			scores[i][j] = g.score()
		}
	}
	return assign(scores)
}

// relate weighs which other tables a table refers to, besides those that none of the source's was found in.
func relate(g Guess, free []*Table, j int, pairs []int, parent int) Guess {
	elsewhere := false
	for _, f := range free[j].Foreign {
		to := slices.IndexFunc(free, func(t *Table) bool { return t.Name == f.Table })
		switch {
		case to < 0 || to == j:
		case to == pairs[parent]:
			return g.more(0.3, "foreign key")
		case slices.Contains(pairs, to):
			elsewhere = true
		}
	}
	if elsewhere {
		return g.less(0.8, "but refers to another table")
	}
	return g
}

// matches makes of pairs what is known of each of the source's tables.
func matches(sources []manifest.Table, free []*Table, guesses [][]Guess, pairs []int) []*TableMatch {
	all := make([]*TableMatch, len(sources))
	for i, t := range sources {
		all[i] = &TableMatch{Table: t}
		var rivals []Guess
		for j, g := range guesses[i] {
			if owner := slices.Index(pairs, j); owner < 0 || owner != i && guesses[owner][j].Confidence < claimed {
				rivals = append(rivals, g)
			}
		}
		rivals = best(rivals, 3)
		all[i].Nearest = rivals
		if pairs[i] < 0 {
			continue
		}
		g := guesses[i][pairs[i]]
		if found := g.doubt(rivals); found.Claimed() {
			all[i].Found, all[i].in = found, free[pairs[i]]
		} else {
			all[i].Nearest = best(append(rivals, found), 3)
		}
	}
	return all
}

// resemble is how likely a table is one of the source's.
func resemble(want, there outline, t *Table) Guess {
	found, right, total := 0, 0.0, 0.0
	explained := make([]bool, len(there.columns))
	for i, keys := range want.columns {
		total += want.weights[i]
		for _, key := range keys {
			if j := slices.IndexFunc(there.means[key], func(j int) bool { return !explained[j] }); j >= 0 {
				explained[there.means[key][j]] = true
				found++
				right += want.weights[i]
				break
			}
		}
	}
	name := 0.0
	for _, a := range want.names {
		for _, b := range there.names {
			likeness := 1.0
			if !slices.Equal(a.words, b.words) {
				likeness = 0.98 * overlap(a.words, b.words)
			}
			name = max(name, a.factor*b.factor*likeness)
		}
	}
	g := Guess{Name: t.Name}
	n := float64(len(want.columns))
	columns, part := 0.0, 0.0
	if found > 0 {
		recall, precision := right/total, float64(found)/float64(len(there.columns))
		columns = min(1, 2*recall*precision/(recall+precision)/0.7)
	}
	if n > 0 {
		part = 0.6 * n / (n + 3)
	}
	g.Confidence = (1-part)*name + part*columns
	if n >= 5 {
		g.Confidence = max(g.Confidence, 0.72*columns)
	}
	if n > 0 && found == 0 {
		g.Confidence *= 0.6 // a name alone
	}
	if name > 0.97 && (found > 0 || n == 0) {
		g.Confidence = max(g.Confidence, 0.85+0.15*columns)
	}
	if t.Name == want.raw && found == len(want.columns) {
		g.Confidence = 1
	}
	if g.Confidence < worth {
		return g // most of them: nothing is said of it
	}
	switch {
	case name > 0.97:
		g.Why = append(g.Why, "name")
	case name > 0.5:
		g.Why = append(g.Why, "like name")
	}
	g.Why = append(g.Why, fmt.Sprintf("%d of %d"+byName, found, len(want.columns)))
	return g
}

// wanted outlines the source's tables. A column that only one of them has tells more than one that all have.
func (x *matcher) wanted(sources []manifest.Table) []outline {
	all, in := make([]outline, len(sources)), map[string]int{}
	for i, t := range sources {
		full := words(t.Name)
		all[i].raw = t.Name
		all[i].names = distinct([]form{{full, 1}, {without(full, x.aliases, false), 0.98}})
		if t.Child == nil {
			all[i].names = append(all[i].names, form{words(t.Object.Name), 0.97})
		}
		for _, f := range t.Fields {
			keys := meanings(fieldForms(f, x.aliases))
			all[i].columns = append(all[i].columns, keys)
			in[keys[0]]++
		}
	}
	for i := range all {
		for _, keys := range all[i].columns {
			all[i].weights = append(all[i].weights, 1/math.Sqrt(float64(in[keys[0]])))
		}
	}
	return all
}

// there outlines the database's tables. What many of them begin with is a prefix, what most of them have is no object's own.
func (x *matcher) there(tables []*Table) []outline {
	in, begin := map[string]int{}, map[string]int{}
	for _, t := range tables {
		for _, c := range t.Columns {
			in[c.Name]++
		}
		if name := words(t.Name); len(name) > 1 {
			begin[name[0]]++
		}
	}
	all := make([]outline, len(tables))
	for j, t := range tables {
		full := words(t.Name)
		names := []form{{full, 1}, {without(full, x.aliases, false), 0.98}, {without(full, x.aliases, true), 0.96}}
		if len(full) > 1 && begin[full[0]] > 2 && begin[full[0]]*5 > len(tables)*3 {
			names = append(names, form{full[1:], 0.97}, form{without(full[1:], x.aliases, false), 0.96})
		}
		all[j].names, all[j].means = distinct(names), map[string][]int{}
		for _, c := range t.Columns {
			if common := len(tables) > 3 && in[c.Name]*5 > len(tables)*3; !common && c.Name != "id" {
				keys := meanings(columnForms(c, full, x.aliases))
				for _, key := range keys {
					all[j].means[key] = append(all[j].means[key], len(all[j].columns))
				}
				all[j].columns = append(all[j].columns, keys)
			}
		}
	}
	return all
}

// meanings are what the forms of a name mean, as keys to compare.
func meanings(forms []form) []string {
	var all []string
	for _, f := range forms {
		key := ""
		for _, w := range f.words {
			key += meaning(w)
		}
		if !slices.Contains(all, key) {
			all = append(all, key)
		}
	}
	return all
}
