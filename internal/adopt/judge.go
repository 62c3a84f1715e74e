package adopt

import (
	"regexp"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

// What values look like.
var (
	isoTime  = regexp.MustCompile(`^\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?$`)
	digits   = regexp.MustCompile(`^-?\d+$`)
	amount   = regexp.MustCompile(`^-?\d+(\.\d+)?$`)
	truth    = regexp.MustCompile(`^(?i:t|f|true|false|yes|no|0|1)$`)
	mail     = regexp.MustCompile(`^[^@\s]+@[^@\s]+$`)
	address  = regexp.MustCompile(`^(https?:)?//\S+$`)
	currency = regexp.MustCompile(`^[A-Z]{3}$`)
	country  = regexp.MustCompile(`^[A-Z]{2}$`)
	gid      = regexp.MustCompile(`^gid://`)
	hash64   = regexp.MustCompile(`^[0-9a-fA-F]{64}$`)
	document = regexp.MustCompile(`^\s*[\[{]`)
)

// judge counts the values of a column that look like those of a field, of those that can be judged. That a column of the
// right type has values of that type says nothing.
func judge(f manifest.Field, c *Column) (right, judged int) {
	look := shape(f)
	if c.Kind == Text && look == nil {
		look = map[manifest.FieldType]*regexp.Regexp{
			manifest.Timestamp: isoTime, manifest.Integer: digits, manifest.Decimal: amount, manifest.Boolean: truth, manifest.JSON: document,
		}[f.Type]
	}
	if look == nil || c.Kind != Text {
		return 0, 0
	}
	for _, v := range c.Values {
		if v == "" {
			continue
		}
		judged++
		if look.MatchString(v) {
			right++
		}
	}
	return right, judged
}

// shape is what a text's name promises of it; nil where nothing.
func shape(f manifest.Field) *regexp.Regexp {
	if f.Type != manifest.Text {
		return nil
	}
	name := words(f.Column)
	has := func(w string) bool { return slices.Contains(name, w) }
	last := name[len(name)-1]
	switch {
	case last == "email":
		return mail
	case last == "url", last == "permalink", last == "src":
		return address
	case last == "currency":
		return currency
	case has("country") && last == "code":
		return country
	case has("graphql") && last == "id":
		return gid
	}
	return nil
}

// all tells whether there are values, and all of them match.
func all(values []string, look *regexp.Regexp) bool {
	return len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return !look.MatchString(v) })
}
