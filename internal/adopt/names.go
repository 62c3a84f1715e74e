package adopt

import (
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// form is one way to write a name, and how much is lost by that.
type form struct {
	words  []string
	factor float64
}

// whens are words that say of a time what its type says too, and whose it is.
var whens = []string{"at", "on", "date", "time", "datetime", "timestamp", "ts", "gmt", "utc", "in", "store", "shop", "remote", "external", "source", "provider", "upstream"}

// units are words for another form of a value.
var (
	cents   = []string{"cent", "minor", "unit", "penny"}
	seconds = []string{"unix", "epoch", "ms", "milli", "millis", "sec", "second"}
	packed  = []string{"json", "jsonb", "data", "raw", "blob", "info", "detail"}
)

// fieldForms are the names by which a field of the source may go.
func fieldForms(f manifest.Field, aliases [][]string) []form {
	column, path := words(f.Column), words(manifest.DefaultColumn(f.Path))
	forms := []form{{column, 1}, {path, 0.98}, {without(column, aliases, true), 0.96}}
	parts := strings.Split(f.Path, ".")
	for i := 1; i < len(parts); i++ {
		forms = append(forms, form{words(strings.Join(parts[i:], "_")), 0.9 - 0.03*float64(i-1)})
	}
	switch f.Type {
	case manifest.Timestamp:
		forms = append(forms, bare(forms, whens)...)
	case manifest.JSON:
		forms = append(forms, bare(forms, packed)...)
	}
	return distinct(forms)
}

// columnForms are the names that a column's name may stand for.
func columnForms(c *Column, table []string, aliases [][]string) []form {
	name := words(c.Name)
	forms := []form{{name, 1}, {without(name, aliases, true), 0.97}}
	if len(table) > 0 {
		forms = append(forms, form{without(name, [][]string{table, table[len(table)-1:]}, false), 0.94})
	}
	switch c.Kind {
	case Whole:
		forms = append(forms, bare(forms, cents)...)
		forms = append(forms, bare(forms, seconds)...)
		forms = append(forms, bare(forms, slices.Concat(seconds, whens))...)
	case Time, Day:
		forms = append(forms, bare(forms, whens)...)
	case JSON:
		forms = append(forms, bare(forms, packed)...)
	}
	return distinct(forms)
}

// bare are the forms without some words.
func bare(forms []form, out []string) []form {
	var all []form
	for _, f := range forms {
		if rest := drop(f.words, out); len(rest) < len(f.words) {
			all = append(all, form{rest, f.factor * 0.96})
		}
	}
	return all
}

// distinct keeps of forms with the same words the best.
func distinct(forms []form) []form {
	var all []form
	for _, f := range forms {
		i := slices.IndexFunc(all, func(g form) bool { return slices.Equal(f.words, g.words) })
		switch {
		case i < 0:
			all = append(all, f)
		case all[i].factor < f.factor:
			all[i].factor = f.factor
		}
	}
	return all
}

// alike is how alike two names are, each in all its forms.
func alike(a, b []form) float64 {
	best := 0.0
	for _, x := range a {
		for _, y := range b {
			if factor := x.factor * y.factor; factor > best {
				best = max(best, factor*same(x.words, y.words))
			}
		}
	}
	return best
}

// partly is the most that two names get that have only some words in common: it takes more than that to claim anything.
const partly = 0.5

// same is how much two names say the same.
func same(a, b []string) float64 {
	switch {
	case slices.Equal(a, b):
		return 1
	case joined(a) == joined(b):
		return 0.97
	case slices.EqualFunc(a, b, func(x, y string) bool { return meaning(x) == meaning(y) }):
		return 0.92
	case meaningful(a) == meaningful(b):
		return 0.88
	}
	return partly * overlap(a, b)
}

// meaningful is what the words of a name mean, in whatever order.
func meaningful(name []string) string {
	all := make([]string, len(name))
	for i, w := range name {
		all[i] = meaning(w)
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}
