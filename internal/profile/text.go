package profile

import (
	"maps"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
)

// text is one place of a profile that may hold placeholders.
type text struct {
	path, value string
	use         use
	// known are the parts whose placeholders have a value here, part is where it is, in words.
	known []Part
	part  string
	// each is what a verb with each makes one call per.
	each string
	set  func(string)
	// unquoted says that it was written without quotes, and so is a mapping.
	unquoted bool
}

// use is what becomes of a text.
type use int

const (
	asArgument use = iota // others on the machine can read it
	asPath                // as well, in the logs of servers
	asEnv                 // a variable's value
	asHeader
	asData    // a body, a form
	asName    // where in an answer a result is
	asAddress // attach's database, which has no placeholders
)

// texts are all texts of a profile that may hold placeholders, in an order that does not change.
func (t *Target) texts() []text {
	var c collector
	process := func(path string, s *Start) {
		c.known, c.part, c.each = []Part{AtStart}, "start", ""
		c.list(path+".command", s.Command, asArgument)
		c.mapping(path+".env", s.Env, asEnv)
		c.add(path+".dir", &s.Dir, asPath)
		if s.Ready != nil {
			c.add(path+".ready.http", &s.Ready.HTTP, asPath)
			c.add(path+".ready.log", &s.Ready.Log, asPath)
		}
	}
	if t.Start != nil {
		process("start", t.Start)
	}
	for i := range t.Processes {
		process(manifest.Entry("processes", i), &t.Processes[i].Start)
	}
	if m := t.Migrate; m != nil {
		c.known, c.part, c.each = []Part{AtMigrate}, "migrate", ""
		c.list("migrate.exec", m.Exec, asArgument)
		c.mapping("migrate.env", m.Env, asEnv)
		c.add("migrate.dir", &m.Dir, asPath)
	}
	if t.Verbs != nil {
		for _, verb := range Verbs() {
			if v := t.Verbs.Of(verb); v != nil {
				c.verb("verbs."+string(verb), verb, v, false)
			}
		}
	}
	return c.all
}

// collector gathers texts of one part after the other.
type collector struct {
	all   []text
	known []Part
	part  string
	each  string
}

func (c *collector) add(path string, value *string, use use) {
	if *value != "" {
		c.all = append(c.all, text{path: path, value: *value, use: use, known: c.known, part: c.part, each: c.each, set: func(s string) { *value = s }})
	}
}

func (c *collector) list(path string, list []string, use use) {
	for i := range list {
		c.add(manifest.Entry(path, i), &list[i], use)
	}
}

func (c *collector) mapping(path string, texts map[string]string, use use) {
	for _, key := range slices.Sorted(maps.Keys(texts)) {
		c.all = append(c.all, text{
			path: manifest.Key(path, key), value: texts[key], use: use, known: c.known, part: c.part, each: c.each, set: func(s string) { texts[key] = s },
		})
	}
}

// json adds the texts of a JSON value, which are never set.
func (c *collector) json(path string, value any) {
	switch value := value.(type) {
	case string:
		c.add(path, &value, asData)
	case []any:
		for i, element := range value {
			c.json(manifest.Entry(path, i), element)
		}
	case map[string]any:
		if name, ok := unquoted(value); ok {
			c.all = append(c.all, text{path: path, value: name, unquoted: true})
			return
		}
		for _, key := range slices.Sorted(maps.Keys(value)) {
			c.json(manifest.Key(path, key), value[key])
		}
	}
}

// unquoted tells whether a mapping is what YAML makes of a placeholder without quotes.
func unquoted(members map[string]any) (text string, ok bool) {
	for key, value := range members {
		text = "{" + key + "}"
		name, _, is := placeholder(text)
		_, known := find(name)
		ok = is && known && value == nil
	}
	return text, ok && len(members) == 1
}

// known are the parts whose placeholders have a value in a verb's call, or in the one that is done then.
func known(verb Notion, v *Verb, then bool) []Part {
	all := []Part{AtVerbs}
	if then || !slices.Contains([]Notion{Describe, Connect, Authorize}, verb) {
		all = append(all, AtAccount)
	}
	if verb == Sync {
		all = append(all, AtSync)
	}
	if v.Each != "" {
		all = append(all, AtEach)
	}
	return all
}

func (c *collector) verb(path string, verb Notion, v *Verb, then bool) {
	c.part, c.known, c.each = string(verb), known(verb, v, then), v.Each
	c.add(path+".http", &v.HTTP, asPath)
	c.mapping(path+".headers", v.Headers, asHeader)
	c.json(path+".body", v.Body.Value)
	c.mapping(path+".form", v.Form, asData)
	c.list(path+".exec", v.Exec, asArgument)
	c.mapping(path+".env", v.Env, asEnv)
	c.add(path+".dir", &v.Dir, asPath)
	c.add(path+".url", &v.URL, asPath)
	c.mapping(path+".result", v.Result, asName)
	if p := v.Poll; p != nil {
		c.known = append(slices.Clone(c.known), AtPoll)
		c.add(path+".poll.http", &p.HTTP, asPath)
		c.list(path+".poll.exec", p.Exec, asArgument)
		c.add(path+".poll.state", &p.State, asName)
	}
	if v.Then != nil {
		c.verb(path+".then", verb, v.Then, true)
	}
}
