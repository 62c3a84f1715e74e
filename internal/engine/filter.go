package engine

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// filter takes secrets out of texts. It is never changed, and so can be used by many.
type filter struct {
	// hidden are replaced wherever they stand, by everywhere.
	hidden     []string
	everywhere *strings.Replacer
	// words are replaced by inAddress, where they are said to be a password: addressed are those that an address has as one.
	words, addressed []string
	inAddress        *regexp.Regexp
}

// unlearned are passwords that nobody told of, in the address of any Postgres and in the query of any address.
var unlearned = regexp.MustCompile(`(?i)(\bpostgres(?:ql)?(?:\+\w+)?://[^\s:/@]*:)(?:[^\s/"'<>]+|[^\s@]+)(@)|([?&]password=)[^\s&#"']+`)

func newFilter(hidden, words []string) *filter {
	f := &filter{hidden: hidden, words: words}
	for _, list := range [][]string{hidden, words} { // one may be the beginning of another
		slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), strings.Compare(a, b)) })
	}
	var pairs, quoted []string
	for _, h := range hidden {
		pairs = append(pairs, h, "xxxxx")
	}
	f.everywhere = strings.NewReplacer(pairs...)
	for _, w := range words {
		f.addressed, quoted = append(f.addressed, ":"+w+"@"), append(quoted, regexp.QuoteMeta(w))
	}
	either := "(?:" + strings.Join(quoted, "|") + ")"
	f.inAddress = regexp.MustCompile(`(:)` + either + `(@)|((?i:passw(?:or)?d)["']?\s*[:=]\s*["']?)` + either)
	return f
}

// text is a text without secrets. Most texts have none, and many are large: expressions take long to see that, so they are
// asked where there can be something alone.
func (f *filter) text(t string) string {
	if t == "" {
		return t
	}
	if anyOf(t, f.hidden) {
		t = f.everywhere.Replace(t)
	}
	low := strings.ToLower(t)
	if anyOf(t, f.addressed) || strings.Contains(low, "passw") && anyOf(t, f.words) {
		t = f.inAddress.ReplaceAllString(t, "${1}${3}xxxxx${2}")
	}
	if strings.Contains(low, "postgres") && strings.Contains(low, "://") || strings.Contains(low, "password=") {
		t = unlearned.ReplaceAllString(t, "${1}${3}xxxxx${2}")
	}
	return t
}

// anyOf tells whether a text has any of several in it.
func anyOf(text string, parts []string) bool {
	return slices.ContainsFunc(parts, func(p string) bool { return strings.Contains(text, p) })
}
