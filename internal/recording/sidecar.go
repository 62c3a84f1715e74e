package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// sidecar is recording.yaml as written.
type sidecar struct {
	APIVersion    string              `yaml:"apiVersion"`
	Kind          string              `yaml:"kind"`
	Source        string              `yaml:"source"`
	Mode          string              `yaml:"mode"`
	Recorder      string              `yaml:"recorder"`
	RecordedAt    time.Time           `yaml:"recorded_at"`
	RecordedUntil time.Time           `yaml:"recorded_until"`
	Software      string              `yaml:"software"`
	Environment   []string            `yaml:"environment"`
	APIVer        string              `yaml:"api_version"`
	BaseURL       string              `yaml:"base_url"`
	Phases        map[string][]string `yaml:"phases"`
	Partial       []Partial           `yaml:"partial"`
	Cassettes     []cassetteEntry     `yaml:"cassettes"`
	Deliveries    []fileEntry         `yaml:"deliveries"`
	Truth         []fileEntry         `yaml:"truth"`

	phaseOrder []string
}

// fileEntry is a file with its checksum.
type fileEntry struct {
	File   string `yaml:"file"`
	SHA256 string `yaml:"sha256"`
}

// cassetteEntry is a cassette file with what it must hold.
type cassetteEntry struct {
	File         string `yaml:"file"`
	SHA256       string `yaml:"sha256"`
	Interactions int    `yaml:"interactions"`
	Repeats      string `yaml:"repeats"`
}

func (c cassetteEntry) name() string { return strings.TrimSuffix(c.File, ".yaml") }

// repeatsSequence is the one value of a cassette's repeats key.
const repeatsSequence = "sequence"

// parseSidecar reads recording.yaml. Without a sidecar nothing else can be checked; with one, the caller goes on
// to the files so that all problems come out at once.
func parseSidecar(file string, data []byte) (*sidecar, Problems) {
	var side sidecar
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	err := dec.Decode(&side)
	var typeErr *yaml.TypeError
	var problems Problems
	switch {
	case errors.As(err, &typeErr):
		for _, msg := range typeErr.Errors {
			problems = append(problems, yamlProblem(file, msg))
		}
	case errors.Is(err, io.EOF):
		return nil, Problems{{File: file, What: "the file is empty", Fix: "restore it from version control"}}
	case err != nil:
		return nil, Problems{{File: file, What: err.Error(), Fix: "mend the YAML, or restore the file from version control"}}
	}
	var tree yaml.Node
	if err := yaml.Unmarshal(data, &tree); err != nil {
		return nil, append(problems, Problem{File: file, What: err.Error(), Fix: "mend the YAML"})
	}
	v := &sidecarCheck{file: file, tree: &tree, side: &side}
	v.run()
	return &side, append(problems, v.problems...)
}

var (
	lineMessage    = regexp.MustCompile(`^line (\d+): (.*)$`)
	unknownMessage = regexp.MustCompile(`field (\S+) not found in type recording\.(\w+)`)
)

// yamlProblem turns the decoder's message, which speaks of Go types, into one that speaks of the file.
func yamlProblem(file, msg string) Problem {
	p := Problem{File: file, What: msg, Fix: "mend the key"}
	if m := lineMessage.FindStringSubmatch(msg); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		p.What = m[2]
	}
	if m := unknownMessage.FindStringSubmatch(p.What); m != nil {
		p.What = fmt.Sprintf("unknown key %q", m[1])
		p.Fix = "known here are " + strings.Join(knownKeys(m[2]), ", ")
	}
	return p
}

func knownKeys(typeName string) []string {
	var keys []string
	for _, v := range []any{sidecar{}, Partial{}, cassetteEntry{}, fileEntry{}} {
		t := reflect.TypeOf(v)
		if t.Name() != typeName {
			continue
		}
		for f := range t.Fields() {
			if key := f.Tag.Get("yaml"); key != "" {
				keys = append(keys, key)
			}
		}
	}
	return keys
}

// sidecarCheck checks the sidecar's own sense, before any file is opened.
type sidecarCheck struct {
	file     string
	tree     *yaml.Node
	side     *sidecar
	problems Problems
}

func (v *sidecarCheck) add(node *yaml.Node, what, fix string) {
	p := Problem{File: v.file, What: what, Fix: fix}
	if node != nil {
		p.Line = node.Line
	}
	v.problems = append(v.problems, p)
}

func (v *sidecarCheck) run() {
	s := v.side
	root := documentRoot(v.tree)
	v.oneOf(root, "apiVersion", s.APIVersion, "syncspec/v1")
	v.oneOf(root, "kind", s.Kind, "Recording")
	v.oneOf(root, "mode", s.Mode, "recorded", "recorded-sandbox")
	for _, f := range []struct{ key, value string }{
		{"source", s.Source}, {"recorder", s.Recorder}, {"software", s.Software}, {"api_version", s.APIVer},
	} {
		if f.value == "" {
			v.add(child(root, f.key), fmt.Sprintf("%s is missing", f.key), "say it: a recording without provenance proves nothing")
		}
	}
	if s.RecordedAt.IsZero() {
		v.add(child(root, "recorded_at"), "recorded_at is missing", "say when, as 2006-01-02T15:04:05Z")
	}
	if u, err := url.Parse(s.BaseURL); err != nil || u.Scheme == "" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		v.add(child(root, "base_url"), fmt.Sprintf("base_url %q is no scheme and host", s.BaseURL),
			"give what the recorded URLs begin with, such as https://store.example.test")
	}
	names := v.cassettes(child(root, "cassettes"))
	v.files(child(root, "deliveries"), s.Deliveries)
	v.files(child(root, "truth"), s.Truth)
	v.phases(child(root, "phases"), names)
	v.partial(child(root, "partial"))
}

func (v *sidecarCheck) oneOf(root *yaml.Node, key, value string, allowed ...string) {
	if !slices.Contains(allowed, value) {
		v.add(child(root, key), fmt.Sprintf("%s is %q", key, value), "write "+strings.Join(allowed, " or "))
	}
}

func (v *sidecarCheck) cassettes(list *yaml.Node) []string {
	var names []string
	if len(v.side.Cassettes) == 0 {
		v.add(list, "no cassettes are listed", "list each as {file, interactions, sha256}")
	}
	for i, c := range v.side.Cassettes {
		at := item(list, i)
		switch {
		case !strings.HasSuffix(c.File, ".yaml") || strings.Contains(c.File, "/"):
			v.add(at, fmt.Sprintf("cassette file %q", c.File), "name a .yaml file beside "+SidecarName)
		case slices.Contains(names, c.name()):
			v.add(at, fmt.Sprintf("cassette %q is listed twice", c.name()), "keep one of the entries")
			continue
		}
		if c.Repeats != "" && c.Repeats != repeatsSequence {
			v.add(at, fmt.Sprintf("cassette %q has repeats: %s", c.name(), c.Repeats), "write sequence, or leave it out")
		}
		names = append(names, c.name())
	}
	return names
}

func (v *sidecarCheck) files(list *yaml.Node, entries []fileEntry) {
	seen := map[string]bool{}
	for i, e := range entries {
		if seen[e.File] {
			v.add(item(list, i), fmt.Sprintf("file %q is listed twice", e.File), "keep one of the entries")
		}
		seen[e.File] = true
	}
}

func (v *sidecarCheck) phases(mapping *yaml.Node, cassettes []string) {
	if len(v.side.Phases) == 0 {
		v.add(mapping, "no phases are named", "name at least one set of cassettes that may be served together")
		return
	}
	if mapping == nil || mapping.Kind != yaml.MappingNode {
		return
	}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		name, members := mapping.Content[i].Value, mapping.Content[i+1]
		v.side.phaseOrder = append(v.side.phaseOrder, name)
		if len(v.side.Phases[name]) == 0 {
			v.add(mapping.Content[i], fmt.Sprintf("phase %q has no cassettes", name), "name them, or remove the phase")
		}
		var seen []string
		for j, member := range v.side.Phases[name] {
			if !slices.Contains(cassettes, member) {
				v.add(item(members, j), fmt.Sprintf("phase %q names an unknown cassette %q", name, member),
					"name one of those under cassettes, without .yaml")
			}
			if slices.Contains(seen, member) {
				v.add(item(members, j), fmt.Sprintf("phase %q names cassette %q twice", name, member), "keep one")
			}
			seen = append(seen, member)
		}
	}
}

func (v *sidecarCheck) partial(list *yaml.Node) {
	for i, p := range v.side.Partial {
		if p.Object == "" || p.Why == "" || !strings.HasPrefix(p.Path, "/") {
			v.add(item(list, i), fmt.Sprintf("partial %q is incomplete", p.Path), "give object, path (from /) and why")
		}
	}
}

// documentRoot, child and item find the line that a problem is to be shown with; all accept nil.
func documentRoot(n *yaml.Node) *yaml.Node {
	if n != nil && n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		return n.Content[0]
	}
	return n
}

func child(n *yaml.Node, key string) *yaml.Node {
	if n == nil || n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

func item(n *yaml.Node, i int) *yaml.Node {
	if n == nil || n.Kind != yaml.SequenceNode || i >= len(n.Content) {
		return nil
	}
	return n.Content[i]
}
