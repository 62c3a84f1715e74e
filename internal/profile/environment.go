package profile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

var (
	variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// reference is a value that is to be taken from the environment.
	reference = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)
	// password is a URL with one in it.
	password = regexp.MustCompile(`://[^\s:/@]*:[^\s@]+@`)
)

// given are the variables that every target is given; those of a profile would be lost among them.
var given = []string{"PATH", "HOME", "TMPDIR"}

// listen is the one variable of syncspec's own that a profile may set, as it may DATABASE_URL.
const listen = "SYNCSPEC_LISTEN"

// checkEnv reports variables that cannot be set.
func checkEnv(at manifest.Report, path string, env map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		switch {
		case !variable.MatchString(name):
			at(manifest.Key(path, name), fmt.Sprintf("%q is no name of an environment variable", name), "write letters, digits and _")
		case slices.Contains(given, name), strings.HasPrefix(name, "SYNCSPEC_") && name != listen:
			at(manifest.Key(path, name), name+" is set by the run itself", "remove it")
		}
	}
}

// takeEnvironment puts values of the environment in the place of references to them.
func (t *Target) takeEnvironment(at manifest.Report, lookup func(name string) (string, bool)) {
	texts := t.texts()
	if t.Attach != nil {
		texts = append(texts, text{path: "attach.database", value: t.Attach.Database, use: asAddress, set: func(s string) { t.Attach.Database = s }})
	}
	for _, x := range texts {
		found := reference.FindStringSubmatch(x.value)
		if found == nil || x.use != asEnv && x.use != asHeader && x.use != asAddress {
			continue
		}
		value, ok := lookup(found[1])
		secret := value
		if _, mistaken := find(found[1]); mistaken && !ok {
			continue // that has been said
		}
		switch {
		case !ok:
			at(x.path, found[1]+" is not set in the environment", "set it for this command, or write the value itself if it is no secret")
			continue
		case x.use == asAddress && !isDatabase(value):
			at(x.path, "the value of "+found[1]+" is no address of a database", "set it to postgres://user:password@host:port/name")
		case x.use != asAddress: // what comes from the environment is no template
			value = strings.ReplaceAll(value, "{", "{{")
		}
		x.set(value)
		if secret != "" {
			t.Secrets = append(t.Secrets, secret)
		}
	}
}
