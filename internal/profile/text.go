package profile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

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

// mistaken are what looks like a placeholder and is taken as it stands.
var mistaken = regexp.MustCompile(`\{\s+([A-Za-z_.]+)\s*\}|\{([A-Za-z_.]+)\s+\}|\{\{\s*([A-Za-z_.]+)\s*\}\}|\$\{([a-z_]+(?:\.[a-z_]+)*)\}`)

// checkText reports placeholders that do not exist or have no value here, and secrets where others can read them.
func (t *Target) checkText(at manifest.Report, x text) {
	if x.unquoted {
		at(x.path, "YAML takes braces without quotes for a mapping", fmt.Sprintf("put it in quotes: %q", x.value))
		return
	}
	for _, found := range mistaken.FindAllStringSubmatch(x.value, -1) {
		name := strings.Join(found[1:], "")
		if _, ok := find(name); ok {
			at(x.path, fmt.Sprintf("%s is taken as it stands", found[0]), fmt.Sprintf("write {%s}", name))
		}
	}
	for _, name := range used(x.value) {
		p, ok := find(name)
		switch {
		case !ok:
			at(x.path, fmt.Sprintf("nothing replaces {%s}", name), hintFor(name))
		case p.Secret && (x.use == asArgument || x.use == asPath):
			at(x.path, fmt.Sprintf("{%s} is a secret, and %s can be read by others", name, where(x.use)), elsewhere(x))
		case !slices.ContainsFunc(p.At, func(part Part) bool { return slices.Contains(x.known, part) }):
			at(x.path, fmt.Sprintf("{%s} has no value in %s", name, x.part), "it has one in "+PartNames(p.At))
		case name == "webhook.url" && x.part == string(Webhook):
			at(x.path, "{webhook.url} is what is said here", "write a path, such as /webhooks/{integration_id}")
		case name == "object" && x.each == "function":
			at(x.path, "{object} has no value with each: function", "write each: object")
		default:
			t.checkPort(at, x, name)
			t.checkReached(at, x, name)
		}
	}
	if x.use == asArgument && password.MatchString(x.value) {
		at(x.path, "a password in an argument can be read by everybody on the machine", "put it into "+envOf(x))
	}
	found := reference.FindStringSubmatch(x.value)
	if found == nil || x.use == asEnv || x.use == asHeader {
		return
	}
	if _, ok := find(found[1]); ok {
		return // that has been said
	}
	hint := ""
	if x.use == asArgument {
		hint = "put it into " + envOf(x)
	}
	at(x.path, x.value+" is taken from the environment in an env, in headers and in attach.database alone", hint)
}

// checkPort reports ports of processes that there are not.
func (t *Target) checkPort(at manifest.Report, x text, name string) {
	process, named := strings.CutPrefix(name, "port.")
	var names []string
	for _, p := range t.Processes {
		names = append(names, p.Name)
	}
	switch {
	case named && !slices.Contains(names, process):
		hint := "{port.NAME} is for several processes; write {port}"
		if len(names) > 0 {
			hint = manifest.Suggest(process, names)
		}
		at(x.path, fmt.Sprintf("no process is named %q", process), hint)
	case name == "port" && len(t.started()) == 0:
		at(x.path, "{port} is of a process that is started, and there is none", "")
	case name == "target.url" && len(t.started()) == 0 && t.Attach == nil, name == "webhook.base_url" && len(t.started()) == 0 && t.Attach == nil:
		at(x.path, fmt.Sprintf("{%s} is where a process is reached, and there is none", name), "")
	}
}

// checkReached reports ways to the source that reach does not open.
func (t *Target) checkReached(at manifest.Report, x text, name string) {
	switch {
	case name == "source.proxy" && t.Reach != "proxy":
		at(x.path, "{source.proxy} has a value with reach: proxy alone", "")
	case name == "source.ca_file" && t.Reach != "proxy" && t.Reach != "tls":
		at(x.path, "{source.ca_file} has a value with reach: tls and reach: proxy alone", "")
	}
}

// hintFor is what to write in the place of a placeholder that there is not.
func hintFor(name string) string {
	var names []string
	for _, p := range Placeholders() {
		names = append(names, p.Name)
	}
	if near, ok := manifest.Nearest(name, names); ok {
		return fmt.Sprintf("did you mean {%s}?", near)
	}
	return fmt.Sprintf("see docs/profile.md for the names; a brace that begins none is written {{, as in {{%s}", name)
}

func where(use use) string {
	if use == asArgument {
		return "arguments"
	}
	return "paths"
}

// elsewhere is where a secret may stand instead.
func elsewhere(x text) string {
	if x.use == asArgument {
		return "put it into " + envOf(x)
	}
	if strings.HasPrefix(x.path, "verbs.") {
		return "put it into headers, a body or a form"
	}
	return "put it into env"
}

// envOf is the env that goes with an argument.
func envOf(x text) string {
	path := x.path[:strings.LastIndex(x.path, "[")]
	path = strings.Replace(path, ".poll.exec", ".exec", 1)
	return path[:strings.LastIndex(path, ".")] + ".env"
}

// PartNames names parts of a profile.
func PartNames(all []Part) string {
	var words []string
	for _, p := range all {
		words = append(words, map[Part]string{
			AtStart: "start", AtMigrate: "migrate", AtVerbs: "verbs", AtSync: "sync", AtPoll: "poll", AtEach: "a verb with each",
			AtAccount: "verbs of a connected account",
		}[p])
	}
	if last := len(words) - 1; last > 0 {
		return strings.Join(words[:last], ", ") + " and " + words[last]
	}
	return words[0]
}
