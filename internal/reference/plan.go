package reference

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// source is a manifest with what follows from it worked out once.
type source struct {
	m       *manifest.Manifest
	objects []*object // parents first
	byName  map[string]*object
	topics  map[string][]route
	// elements are the meanings of topics for objects inside the one that the topic is of.
	elements map[string][]route
	// notices are the topics that tell of no object.
	notices map[string]bool
}

// object is a manifest object with the table it is refined into.
type object struct {
	*manifest.Object
	src   *source
	table *table
	// updatedColumn holds the source's time of change; empty where the provider has none.
	updatedColumn string
}

// route is one meaning a topic can have.
type route struct {
	object *object
	topic  manifest.Topic
}

func (s *source) idColumn() string      { return s.m.Source + "_object_id" }
func (s *source) rawTable() string      { return s.m.Source + "_raw_ingest" }
func (s *source) deletionTable() string { return s.m.Source + "_deletion" }

// newSource works a manifest out and refuses, all at once, what this target cannot do.
func newSource(m *manifest.Manifest) (*source, error) {
	s := &source{m: m, byName: map[string]*object{}, topics: map[string][]route{}, elements: map[string][]route{}, notices: map[string]bool{}}
	var problems []error
	refuse := func(format string, args ...any) { problems = append(problems, fmt.Errorf(format, args...)) }

	switch next := m.API.Pagination.Next; next.From {
	case "number", "header_link", "offset", "last_id":
	default:
		refuse("pagination.next.from %q: the reference walks number, header_link, offset and last_id", next.From)
	}
	for _, part := range m.Webhooks.Signature.Signs {
		if part != "body" && part != "url" && part != "delivery_id" {
			refuse("webhooks.signature.signs %q: the reference can check body, url and delivery_id", part)
		}
	}
	if m.OAuth != nil && len(m.API.Auth.Credentials) != 1 {
		refuse("oauth gives one access token, and api.auth.credentials names %d: the reference needs one", len(m.API.Auth.Credentials))
	}
	for i := range m.Objects {
		o := &object{Object: &m.Objects[i], src: s}
		if o.NotApplicable != "" {
			continue
		}
		if err := o.build(); err != nil {
			refuse("object %s: %w", o.Name, err)
			continue
		}
		s.byName[o.Name] = o
		s.objects = append(s.objects, o)
	}
	ordered, err := parentsFirst(s.objects, s.byName)
	if err != nil {
		refuse("%w", err)
	}
	for _, o := range s.objects {
		for _, n := range o.listNeeds() {
			if n.max < 1 {
				refuse("lists of %s ask for batches of %d: batch.max must be at least 1", o.Name, n.max)
			}
			if p := s.byName[n.object]; p != nil && p.columnOf(n.field) == "" {
				refuse("lists of %s need %s.%s, which is copied to no column: add it to fields", o.Name, n.object, n.field)
			}
		}
		for _, t := range o.Webhooks {
			switch {
			case (t.Payload == "reference" || t.Payload == "key" && t.Event != manifest.Delete) && o.readable() != nil:
				refuse("topic %s: %w", t.Topic, o.readable())
			case t.Payload == "elements" && o.Parent == nil:
				refuse("topic %s tells of %s within their parent, and %s have none: add parent", t.Topic, o.Name, o.Name)
			}
			if t.Payload == "elements" {
				s.elements[t.Topic] = append(s.elements[t.Topic], route{o, t})
				continue
			}
			s.topics[t.Topic] = append(s.topics[t.Topic], route{o, t})
		}
	}
	for _, n := range m.Webhooks.Notices {
		s.notices[n.Topic] = true
	}
	s.objects = ordered
	if len(problems) > 0 {
		return nil, fmt.Errorf("manifest of %s: %w", m.Source, errors.Join(problems...))
	}
	return s, nil
}

// build derives the object's tables.
func (o *object) build() error {
	for _, field := range o.Key {
		if strings.HasPrefix(field, "@") {
			return fmt.Errorf("key %s: the reference finds keys in payloads alone, for a delivery has no fan-out", field)
		}
	}
	if o.UpdatedAt != nil {
		for _, f := range o.Fields {
			if f.Path == o.UpdatedAt.Field {
				o.updatedColumn = f.Column
			}
		}
		if o.updatedColumn == "" {
			return fmt.Errorf("updated_at field %s has no column: list it in fields", o.UpdatedAt.Field)
		}
	}
	t, err := newTable(o)
	o.table = t
	return err
}

// parentsFirst orders objects so that whatever one needs (the parent its foreign key names, the object its lists
// fan out over) stands before it; otherwise the manifest's order is kept.
func parentsFirst(objects []*object, byName map[string]*object) ([]*object, error) {
	const open, done = 1, 2
	state := map[string]int{}
	var ordered []*object
	var visit func(o *object, path []string) error
	visit = func(o *object, path []string) error {
		path = append(path, o.Name)
		switch state[o.Name] {
		case done:
			return nil
		case open:
			return fmt.Errorf("objects need each other: %s; break the circle in parent or each", strings.Join(path, " -> "))
		}
		state[o.Name] = open
		for _, name := range o.needs() {
			p := byName[name]
			if p == nil {
				return fmt.Errorf("object %s needs %s, which the manifest lacks or marks not_applicable", o.Name, name)
			}
			if err := visit(p, path); err != nil {
				return err
			}
		}
		state[o.Name] = done
		ordered = append(ordered, o)
		return nil
	}
	for _, o := range objects {
		if err := visit(o, nil); err != nil {
			return nil, err
		}
	}
	return ordered, nil
}

func (o *object) needs() []string {
	var needs []string
	if o.Parent != nil {
		needs = append(needs, o.Parent.Object)
	}
	for _, n := range o.listNeeds() {
		needs = append(needs, n.object)
	}
	return needs
}

// need is a field of another object, of which one request takes at most max values.
type need struct {
	object, field string
	max           int
}

// listNeeds are the values that must be there before the object's lists can be walked.
func (o *object) listNeeds() []need {
	var needs []need
	for _, l := range o.Lists {
		if l.Each != nil {
			needs = append(needs, need{l.Each.Object, l.Each.Field, 1})
		}
		if l.Batch != nil {
			needs = append(needs, need{l.Batch.Object, l.Batch.Field, l.Batch.Max})
		}
	}
	return needs
}

// readable says why a single object cannot be read, where it cannot.
func (o *object) readable() error {
	rest := strings.ReplaceAll(o.One, "{id}", "")
	if len(o.Key) != 1 || rest == o.One || strings.Contains(rest, "{") {
		return fmt.Errorf("object %s must be read anew, and has no path for one object with {id} alone", o.Name)
	}
	return nil
}

// functions are the sync functions in the order they run.
func (s *source) functions() []string {
	var names []string
	for _, o := range s.objects {
		if !slices.Contains(names, o.Sync) {
			names = append(names, o.Sync)
		}
	}
	return names
}
