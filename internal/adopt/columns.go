package adopt

import (
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
)

// Field is a field of the source, and the column that it was found in.
type Field struct {
	manifest.Field
	Found Guess
	// Nearest are other columns that came into question.
	Nearest []Guess
	// Kept is the form in which the column keeps the value, where that is another one, and KeptWhy how that was seen.
	Kept    profile.Kept
	KeptWhy string
	// Notes are what a person has to judge.
	Notes []string
}

// matcher holds what all comparisons of a source need.
type matcher struct {
	m       *manifest.Manifest
	aliases [][]string
}

// fields pairs the fields of a table with the columns that nothing else has taken.
func (x *matcher) fields(t manifest.Table, in *Table, taken []string) []Field {
	free := slices.DeleteFunc(slices.Clone(in.Columns), func(c *Column) bool { return slices.Contains(taken, c.Name) })
	table := words(in.Name)
	columns := make([][]form, len(free))
	for j, c := range free {
		columns[j] = columnForms(c, table, x.aliases)
	}
	guesses, scores := make([][]Guess, len(t.Fields)), make([][]float64, len(t.Fields))
	for i, f := range t.Fields {
		guesses[i], scores[i] = make([]Guess, len(free)), make([]float64, len(free))
		forms := fieldForms(f, x.aliases)
		for j, c := range free {
			guesses[i][j] = compare(f, c, alike(forms, columns[j]))
			if scores[i][j] = guesses[i][j].Confidence; scores[i][j] < worth {
				scores[i][j] = 0
			}
		}
	}
	pairs := assign(scores)
	all := make([]Field, len(t.Fields))
	for i, f := range t.Fields {
		all[i] = Field{Field: f}
		var rivals []Guess
		for j, g := range guesses[i] {
			if owner := slices.Index(pairs, j); owner < 0 || owner != i && guesses[owner][j].Confidence < claimed {
				rivals = append(rivals, g)
			}
		}
		rivals = best(rivals, 3)
		j := pairs[i]
		if j < 0 {
			all[i].Nearest = rivals
			continue
		}
		// Another field without a column of its own may mean the same one.
		for k := range t.Fields {
			if k != i && pairs[k] < 0 && guesses[k][j].Confidence > guesses[i][j].Confidence-close && scores[k][j] > 0 {
				rivals = best(append(rivals, Guess{"also " + t.Fields[k].Column, guesses[k][j].Confidence, nil}), 3)
			}
		}
		all[i].Found, all[i].Nearest = guesses[i][j].doubt(rivals), rivals
		if !all[i].Found.Claimed() {
			all[i].Nearest = best(append(rivals, all[i].Found), 3)
			all[i].Found = Guess{}
			continue
		}
		all[i].form(free[j])
	}
	for i := range all {
		if !all[i].Found.Claimed() {
			all[i].inside(in)
		}
	}
	return all
}

// compare is how likely a column is a field's, by names that are so much alike.
func compare(f manifest.Field, c *Column, name float64) Guess {
	if f.Column == c.Name {
		name = 1
	}
	g := Guess{Name: c.Name, Confidence: name}
	if name == 0 {
		return g
	}
	switch {
	case name > 0.99:
		g.Why = []string{"name"}
	case name > partly:
		g.Why = []string{"like name"}
	default:
		g.Why = []string{"part of name"}
	}
	switch fit := fits(f.Type, c.Kind); {
	case fit == 1:
		g.Why = append(g.Why, "type")
	default:
		g = g.less(fit, c.Type+" for "+string(f.Type))
	}
	right, judged := judge(f, c)
	switch {
	case judged == 0:
	case float64(right) >= 0.9*float64(judged):
		g = g.more(0.3, values(judged))
	case right*2 < judged:
		g = g.less(0.5, fmt.Sprintf("but not %d of %s", judged-right, values(judged)))
	}
	return g
}

func values(n int) string {
	if n == 1 {
		return "1 value"
	}
	return fmt.Sprintf("%d values", n)
}

// fits is how well a kind of column takes a type of value: a factor.
func fits(t manifest.FieldType, k Kind) float64 {
	table := map[manifest.FieldType]map[Kind]float64{
		manifest.Text:      {Text: 1, UUID: 0.8, Whole: 0.7, Array: 0.6, Decimal: 0.5, Truth: 0.5, JSON: 0.6},
		manifest.Integer:   {Whole: 1, Decimal: 0.95, Text: 0.8},
		manifest.Decimal:   {Decimal: 1, Whole: 0.95, Text: 0.85},
		manifest.Boolean:   {Truth: 1, Whole: 0.75, Text: 0.7},
		manifest.Timestamp: {Time: 1, Day: 0.8, Whole: 0.9, Text: 0.8},
		manifest.JSON:      {JSON: 1, Text: 0.8, Array: 0.85},
	}
	if fit := table[t][k]; fit > 0 {
		return fit
	}
	return 0.3
}

// form judges in which form a column keeps the values.
func (f *Field) form(c *Column) {
	switch {
	case f.Type == manifest.Timestamp && c.Naive:
		f.Kept, f.KeptWhy = profile.NaiveUTC, c.Type+", taken for UTC"
	case f.Type == manifest.Timestamp && c.Kind == Whole:
		f.epoch(c)
	case f.Type == manifest.Decimal && c.Kind == Whole:
		f.hundredths(c)
	case f.Type == manifest.Timestamp && c.Kind == Day:
		f.Notes = append(f.Notes, fmt.Sprintf("%s is a date: the time of the day is lost", c.Name))
	case f.Type == manifest.Integer && c.Kind == Whole && !c.Wide && strings.HasSuffix(f.Column, "id"):
		f.Notes = append(f.Notes, fmt.Sprintf("%s is %s: ids beyond 2147483647 do not fit", c.Name, c.Type))
	}
}

// epoch tells seconds from milliseconds, by size or by name.
func (f *Field) epoch(c *Column) {
	name := words(c.Name)
	large, n := 0, 0
	for _, v := range c.Values {
		if len(strings.TrimLeft(v, "-")) > 0 && v != "0" {
			n++
			if len(strings.TrimLeft(v, "-")) >= 12 {
				large++
			}
		}
	}
	switch {
	case n > 0 && large == n:
		f.Kept, f.KeptWhy = profile.UnixMillis, values(n)
	case n > 0 && large == 0:
		f.Kept, f.KeptWhy = profile.Unix, values(n)
	case slices.ContainsFunc(name, func(w string) bool { return slices.Contains([]string{"ms", "milli", "millis"}, w) }):
		f.Kept, f.KeptWhy = profile.UnixMillis, "name"
	case slices.ContainsFunc(name, func(w string) bool { return slices.Contains([]string{"unix", "epoch", "sec", "second"}, w) }):
		f.Kept, f.KeptWhy = profile.Unix, "name"
	default:
		f.Notes = append(f.Notes, fmt.Sprintf("%s is a number: seconds or milliseconds? kept: {%s: unix}, or unix_millis", c.Name, f.Column))
	}
}

// moneys are words of amounts. Quantities, rates and weights may well be whole numbers.
var moneys = []string{"price", "total", "subtotal", "amount", "cost", "tax", "discount", "fee", "spent", "refund", "balance", "net", "paid"}

// hundredths tells amounts in minor units from numbers that are whole.
func (f *Field) hundredths(c *Column) {
	name := words(c.Name)
	said := slices.ContainsFunc(name, func(w string) bool { return w == "cent" || w == "minor" || w == "penny" })
	odd, n := 0, 0
	for _, v := range c.Values {
		if v != "0" {
			n++
			if !strings.HasSuffix(v, "00") {
				odd++
			}
		}
	}
	money := slices.ContainsFunc(words(f.Column), func(w string) bool { return slices.Contains(moneys, w) }) && !slices.Contains(words(f.Column), "quantity")
	switch {
	case said && n > 0:
		f.Kept, f.KeptWhy = profile.MinorUnits, "name, "+c.Type+", "+values(n)
	case said:
		f.Kept, f.KeptWhy = profile.MinorUnits, "name, "+c.Type
	case money && n == 0:
		f.Kept, f.KeptWhy = profile.MinorUnits, "only because "+c.Type+" has no decimals; no values to tell"
		f.Found = f.Found.less(0.85, "no values")
	case money && largest(c.Values) >= 3:
		f.Kept, f.KeptWhy = profile.MinorUnits, fmt.Sprintf("%s, %s, of which %d are no hundreds", c.Type, values(n), odd)
	default:
		f.Notes = append(f.Notes, fmt.Sprintf("%s is %s: decimals are lost, unless it is hundredths: kept: {%s: minor_units}", c.Name, c.Type, f.Column))
	}
}

// largest is how many digits the largest of numbers has.
func largest(values []string) int {
	most := 0
	for _, v := range values {
		most = max(most, len(strings.TrimLeft(v, "-")))
	}
	return most
}

// inside notes a JSON column that has a field of a nested object in it, which is no column to compare.
func (f *Field) inside(in *Table) {
	outer, _, nested := strings.Cut(f.Path, ".")
	if c := in.Column(outer); nested && c != nil && c.Kind == JSON {
		f.Notes = append(f.Notes, fmt.Sprintf("it may be inside of %s, which is %s: no column to compare", c.Name, c.Type))
	}
}
