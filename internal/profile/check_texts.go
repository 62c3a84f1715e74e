package profile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

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
