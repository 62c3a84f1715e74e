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
	// topicNames are the topics to register, in the order of the manifest.
	topicNames []string
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
	s := &source{m: m, byName: map[string]*object{}, topics: map[string][]route{}}
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
		for _, t := range o.Webhooks {
			s.topics[t.Topic] = append(s.topics[t.Topic], route{o, t})
			dead := slices.ContainsFunc(m.Webhooks.DeadTopics, func(d manifest.Excluded) bool { return d.Path == t.Topic })
			if !dead && !slices.Contains(s.topicNames, t.Topic) {
				s.topicNames = append(s.topicNames, t.Topic)
			}
		}
	}
	s.objects = ordered
	if len(problems) > 0 {
		return nil, fmt.Errorf("manifest of %s: %w", m.Source, errors.Join(problems...))
	}
	return s, nil
}

// build derives the object's tables.
func (o *object) build() error {
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
		for _, need := range o.needs() {
			p := byName[need]
			if p == nil {
				return fmt.Errorf("object %s needs %s, which the manifest lacks or marks not_applicable", o.Name, need)
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
	for _, l := range o.Lists {
		if l.Each != nil {
			needs = append(needs, l.Each.Object)
		}
	}
	return needs
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
