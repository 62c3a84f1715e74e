package target

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/syncspec/syncspec/internal/profile"
)

// text is a result that is one text.
func (d *doing) text(result string, optional bool) (string, error) {
	value, ok := d.find(result)
	if !ok || value == nil {
		if optional {
			return "", nil
		}
		return "", d.missing(result)
	}
	written, ok := text(value)
	if !ok {
		return "", d.odd(result, value, "a text or a number")
	}
	if written == "" && !optional {
		return "", d.garbage("%s is empty", result)
	}
	return written, nil
}

// texts is a result that is a list of texts.
func (d *doing) texts(result string, optional bool) ([]string, error) {
	value, ok := d.find(result)
	if !ok {
		if optional {
			return nil, nil
		}
		return nil, d.missing(result)
	}
	all, ok := texts(value)
	if !ok {
		return nil, d.odd(result, value, "a list of texts")
	}
	return all, nil
}

// member is a result within an element: the whole numbers of a function, the topic of a registration.
func (d *doing) member(element any, result string) (any, bool) {
	return at(element, d.path(result))
}

// path is where a result is, by the last answer that says so.
func (d *doing) path(result string) string {
	for _, a := range slices.Backward(d.answers) {
		if path := a.paths[result]; path != "" {
			return path
		}
	}
	return result
}

// count is a member that is a whole number.
func (d *doing) count(where string, element any, result string) (int, error) {
	value, ok := d.member(element, result)
	if !ok {
		return 0, d.garbage("%s has no %s: %s", where, result, lost(element, d.path(result)))
	}
	n, ok := number(value)
	if !ok {
		return 0, d.odd(where+"."+d.path(result), value, "a whole number")
	}
	return n, nil
}

// note is a member that is a text, or not there.
func (d *doing) note(element any, result string) string {
	value, _ := d.member(element, result)
	switch written, ok := text(value); {
	case ok:
		return written
	case value != nil:
		return excerpt(marshal(value))
	}
	return ""
}

// mapping is a result that is a mapping.
func (d *doing) mapping(result string) (map[string]any, error) {
	value, ok := d.find(result)
	if !ok {
		return nil, d.missing(result)
	}
	all, ok := value.(map[string]any)
	if !ok {
		return nil, d.odd(result, value, "a mapping")
	}
	return all, nil
}

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

// part is one call of a sync that has many.
type part struct{ function, object string }

// parts are the calls that a sync of some functions has, or one of all.
func (r *Running) parts(functions []string, each string) []part {
	var all []part
	m := r.launch.Profile.Manifest
	if m == nil {
		return nil
	}
	if len(functions) == 0 {
		functions = m.Functions()
	}
	for _, function := range functions {
		if each != "object" {
			all = append(all, part{function: function})
			continue
		}
		for i := range m.Objects {
			if o := &m.Objects[i]; o.Applies() && o.Sync == function {
				all = append(all, part{function, o.Name})
			}
		}
	}
	return all
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

// function is the manifest's name of what a target calls by the function's name, or what comes after its common beginning, or by
// an object's.
func (r *Running) function(name string) string {
	const common = "fetch_and_ingest_"
	m := r.launch.Profile.Manifest
	if m == nil {
		return name
	}
	for _, is := range []func(object, function string) bool{
		func(_, function string) bool { return function == name },
		func(_, function string) bool { return function == common+name },
		func(object, _ string) bool { return object == name },
	} {
		for i := range m.Objects {
			if o := &m.Objects[i]; is(o.Name, o.Sync) {
				return o.Sync
			}
		}
	}
	return name
}

// object is the manifest's name of what a target calls by the object's name, or its table's.
func (r *Running) object(name string) string {
	p := r.launch.Profile
	if p.Manifest == nil {
		return name
	}
	for i := range p.Manifest.Objects {
		if o := &p.Manifest.Objects[i]; o.Name == name {
			return name
		}
	}
	for i := range p.Manifest.Objects {
		if o := &p.Manifest.Objects[i]; o.Table == name || p.Source != nil && p.Source.Objects[i].Table == name {
			return o.Name
		}
	}
	return name
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
		if !ok && c.r.launch.Profile.Target.Verbs != nil && d.path(result) == result {
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

// borrowed is a verb that was done with another one.
func borrowed(r *Running, what profile.Notion, verb *profile.Verb, other *doing) *doing {
	d := &doing{r: r, name: string(what), verb: verb}
	if other != nil {
		for _, a := range other.answers {
			a.paths = verb.Result
			d.answers = append(d.answers, a)
		}
	}
	return d
}
