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
	// Kept is the form in which the column keeps the value, where that is another one, and KeptBy how that was seen.
	Kept   profile.Kept
	KeptBy Guess
	// Notes are what a person has to judge.
	Notes []string
}

// matcher holds what all comparisons of a source need.
type matcher struct {
	m       *manifest.Manifest
	aliases [][]string
}

// fields pairs the fields of a table with the columns that nothing else has taken.
func (x *matcher) fields(t manifest.Table, in *Table, taken []string, matched []*TableMatch) []Field {
	free := slices.DeleteFunc(slices.Clone(in.Columns), func(c *Column) bool { return slices.Contains(taken, c.Name) })
	table := words(in.Name)
	columns := make([][]form, len(free))
	for j, c := range free {
		columns[j] = columnForms(c, table, x.aliases)
	}
	guesses, scores := make([][]Guess, len(t.Fields)), make([][]float64, len(t.Fields))
	for i, f := range t.Fields {
		guesses[i], scores[i] = make([]Guess, len(free)), make([]float64, len(free))
		forms := append(fieldForms(f, x.aliases), x.referring(f, matched)...)
		for j, c := range free {
			guesses[i][j] = compare(f, c, alike(forms, columns[j]))
			scores[i][j] = guesses[i][j].score()
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
		var others []Guess
		// Another field without a column of its own may mean the same one.
		for k := range t.Fields {
			if k != i && pairs[k] < 0 && guesses[k][j].Confidence > guesses[i][j].Confidence-tie && scores[k][j] > 0 {
				others = append(others, Guess{t.Fields[k].Column + "'s", guesses[k][j].Confidence, nil})
			}
		}
		all[i].Found, all[i].Nearest = guesses[i][j].doubt(best(append(others, rivals...), 3)), rivals
		if !all[i].Found.Claimed() {
			all[i].Nearest = best(append(rivals, all[i].Found), 3)
			all[i].Found = Guess{}
			continue
		}
		all[i].form(free[j])
	}
	return all
}

// referring are the names of a field with another object's id, by what the target calls the table of that: line_item_id is
// order_line_id where line items are in order_lines.
func (x *matcher) referring(f manifest.Field, matched []*TableMatch) []form {
	name := words(f.Column)
	last := len(name) - 1
	if last < 1 || name[last] != "id" {
		return nil
	}
	var all []form
	for _, t := range matched {
		if own, theirs := without(words(t.Table.Name), x.aliases, false), without(words(t.in.Name), x.aliases, false); slices.Equal(own, name[:last]) {
			all = append(all, form{append(theirs, "id"), 0.9})
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

// fitting is how well the kinds of columns take a type of value.
var fitting = map[manifest.FieldType]map[Kind]float64{
	manifest.Text:      {Text: 1, UUID: 0.8, Whole: 0.7, Array: 0.6, Decimal: 0.5, Truth: 0.5, JSON: 0.6},
	manifest.Integer:   {Whole: 1, Decimal: 0.95, Text: 0.8},
	manifest.Decimal:   {Decimal: 1, Whole: 0.95, Text: 0.85},
	manifest.Boolean:   {Truth: 1, Whole: 0.75, Text: 0.7},
	manifest.Timestamp: {Time: 1, Day: 0.8, Whole: 0.9, Text: 0.8},
	manifest.JSON:      {JSON: 1, Text: 0.8, Array: 0.85},
}

// fits is how well a kind of column takes a type of value: a factor.
func fits(t manifest.FieldType, k Kind) float64 {
	if fit := fitting[t][k]; fit > 0 {
		return fit
	}
	return 0.3
}

// form judges in which form a column keeps the values.
func (f *Field) form(c *Column) {
	switch {
	case f.Type == manifest.Timestamp && c.Naive:
		f.keep(profile.NaiveUTC, 0.9, c.Type+", taken for UTC")
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

// keep notes a form.
func (f *Field) keep(form profile.Kept, confidence float64, why ...string) {
	f.Kept, f.KeptBy = form, Guess{string(form), confidence, why}
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
		f.keep(profile.UnixMillis, 0.97, "size", values(n))
	case n > 0 && large == 0:
		f.keep(profile.Unix, 0.97, "size", values(n))
	case slices.ContainsFunc(name, func(w string) bool { return slices.Contains([]string{"ms", "milli", "millis"}, w) }):
		f.keep(profile.UnixMillis, 0.85, "name")
	case slices.ContainsFunc(name, func(w string) bool { return slices.Contains([]string{"unix", "epoch", "sec", "second"}, w) }):
		f.keep(profile.Unix, 0.85, "name")
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
		f.keep(profile.MinorUnits, 0.98, "name", c.Type, values(n))
	case said:
		f.keep(profile.MinorUnits, 0.95, "name", c.Type)
	case money && n == 0:
		f.keep(profile.MinorUnits, 0.65, c.Type+" has no decimals; no values to tell")
	case money && largest(c.Values) >= 3:
		f.keep(profile.MinorUnits, 0.65+0.25*float64(odd)/float64(n), c.Type, fmt.Sprintf("%s, %d of them no hundreds", values(n), odd))
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

// inside is the JSON column that may have what was not found in it; nil if none. That is no column to compare.
func inside(path string, in *Table) *Column {
	outer, _, _ := strings.Cut(path, ".")
	for _, c := range in.Columns {
		if c.Kind == JSON && slices.Equal(words(c.Name), words(outer)) {
			return c
		}
	}
	return nil
}
