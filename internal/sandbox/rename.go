package sandbox

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// A clone's ids replace the template's wherever these stand: as numbers, and within text such as links. So they must be
// long enough not to be anything else by chance.
const (
	shortestID    = 6
	shortestToken = 16
	shortestText  = 4
)

// ownID is an id that belongs to an object or one of its children, and to no other; kind is whose it is.
type ownID struct{ kind, value string }

// ownIDs are the ids by which an object and its children are known. Parts of a composite key are ids of others, and
// children that are known within their parent only may keep what they have.
func ownIDs(k *manifest.Object, body []byte) iter.Seq[ownID] {
	return func(yield func(ownID) bool) {
		if len(k.Key) == 1 {
			if v, ok := text(body, k.Key[0]); ok && !yield(ownID{k.Name, v}) {
				return
			}
		}
		childIDs(k.Children, "", body, yield)
	}
}

func childIDs(children []manifest.Child, below string, body []byte, yield func(ownID) bool) bool {
	for i := range children {
		c := &children[i]
		if c.KeyScope != "parent" && len(c.Key) == 1 && c.Key[0][0] != '@' {
			for _, v := range texts(body, below+c.At+"."+c.Key[0]) {
				if !yield(ownID{c.Table, v}) {
					return false
				}
			}
		}
		if !childIDs(c.Children, below+c.At+".", body, yield) {
			return false
		}
	}
	return true
}

// renaming is what makes a clone of a family.
type renaming struct {
	// ids are the new ids by the old ones, texts the new text by the old one, as both are written in JSON.
	ids, texts map[string]string
	// back is how much older the clone is.
	back time.Duration

	replacer *strings.Replacer
}

// rewrite returns a body with everything renamed and older. Next are new values by path. All other bytes stay.
func (r *renaming) rewrite(k *manifest.Object, body []byte, next map[string][]byte) []byte {
	strangers := r.strangers(k, body)
	return rewriteScalars(body, func(path string, value []byte) []byte {
		if v, ok := next[path]; ok {
			return v
		}
		if value[0] != '"' {
			if id, ok := r.ids[string(value)]; ok {
				return []byte(id)
			}
			return value
		}
		old := string(value[1 : len(value)-1])
		own := !slices.ContainsFunc(strangers, func(s string) bool { return strings.HasPrefix(path, s) })
		if older, ok := r.older(old); ok && own {
			return quoted(older)
		}
		return quoted(r.replace(old))
	})
}

// strangers are the paths of what a body shows of objects that are not cloned, such as an order's customer.
func (r *renaming) strangers(k *manifest.Object, body []byte) []string {
	var out []string
	for _, ref := range k.References {
		at, field, nested := cutLast(ref.Field)
		if v, _ := text(body, ref.Field); nested && field == "id" && r.ids[v] == "" {
			out = append(out, at+".")
		}
	}
	return out
}

func cutLast(path string) (before, last string, found bool) {
	i := strings.LastIndexByte(path, '.')
	if i < 0 {
		return "", path, false
	}
	return path[:i], path[i+1:], true
}

var (
	moment    = regexp.MustCompile(`^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)?)?$`)
	digitRuns = regexp.MustCompile(`\d+`)
)

// older moves a time back, in the form in which it is written.
func (r *renaming) older(s string) (string, bool) {
	if !moment.MatchString(s) {
		return "", false
	}
	for _, layout := range []string{time.RFC3339, naiveUTC, time.DateOnly} {
		if at, err := time.Parse(layout, s); err == nil {
			return at.Add(-r.back).Format(layout), true
		}
	}
	return "", false
}

// replace renames what stands in a text.
func (r *renaming) replace(s string) string {
	if r.replacer == nil {
		olds := slices.SortedFunc(maps.Keys(r.texts), func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
		var pairs []string
		for _, old := range olds {
			pairs = append(pairs, old, r.texts[old])
		}
		r.replacer = strings.NewReplacer(pairs...)
	}
	return digitRuns.ReplaceAllStringFunc(r.replacer.Replace(s), func(run string) string {
		if id, ok := r.ids[run]; ok {
			return id
		}
		return run
	})
}

// context renames the values of a fan-out.
func (r *renaming) context(old map[string]string) map[string]string {
	if old == nil {
		return nil
	}
	out := make(map[string]string, len(old))
	for name, value := range old {
		out[name] = r.replace(value)
	}
	return out
}

// rewriteScalars returns a copy of a document in which every scalar is what each makes of it; a path does not tell the
// elements of an array apart.
func rewriteScalars(doc []byte, each func(path string, value []byte) []byte) []byte {
	out := make([]byte, 0, len(doc)+len(doc)/16)
	last := 0
	eachScalar(doc, skipSpace(doc, 0), "", func(path string, at span) {
		out = append(append(out, doc[last:at.start]...), each(path, doc[at.start:at.end])...)
		last = at.end
	})
	return append(out, doc[last:]...)
}

// eachScalar goes through the scalars of the value that begins at start, and returns where it ends.
func eachScalar(doc []byte, start int, path string, each func(path string, at span)) (end int) {
	i := skipSpace(doc, start+1)
	switch doc[start] {
	case '{':
		for doc[i] != '}' {
			key := span{i, skipText(doc, i)}
			name, _ := scalar(doc[key.start:key.end])
			if path != "" {
				name = path + "." + name
			}
			i = skipSpace(doc, skipSpace(doc, key.end)+1) // past the colon
			i = pastComma(doc, eachScalar(doc, i, name, each))
		}
		return i + 1
	case '[':
		for doc[i] != ']' {
			i = pastComma(doc, eachScalar(doc, i, path, each))
		}
		return i + 1
	}
	end = skipValue(doc, start)
	each(path, span{start, end})
	return end
}

func pastComma(doc []byte, i int) int {
	if i = skipSpace(doc, i); doc[i] == ',' {
		return skipSpace(doc, i+1)
	}
	return i
}

// rawTexts are all texts at a path that may lead through arrays, as they are written, without their quotes.
func rawTexts(doc []byte, path string) []string {
	var out []string
	eachScalar(doc, skipSpace(doc, 0), "", func(at string, s span) {
		if at == path && doc[s.start] == '"' {
			out = append(out, string(doc[s.start+1:s.end-1]))
		}
	})
	return out
}

func isToken(s string) bool {
	return len(s) >= shortestToken && strings.Trim(s, "0123456789abcdef") == ""
}

// numberIn is the last number in a text, -1 where there is none.
func numberIn(s string) int64 {
	runs := digitRuns.FindAllString(s, -1)
	if len(runs) == 0 {
		return -1
	}
	n, err := strconv.ParseInt(runs[len(runs)-1], 10, 64)
	if err != nil {
		return -1
	}
	return n
}

// withNumber puts another number in the place of the last one, with as many digits at least.
func withNumber(s string, n int64) string {
	runs := digitRuns.FindAllStringIndex(s, -1)
	last := runs[len(runs)-1]
	return s[:last[0]] + fmt.Sprintf("%0*d", last[1]-last[0], n) + s[last[1]:]
}

// withSuffix makes another text of one; a mail address stays one.
func withSuffix(s, n string) string {
	if user, host, ok := strings.Cut(s, "@"); ok {
		return user + "+" + n + "@" + host
	}
	return s + "-" + n
}
