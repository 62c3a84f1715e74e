package artifact

import (
	"crypto/sha256"
	"encoding/hex"
	"path"
	"regexp"
	"strings"
)

// nameOf is the folder of a spec: its check, which may have slashes, and its subject.
func nameOf(check, subject string) string {
	var parts []string
	for part := range strings.SplitSeq(check, "/") {
		parts = append(parts, safe(part))
	}
	return path.Join(append(parts, safe(subject))...)
}

// plain is a name that means the same on every file system: small letters, for some do not tell capitals apart, no dot at
// its beginning or end, and not too long.
var plain = regexp.MustCompile(`^[a-z0-9_]([a-z0-9._-]{0,62}[a-z0-9_])?$`)

// reserved are names of devices on Windows, whatever stands behind a dot.
var reserved = regexp.MustCompile(`^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)`)

// others are what a plain name does not have.
var others = regexp.MustCompile(`[^a-z0-9_-]+`)

// safe is a name for a folder. A plain one stays; of any other what is plain stays, with a digest behind it by which it
// is told apart from its likes.
func safe(name string) string {
	if plain.MatchString(name) && !reserved.MatchString(name) && !digested.MatchString(name) {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	rest := others.ReplaceAllString(strings.ToLower(name), "-")
	rest = strings.Trim(rest[:min(len(rest), 40)], "-")
	if rest != "" {
		rest += "-"
	}
	return rest + hex.EncodeToString(sum[:4])
}

// digested is a name that looks as if safe had made it: it gets a digest too.
var digested = regexp.MustCompile(`(^|-)[0-9a-f]{8}$`)
