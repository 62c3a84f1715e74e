package sandbox

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Where fixtures stand in a source's folder.
const (
	seedFolder    = "seed"
	seedPlan      = "seed.yaml"
	noticesFolder = "notices"
)

// SeedFromFixtures makes a seed of a source's fixtures: seed/<object>.json holds arrays of bodies, each as it is or as
// {"context": {…}, "body": {…}} where it hangs on a fan-out; seed/seed.yaml says when all this was, and how many clones are
// made of which templates; notices/<topic>.json, with a dot for the slash, is what a notice says. What is wrong is told all
// at once, as Problems.
func SeedFromFixtures(m *manifest.Manifest, fsys fs.FS) (*Seed, error) {
	f := &fixtures{manifest: m, fsys: fsys, seed: &Seed{Objects: map[string][]Object{}, Notices: map[string][]byte{}}}
	plan := f.plan()
	if err := f.folder(seedFolder, f.objects); err != nil {
		return nil, err
	}
	if err := f.folder(noticesFolder, f.notice); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	f.check()
	if len(f.problems) > 0 {
		plan.omit(f.spoilt)
	}
	x := newMultiplier(m, f.seed.Objects, plan.plenty)
	if problems := append(f.problems, x.survey()...); len(problems) > 0 {
		return nil, problems
	}
	var problems Problems
	if f.seed.Objects, problems = x.multiply(); len(problems) > 0 {
		return nil, problems
	}
	return f.seed, nil
}

// seedFile is seed.yaml.
type seedFile struct {
	At     time.Time `yaml:"at"`
	plenty `yaml:",inline"`
}

// fixtures is a folder of fixtures being read.
type fixtures struct {
	manifest *manifest.Manifest
	fsys     fs.FS
	seed     *Seed
	problems Problems
}

func (f *fixtures) wrong(where, format string, args ...any) {
	f.problems = append(f.problems, Problem{Where: where, What: fmt.Sprintf(format, args...)})
}

func (f *fixtures) plan() seedFile {
	var s seedFile
	file := path.Join(seedFolder, seedPlan)
	data, err := fs.ReadFile(f.fsys, file)
	if err != nil {
		f.wrong(file, "it cannot be read: %v", err)
		return s
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(&s); err != nil && !errors.Is(err, io.EOF) {
		f.wrong(file, "it has keys multiply, fresh and at, a time: %v", err)
		return s
	}
	if s.At.IsZero() {
		f.wrong(file, "it must say at which time all this was: at: 2026-01-31T12:00:00Z")
	}
	f.seed.At = s.At.UTC()
	return s
}

// spoilt tells whether the file of an object gave no template: why, has been said.
func (f *fixtures) spoilt(name string) bool {
	_, err := fs.Stat(f.fsys, path.Join(seedFolder, name+".json"))
	return err == nil && len(f.seed.Objects[name]) == 0
}

// folder reads every file of a folder; the plan has been read before.
func (f *fixtures) folder(name string, read func(file, stem string, data []byte)) error {
	entries, err := fs.ReadDir(f.fsys, name)
	if err != nil {
		return fmt.Errorf("reading the fixtures of %s: %w", f.manifest.Source, err)
	}
	for _, e := range entries {
		file := path.Join(name, e.Name())
		stem, isJSON := strings.CutSuffix(e.Name(), ".json")
		switch {
		case file == path.Join(seedFolder, seedPlan):
		case !isJSON || e.IsDir():
			f.wrong(file, "nothing reads it: fixtures are files ending in .json, and %s/%s", seedFolder, seedPlan)
		default:
			data, err := fs.ReadFile(f.fsys, file)
			if err != nil {
				return fmt.Errorf("reading the fixtures of %s: %w", f.manifest.Source, err)
			}
			if err := json.Unmarshal(data, new(json.RawMessage)); err != nil {
				f.wrong(file, "it is no JSON: %v", err)
				continue
			}
			read(file, stem, data)
		}
	}
	return nil
}

// notice keeps what a notice says.
func (f *fixtures) notice(file, stem string, data []byte) {
	topic := strings.ReplaceAll(stem, ".", "/")
	if !slices.ContainsFunc(f.manifest.Webhooks.Notices, func(n manifest.Notice) bool { return n.Topic == topic }) {
		f.wrong(file, "the manifest's webhooks.notices have no topic %s", topic)
		return
	}
	f.seed.Notices[topic] = compact(data)
}

// objects reads the templates of one kind.
func (f *fixtures) objects(file, name string, data []byte) {
	o, known := f.manifest.Object(name)
	if !known || o.NotApplicable != "" {
		f.wrong(file, "the manifest has no object %s that could be listed", name)
		return
	}
	data = compact(data)
	if data[0] != '[' {
		f.wrong(file, "it is no array of objects")
		return
	}
	n := 0
	elements(data, 0, func(at span) bool {
		where := fmt.Sprintf("%s[%d]", file, n)
		n++
		element := slices.Clone(data[at.start:at.end])
		if element[0] != '{' {
			f.wrong(where, "it is no object")
			return true
		}
		template := Object{Body: element, Ref: where}
		if f.wrapped(where, element, o, &template) {
			template.Key, _ = keyOf(template.Body, o.Key)
			f.seed.Objects[name] = append(f.seed.Objects[name], template)
		}
		return true
	})
}

// wrapped takes body and context out of an element that has both; ok is false where they are not as they should be.
func (f *fixtures) wrapped(where string, element []byte, o *manifest.Object, template *Object) (ok bool) {
	var w struct {
		Context map[string]string `json:"context"`
		Body    json.RawMessage   `json:"body"`
	}
	if _, has := raw(element, "context"); !has {
		return true
	}
	dec := json.NewDecoder(bytes.NewReader(element))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil || len(w.Body) == 0 || w.Body[0] != '{' {
		f.wrong(where, `an element with a context is {"context": {"name": "text"}, "body": {…}}`)
		return false
	}
	for name := range w.Context {
		if !slices.ContainsFunc(slices.Concat(o.Lists, o.Alternatives), func(l manifest.List) bool { return l.Each != nil && l.Each.As == name }) {
			f.wrong(where, "its context has %s, which is no fan-out of %s", name, o.Name)
			return false
		}
	}
	template.Body, template.Context = w.Body, w.Context
	return true
}

// check holds the templates against the manifest, as an account's store would, and their children and times besides.
func (f *fixtures) check() {
	_, err := New(Config{Manifest: f.manifest, Seed: f.seed})
	var problems Problems
	if errors.As(err, &problems) {
		f.problems = append(f.problems, problems...)
	} else if err != nil {
		f.problems = append(f.problems, Problem{What: err.Error()})
	}
	for _, name := range sortedKeys(f.seed.Objects) {
		o, _ := f.manifest.Object(name)
		k := newKind(f.manifest, o, nil)
		seen := map[ownID]string{}
		for _, t := range f.seed.Objects[name] {
			if r, err := k.record(t.Body, t.Context, 0); err == nil && !f.seed.At.IsZero() && r.changed.After(f.seed.At) {
				f.wrong(t.Ref, "its %s is after the time of the seed, %s", k.clock.Field, f.seed.At.Format(time.RFC3339))
			}
			f.children(t, o.Children, "")
			for id := range ownIDs(o, t.Body) {
				if first, twice := seen[id]; twice && id.kind != name {
					f.wrong(t.Ref, "%s has the id %s a second time: see %s", id.kind, id.value, first)
				}
				seen[id] = t.Ref
			}
		}
	}
}

// children finds children without the key that the manifest says they have.
func (f *fixtures) children(t Object, children []manifest.Child, below string) {
	for i := range children {
		c := &children[i]
		for _, part := range c.Key {
			if part[0] == '@' {
				continue
			}
			have, want := len(texts(t.Body, below+c.At+"."+part)), countAt(t.Body, below+c.At)
			if have != want {
				f.wrong(t.Ref, "%d of the %d in %s have no %s, which is their key", want-have, want, below+c.At, part)
			}
		}
		f.children(t, c.Children, below+c.At+".")
	}
}

// countAt is how many objects stand at a path that may lead through arrays.
func countAt(doc []byte, at string) int {
	return countFrom(doc, skipSpace(doc, 0), split(at))
}

func countFrom(doc []byte, start int, at []string) int {
	n := 0
	switch {
	case doc[start] == '[':
		elements(doc, start, func(value span) bool {
			n += countFrom(doc, value.start, at)
			return true
		})
	case doc[start] == '{' && len(at) == 0:
		return 1
	case doc[start] == '{':
		if next, ok := child(doc, start, at[0]); ok {
			return countFrom(doc, next.start, at[1:])
		}
	}
	return n
}

func compact(data []byte) []byte {
	var b bytes.Buffer
	_ = json.Compact(&b, data) // it was found to be JSON
	return b.Bytes()
}
