package profile

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Target is a target's profile: the file that says how to start it. What it starts speaks the default protocol.
type Target struct {
	APIVersion string `yaml:"apiVersion" jsonschema:"enum=syncspec/v1"`
	Kind       string `yaml:"kind" jsonschema:"enum=Target"`
	// Name is shown with every result.
	Name  string `yaml:"name"`
	Start Start  `yaml:"start"`

	// Dir is the folder of the file, in which the target is started.
	Dir string `yaml:"-"`
	// Secrets are the values that came from the environment: no report may show them.
	Secrets []string `yaml:"-"`
}

// Start is the process that is the target.
type Start struct {
	// Command is the program, by its name in PATH or its path from the profile's folder, and its arguments.
	Command []string `yaml:"command"`
	// Env are variables besides those that every target is given: PATH, HOME, TMPDIR, and what the protocol names. A value
	// ${NAME} is that of a variable of syncspec's own environment, which is the place for secrets.
	Env map[string]string `yaml:"env,omitempty"`
}

// maxProfile is far above the size of any profile, so that a file that is none is not read whole.
const maxProfile = 1 << 20

// LoadTarget reads a profile, and with lookup what it takes from the environment. What is wrong with it comes as
// manifest.Errors, all at once and by position.
func LoadTarget(file string, lookup func(name string) (string, bool)) (Target, error) {
	data, err := read(file)
	if err != nil {
		return Target{}, fmt.Errorf("reading the profile %s: %w", file, err)
	}
	var t Target
	err = manifest.Strict(file, data, &t, func(at func(path, message, hint string)) {
		t.check(at)
		t.fill(at, lookup)
	})
	if problems, ok := errors.AsType[manifest.Errors](err); ok && problems[0].Message == "the file is empty" {
		problems[0].Hint = "a profile begins with apiVersion: syncspec/v1 and kind: Target"
	}
	if err != nil {
		return Target{}, err
	}
	if t.Dir, err = filepath.Abs(filepath.Dir(file)); err != nil {
		return Target{}, fmt.Errorf("finding the folder of the profile %s: %w", file, err)
	}
	return t, nil
}

// read reads a file that is not larger than a profile can be.
func read(file string) ([]byte, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return nil, bare(err)
	case !info.Mode().IsRegular():
		return nil, errors.New("it is no regular file")
	case info.Size() > maxProfile:
		return nil, errors.New("it is larger than 1 MiB, and a profile is a few lines")
	}
	data, err := os.ReadFile(file)
	return data, bare(err)
}

// bare drops the operation and the path from an error of the file system: the caller names the file.
func bare(err error) error {
	if place, ok := errors.AsType[*os.PathError](err); ok {
		return place.Err
	}
	return err
}

var (
	variable = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// reference is a value that is to be taken from the environment.
	reference = regexp.MustCompile(`^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$`)
	// password is a URL with one in it.
	password = regexp.MustCompile(`://[^\s:/@]*:[^\s@]+@`)
)

// given are the variables that every target is given; those of a profile would be lost among them.
var given = []string{"PATH", "HOME", "TMPDIR", "DATABASE_URL"}

// check reports what the types cannot say.
func (t *Target) check(at func(path, message, hint string)) {
	if strings.ContainsFunc(t.Name, func(r rune) bool { return r < ' ' }) {
		at("name", "must be one line", "")
	}
	for i, arg := range t.Start.Command {
		if password.MatchString(arg) {
			at(fmt.Sprintf("start.command[%d]", i), "a password in an argument can be read by everybody on the machine", "put it into start.env")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(t.Start.Env)) {
		path := "start.env." + name
		switch {
		case !variable.MatchString(name):
			at("start.env", fmt.Sprintf("%q is no name of an environment variable", name), "write letters, digits and _")
		case slices.Contains(given, name), strings.HasPrefix(name, "SYNCSPEC_"):
			at(path, fmt.Sprintf("%s is set by the run itself", name), "remove it")
		}
	}
}

// fill puts values of the environment in the place of references to them.
func (t *Target) fill(at func(path, message, hint string), lookup func(name string) (string, bool)) {
	for _, name := range slices.Sorted(maps.Keys(t.Start.Env)) {
		found := reference.FindStringSubmatch(t.Start.Env[name])
		if found == nil {
			continue
		}
		value, ok := lookup(found[1])
		if !ok {
			at("start.env."+name, found[1]+" is not set in the environment", "set it for this command, or write the value itself if it is no secret")
			continue
		}
		t.Start.Env[name] = value
		if value != "" {
			t.Secrets = append(t.Secrets, value)
		}
	}
}

// Program is the executable's path, or its name where PATH is to be searched, and Args are the arguments.
func (t Target) Program() (path string, args []string) {
	path = t.Start.Command[0]
	if filepath.Base(path) != path && !filepath.IsAbs(path) {
		path = filepath.Join(t.Dir, path)
	}
	return path, t.Start.Command[1:]
}

// Env is the profile's part of the environment, as KEY=value, sorted.
func (t Target) Env() []string {
	var env []string
	for _, name := range slices.Sorted(maps.Keys(t.Start.Env)) {
		env = append(env, name+"="+t.Start.Env[name])
	}
	return env
}
