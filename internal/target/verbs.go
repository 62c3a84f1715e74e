package target

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/syncspec/syncspec/internal/profile"
)

// Sync runs the given functions, or all, since start where it is not zero. What the target says each did is returned by function;
// nothing, where the target says nothing.
func (c *Client) Sync(ctx context.Context, functions []string, start time.Time) (map[string]Stats, error) {
	values := profile.Values{}
	if len(functions) > 0 {
		values["functions"] = functions
	}
	if !start.IsZero() {
		values["start_date"] = start.UTC().Format(time.RFC3339)
	}
	verb, err := c.mapped(profile.Sync)
	if err != nil {
		return nil, err
	}
	if verb.Each != "" {
		return c.each(ctx, verb, functions, values)
	}
	d, err := c.do(ctx, profile.Sync, values)
	if err != nil {
		return nil, err
	}
	c.remember(d)
	if c.lacks(profile.Counts) {
		return nil, nil
	}
	counts, err := d.mapping("counts")
	if err != nil {
		return nil, err
	}
	all := map[string]Stats{}
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		if err := c.add(d, all, name, counts[name]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (c *Client) remember(d *doing) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.synced = d
}

// each syncs by one call per function or object.
func (c *Client) each(ctx context.Context, verb *profile.Verb, functions []string, values profile.Values) (map[string]Stats, error) {
	ctx, cancel := context.WithTimeout(ctx, length(verb.Within, c.r.launch.Call))
	defer cancel()
	all := map[string]Stats{}
	for _, one := range c.r.parts(functions, verb.Each) {
		d, err := c.do(ctx, profile.Sync, values.With(profile.Values{"functions": []string{one.function}, "function": one.function, "object": one.object}))
		if err != nil {
			return nil, err
		}
		c.remember(d)
		if c.lacks(profile.Counts) {
			continue
		}
		name := one.function
		if verb.Each == "object" {
			name = one.object
		}
		// Either what a call says is of that call alone, or it has names in it like that of a call for all.
		counts, ok := d.find("counts")
		if !ok {
			if d.path("counts") != "counts" {
				return nil, d.missing("counts")
			}
			counts = d.answers[len(d.answers)-1].value
		}
		if _, own := d.member(counts, "fetched"); own || verb.Result["counts"] == "" {
			if err := c.add(d, all, name, counts); err != nil {
				return nil, err
			}
			continue
		}
		named, _ := counts.(map[string]any)
		for name, element := range named {
			if err := c.add(d, all, name, element); err != nil {
				return nil, err
			}
		}
	}
	if c.lacks(profile.Counts) {
		return nil, nil
	}
	return all, nil
}

// add adds what a sync says of a function, or an object.
func (c *Client) add(d *doing, to map[string]Stats, name string, element any) error {
	function := c.r.function(name)
	s := to[function]
	for result, sum := range map[string]*int{"fetched": &s.Fetched, "ingested": &s.Ingested, "errors": &s.Errors} {
		n, err := d.count(name, element, result)
		if err != nil {
			if e, ok := err.(*Error); ok {
				e.remedy = "let the result of sync name where fetched, ingested and errors are, or list counts under lacks if the target does not count"
			}
			return err
		}
		*sum += n
	}
	if s.Error == "" {
		s.Error = d.note(element, "error")
	}
	if s.Note == "" {
		s.Note = d.note(element, "note")
	}
	to[function] = s
	return nil
}

// RegisterWebhooks makes the target register its webhooks with the source. Where that was done when the account was connected,
// it returns what connecting said of it.
func (c *Client) RegisterWebhooks(ctx context.Context) ([]Registered, error) {
	d, err := c.do(ctx, profile.RegisterWebhooks, nil)
	if err != nil {
		return nil, err
	}
	value, ok := d.find("registered")
	if value == nil {
		if ok || d.verb.With != "" {
			return nil, nil
		}
		return nil, d.missing("registered")
	}
	elements, ok := value.([]any)
	if byTopic, is := value.(map[string]any); is {
		for _, topic := range slices.Sorted(maps.Keys(byTopic)) {
			ok, elements = true, append(elements, d.named(topic, byTopic[topic]))
		}
	}
	if !ok {
		return nil, d.odd("registered", value, "a list, or a mapping by topic")
	}
	var all []Registered
	for _, element := range elements {
		r := Registered{Error: d.note(element, "error"), Status: d.note(element, "status")}
		topic, ok := element, true
		if _, plain := text(element); !plain {
			topic, ok = d.member(element, "topic")
		}
		if r.Topic, _ = text(topic); !ok || r.Topic == "" {
			return nil, d.garbage("an element of registered has no topic: %s", lost(element, d.path("topic")))
		}
		switch { // one that is listed without a word is registered
		case r.Status != "":
		case r.Error != "":
			r.Status = "failed"
		default:
			r.Status = "registered"
		}
		all = append(all, r)
	}
	return all, nil
}

// named is a member of a mapping by topic in the form that an element of a list has.
func (d *doing) named(topic string, member any) any {
	if members, ok := member.(map[string]any); ok {
		members = maps.Clone(members)
		members[d.path("topic")] = topic
		return members
	}
	status, _ := text(member)
	return map[string]any{d.path("topic"): topic, d.path("status"): status}
}

// Retry makes the target refine again what it could not refine before. Where a sync does that, it syncs.
func (c *Client) Retry(ctx context.Context) (Retried, error) {
	if verb, err := c.mapped(profile.Retry); err == nil && verb.With == string(profile.Sync) {
		if _, err := c.Sync(ctx, nil, time.Time{}); err != nil {
			return Retried{}, err
		}
	}
	d, err := c.do(ctx, profile.Retry, nil)
	if err != nil {
		return Retried{}, err
	}
	var out Retried
	for result, n := range map[string]*int{"retried": &out.Retried, "healed": &out.Healed} {
		value, ok := d.find(result)
		if !ok && c.r.mapped() && d.path(result) == result {
			out.Silent = true // nobody said that it would say anything
			continue
		}
		if !ok {
			return Retried{}, d.missing(result)
		}
		if *n, ok = number(value); !ok {
			return Retried{}, d.odd(result, value, "a whole number")
		}
	}
	return out, nil
}

// Figures asks the target for its statistics.
func (c *Client) Figures(ctx context.Context) (Figures, error) {
	d, err := c.do(ctx, profile.Stats, nil)
	if err != nil {
		return Figures{}, err
	}
	objects, err := d.mapping("objects")
	if err != nil {
		return Figures{}, err
	}
	out := Figures{Objects: map[string]Figure{}}
	for _, name := range slices.Sorted(maps.Keys(objects)) {
		var f Figure
		if f.Rows, err = d.count(name, objects[name], "rows"); err != nil {
			return Figures{}, err
		}
		if _, ok := d.member(objects[name], "deleted"); ok || !c.r.launch.Profile.Names.HardDeletes {
			if f.Deleted, err = d.count(name, objects[name], "deleted"); err != nil {
				return Figures{}, err
			}
		}
		out.Objects[c.r.object(name)] = f
	}
	return out, nil
}
