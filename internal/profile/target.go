package profile

import (
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Target is a target's profile: how to start it, how to drive it, and what it calls things. Texts may hold placeholders such as
// {port} or {account.url}, which are filled in after the file was read; see Placeholders. A value ${NAME} of an env, of headers and
// of attach's database is that of a variable of syncspec's own environment.
type Target struct {
	// APIVersion is the version of this format: "syncspec/v1".
	APIVersion string `yaml:"apiVersion" jsonschema:"enum=syncspec/v1"`
	// Kind tells a profile from a manifest: "Target".
	Kind string `yaml:"kind" jsonschema:"enum=Target"`
	// Name is shown with every result.
	Name string `yaml:"name"`
	// Source is the one source that the profile is for. Empty is any: then nothing may be said of objects and names.
	Source string `yaml:"source,omitempty"`
	// Covers are the objects that the target copies; all if left out. All others must stand in excluded.
	Covers []string `yaml:"covers,omitempty"`
	// Excluded are the objects that the target does not copy. They are not verified, and each verdict says so.
	Excluded []Excluded `yaml:"excluded,omitempty"`
	// Lacks are what the target does not have at all. The checks that need it fail for that reason, unless they are waived.
	Lacks []Lack `yaml:"lacks,omitempty"`
	// Waivers is a file of accepted failures, from the profile's folder.
	Waivers string `yaml:"waivers,omitempty"`

	// Start is the one process that is the target. Without it, processes and attach the target is commands only: verbs by exec
	// and sql.
	Start *Start `yaml:"start,omitempty"`
	// Processes are several that are the target together, such as a web server and a worker. They are started in this order,
	// each when the one before it is ready, and the first is the one that is spoken to.
	Processes []Process `yaml:"processes,omitempty"`
	// Attach is a target that runs already.
	Attach *Attach `yaml:"attach,omitempty"`
	// Migrate makes the tables, in a database that is new. Without it the bundled reference makes its own, which follow the SOP's
	// convention.
	Migrate *Migrate `yaml:"migrate,omitempty"`
	// Reach is how the target comes to the gateway, which stands for the source: by its address (base_url), by that over TLS
	// (tls), or by a proxy that takes the provider's own host (proxy).
	Reach string `yaml:"reach,omitempty" jsonschema:"enum=base_url,enum=tls,enum=proxy,default=base_url"`
	// Network is where the target runs: on this machine (host), or in a container of an engine here (bridge).
	Network string `yaml:"network,omitempty" jsonschema:"enum=host,enum=bridge,default=host"`
	// Verbs map what the harness wants done to what the target has. Without them the target speaks the default protocol; with
	// them each verb is mapped or lacking.
	Verbs *VerbMap `yaml:"verbs,omitempty"`
	// Names are what the target calls its schema, tables and columns, where that is not the SOP's convention.
	Names *NamesSpec `yaml:"names,omitempty"`

	// File is where the profile stands, Dir its folder, from which paths in it start.
	File string `yaml:"-"`
	Dir  string `yaml:"-"`
	// Secrets are the values that came from the environment: no report may show them.
	Secrets []string `yaml:"-"`

	places *manifest.Places
}

// Excluded is an object that the target does not copy.
type Excluded struct {
	// Object is its name in the manifest.
	Object string `yaml:"object"`
	// Why is shown with every verdict.
	Why string `yaml:"why"`
}

// Lack is a notion that the target does not have.
type Lack struct {
	// What is one of the notions below.
	What Notion `yaml:"what" jsonschema:"enum=describe,enum=connect,enum=authorize,enum=sync,enum=register_webhooks,enum=webhook,enum=retry,enum=stats,enum=disconnect,enum=raw,enum=tenants,enum=company,enum=row_times,enum=metadata,enum=counts,enum=start_date"`
	// Why is what the checks say that fail for want of it.
	Why string `yaml:"why"`
}

// LoadTarget reads a profile, and with lookup what it takes from the environment; without lookup references to that stay as they
// are. What is wrong with it comes as manifest.Errors, all at once and by position.
func LoadTarget(file string, lookup func(name string) (string, bool)) (Target, error) {
	data, err := manifest.ReadFile(file, "a profile is")
	if err != nil {
		return Target{}, fmt.Errorf("reading the profile %s: %w", file, err)
	}
	dir, err := filepath.Abs(filepath.Dir(file))
	if err != nil {
		return Target{}, fmt.Errorf("finding the folder of the profile %s: %w", file, err)
	}
	return parse(file, dir, data, lookup)
}

// parse makes a profile of a file's bytes; what it refers to is in dir.
func parse(file, dir string, data []byte, lookup func(name string) (string, bool)) (Target, error) {
	t := Target{File: file, Dir: dir}
	places, err := manifest.StrictPlaces(file, data, &t, func(at manifest.Report) {
		t.check(at)
		if lookup != nil {
			t.takeEnvironment(at, lookup)
		}
	})
	if problems, ok := errors.AsType[manifest.Errors](err); ok {
		hint(&problems[0], data)
	}
	if err != nil {
		return Target{}, err
	}
	t.places = places
	return t, nil
}

// unquotedMark is a value that begins with a placeholder, without the quotes that YAML then needs.
var unquotedMark = regexp.MustCompile(`[:,\[-]\s*\{[a-z_.]+(\?\}|\}[^\s,\]}#])`)

// flowMark is a placeholder in the middle of a value without quotes, within a mapping or a list on one line, whose end YAML takes its
// brace for.
var flowMark = regexp.MustCompile(`[{\[][^"'#]*[^\s"'#{,:\[]\{[a-z_.]+\??\}`)

// hint says of a file that is no YAML at all what is right in profiles.
func hint(p *manifest.Problem, data []byte) {
	switch {
	case p.Message == "the file is empty":
		p.Hint = "a profile begins with apiVersion: syncspec/v1 and kind: Target"
	case p.Message == "a second YAML document begins here":
		p.Hint = "one file holds one profile: remove the --- line or split the file"
	case strings.HasPrefix(p.Message, "not valid YAML"):
		lines := strings.Split(string(data), "\n")
		for line := max(p.Line-1, 1); line <= min(p.Line+1, len(lines)); line++ { // the parser notices late, or the line after
			if unquotedMark.MatchString(lines[line-1]) {
				p.Line, p.Hint = line, "a value that begins with { must be in quotes"
				return
			}
			if flowMark.MatchString(lines[line-1]) {
				p.Line, p.Hint = line, "a value with a placeholder in it must be in quotes here"
				return
			}
		}
	}
}

// Program is a command's executable, by its path, or by its name where PATH is to be searched, and its arguments.
func (t Target) Program(command []string) (path string, args []string) {
	path = command[0]
	if filepath.Base(path) != path {
		path = t.Path(path)
	}
	return path, command[1:]
}

// Path is where a file or folder is that the profile names: relative ones start from its folder, and none is that folder.
func (t Target) Path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(t.Dir, name)
}
