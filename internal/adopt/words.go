package adopt

import (
	"slices"
	"strings"
	"unicode"

	"github.com/syncspec/syncspec/internal/manifest"
)

// words takes a name apart: order_lineItems2 is order, line, item, 2. Plurals become singulars.
func words(name string) []string {
	var all []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			all = append(all, singular(strings.ToLower(string(word))))
			word = nil
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			end()
			continue
		case i == 0:
		case unicode.IsDigit(r) != unicode.IsDigit(runes[i-1]):
			end()
		case unicode.IsUpper(r) && unicode.IsLower(runes[i-1]):
			end()
		case unicode.IsUpper(r) && unicode.IsUpper(runes[i-1]) && i+1 < len(runes) && unicode.IsLower(runes[i+1]):
			end() // the last capital of URLOf begins a word
		}
		word = append(word, r)
	}
	end()
	return all
}

// singular is the singular of an English noun, near enough for a comparison of two that went through it.
func singular(w string) string {
	ends := func(suffix string) bool { return strings.HasSuffix(w, suffix) }
	switch {
	case len(w) < 4, ends("ss"), ends("us"), ends("is"):
		return w
	case ends("ies"):
		return w[:len(w)-3] + "y"
	case ends("sses"), ends("xes"), ends("ches"), ends("shes"), ends("uses"):
		return w[:len(w)-2]
	case ends("s"):
		return w[:len(w)-1]
	}
	return w
}

// synonyms are words that mean the same in a name, each line led by the one that stands for all.
var synonyms = func() map[string]string {
	meaning := map[string]string{}
	for line := range strings.SplitSeq(`
create insert ingest import make
created inserted ingested imported made
updated modified changed touched edited
deleted removed tombstoned trashed erased
email mail
zip postcode postal plz
province state region
quantity qty amount_of
description desc
image img picture
address addr
number num no nr
currency curr ccy
customer client buyer
variant variation
category cat
phone telephone tel
position idx index ordinal seq sequence
firstname forename
company business
expire expired expiry
language lang
parameter param
`, "\n") {
		all := strings.Fields(line)
		for _, w := range all {
			meaning[w] = all[0]
		}
	}
	return meaning
}()

func meaning(word string) string {
	if m := synonyms[word]; m != "" {
		return m
	}
	return word
}

// weak are words of table names that say little: orders, order_items and order_line_items.
var weak = []string{"line", "item", "link", "detail", "record", "entry", "row", "data", "table", "tbl"}

func weight(word string) float64 {
	if slices.Contains(weak, word) {
		return 0.5
	}
	return 1
}

// overlap is how much of two names is the same: 0 to 1.
func overlap(a, b []string) float64 {
	var total, common float64
	rest := slices.Clone(b)
	for _, w := range a {
		total += weight(w)
		same := slices.Index(rest, w)
		factor := 1.0
		if same < 0 {
			same, factor = slices.IndexFunc(rest, func(other string) bool { return meaning(other) == meaning(w) }), 0.9
		}
		if same >= 0 {
			common += weight(w) * factor
			rest = slices.Delete(rest, same, same+1)
		}
	}
	for _, w := range b {
		total += weight(w)
	}
	if total == 0 {
		return 0
	}
	return 2 * common / total
}

// aliases are the words by which names say that something is the source's: shopify; woocommerce, woo, wc.
func aliases(m *manifest.Manifest) [][]string {
	all := [][]string{words(m.Source)}
	title := strings.Fields(m.Title)
	if len(title) > 0 && !slices.Contains([]string{"a", "the"}, strings.ToLower(title[0])) {
		parts := words(title[0])
		all = append(all, parts)
		if len(parts) > 1 {
			initials := ""
			for _, p := range parts {
				initials += p[:1]
			}
			all = append(all, []string{parts[0]}, []string{initials})
		}
	}
	return all
}

// without takes the source's own words out of a name, at its beginning or anywhere.
func without(name []string, aliases [][]string, anywhere bool) []string {
	for _, alias := range aliases {
		for i := 0; i+len(alias) < len(name)+1 && (i == 0 || anywhere); i++ {
			if slices.Equal(name[i:i+len(alias)], alias) && len(name) > len(alias) {
				return slices.Concat(name[:i], name[i+len(alias):])
			}
		}
	}
	return name
}

// drop takes words out of a name; one that would be empty stays.
func drop(name, out []string) []string {
	rest := slices.DeleteFunc(slices.Clone(name), func(w string) bool { return slices.Contains(out, w) })
	if len(rest) == 0 {
		return name
	}
	return rest
}

func joined(name []string) string { return strings.Join(name, "") }
