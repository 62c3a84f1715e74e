package profile

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// processName is what a process is called in placeholders.
var processName = regexp.MustCompile(`^[a-z][a-z0-9_-]*$`)

// checkStart reports what cannot be started.
func (t *Target) checkStart(at manifest.Report) {
	var forms []string
	for form, given := range map[string]bool{"start": t.Start != nil, "processes": t.Processes != nil, "attach": t.Attach != nil} {
		if given {
			forms = append(forms, form)
		}
	}
	slices.Sort(forms)
	if len(forms) > 1 {
		at(forms[1], "start, processes and attach are three ways to a running target, and there are "+strings.Join(forms, " and "), "keep one")
	}
	if len(forms) == 0 && t.Verbs == nil {
		at("", "nothing says how the target is started or driven", "add start, with a command, or verbs that are done by exec and sql")
	}
	if t.Start != nil {
		t.checkProcess(at, "start", *t.Start)
	}
	var names []string
	for i, p := range t.Processes {
		path := manifest.Entry("processes", i)
		names = append(names, p.Name)
		if p.Name != "" && !processName.MatchString(p.Name) {
			at(path+".name", fmt.Sprintf("%q cannot be the name of a process", p.Name), "write lower case letters, digits, _ and -, a letter first")
		}
		t.checkProcess(at, path, p.Start)
		if i > 0 && p.Ready == nil {
			at(path, fmt.Sprintf("nothing says when %s is ready", p.Name), "add ready: {log: …} with a text that it writes then, or {started: true}; what serves HTTP has {http: /healthz}")
		}
	}
	twiceAt(at, "process", names, func(i int) string { return manifest.Entry("processes", i) + ".name" })
	if m := t.Migrate; m != nil {
		one(at, "migrate", ways{{"exec", m.Exec != nil}, {"sql", m.SQL != ""}})
		t.checkCommand(at, "migrate", "exec", m.Exec, m.Env, m.Dir)
		t.checkFile(at, "migrate.sql", m.SQL)
		checkDuration(at, "migrate.within", m.Within)
	}
}

func (t *Target) checkProcess(at manifest.Report, path string, s Start) {
	checkShell(at, path+".command", s.Command)
	checkEnv(at, path+".env", s.Env)
	t.checkDir(at, path+".dir", s.Dir)
	if s.Ready == nil {
		return
	}
	path += ".ready"
	one(at, path, ways{{"http", s.Ready.HTTP != ""}, {"port", s.Ready.Port}, {"log", s.Ready.Log != ""}, {"started", s.Ready.Started}})
	if http := s.Ready.HTTP; http != "" && !strings.HasPrefix(http, "/") {
		at(path+".http", fmt.Sprintf("%q is no path", http), "write a path alone, such as /healthz")
	}
	checkDuration(at, path+".within", s.Ready.Within)
}

// checkCommand reports what is wrong with a command and what goes with it.
func (t *Target) checkCommand(at manifest.Report, path, key string, command []string, env map[string]string, dir string) {
	checkShell(at, path+"."+key, command)
	checkEnv(at, path+".env", env)
	t.checkDir(at, path+".dir", dir)
	if command != nil {
		return
	}
	for _, k := range []struct {
		key   string
		given bool
	}{{"env", env != nil}, {"dir", dir != ""}} {
		if k.given {
			at(path+"."+k.key, k.key+" goes with "+key+" alone", "")
		}
	}
}

// operators are a shell's. A word of a command that is one was meant for a shell.
var operators = []string{"&&", "||", "|", ";", "&", ">", ">>", "<", "2>&1"}

// checkShell reports a command that was written for a shell, of which there is none.
func checkShell(at manifest.Report, path string, command []string) {
	for i, word := range command {
		if slices.Contains(operators, word) {
			at(manifest.Entry(path, i), fmt.Sprintf("%s means nothing without a shell", word), `write [sh, -c, "…"] with the whole line as one text`)
		}
	}
	if len(command) == 1 && strings.ContainsAny(command[0], " \t\n") {
		words := strings.Fields(command[0])
		hint := "write " + manifest.Flow(words)
		if slices.ContainsFunc(words, func(w string) bool { return slices.Contains(operators, w) }) {
			hint = fmt.Sprintf("write [sh, -c, %q]", command[0])
		}
		if password.MatchString(command[0]) {
			hint = "write a list of words"
		}
		at(manifest.Entry(path, 0), "the command is one word with spaces in it, and there is no shell to take it apart", hint)
	}
}

// ways are the keys of which exactly one must be there.
type ways []struct {
	key   string
	given bool
}

// one reports ways of which there is none, or more than one.
func one(at manifest.Report, path string, all ways) bool {
	var keys, given []string
	for _, w := range all {
		keys = append(keys, w.key)
		if w.given {
			given = append(given, w.key)
		}
	}
	switch len(given) {
	case 0:
		at(path, "nothing says how", "add one of "+strings.Join(keys, ", "))
	case 1:
		return true
	default:
		at(manifest.Key(path, given[1]), fmt.Sprintf("stands beside %s", given[0]), "keep one of them")
	}
	return false
}

// checkAttach reports what a target that runs already cannot have.
func (t *Target) checkAttach(at manifest.Report) {
	a := t.Attach
	if a == nil {
		return
	}
	if u, err := url.Parse(a.URL); a.URL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" || u.User != nil) {
		at("attach.url", "it is no address of a server", "write http://127.0.0.1:8000, without user, password and query")
	} else if a.URL != "" && !isLoopback(u.Hostname()) {
		at("attach.url", u.Hostname()+" is not this machine", "the harness writes into the target's database and lets it sync what is made up; run the target here, at 127.0.0.1")
	}
	if host, port, err := net.SplitHostPort(a.Gateway); a.Gateway != "" && (err != nil || !isPort(port)) {
		at("attach.gateway", fmt.Sprintf("%q is no address to listen on", a.Gateway), "write 127.0.0.1:9000, with the port on which the target expects the source")
	} else if a.Gateway != "" && !isLoopback(host) {
		at("attach.gateway", host+" is not loopback", "write 127.0.0.1:"+port)
	}
	if !reference.MatchString(a.Database) && a.Database != "" {
		if !isDatabase(a.Database) {
			at("attach.database", "it is no address of a database", "write ${NAME}, and set NAME to postgres://user:password@host:port/name")
		} else if password.MatchString(a.Database) {
			at("attach.database", "a password does not belong into a file", "write ${NAME}, and set NAME in the environment")
		}
	}
	if t.Migrate != nil {
		at("migrate", "migrate is for a database that is new, and an attached target has its own", "remove it")
	}
	if t.lacks(Tenants) {
		at("attach", "a target without a tenant column needs a new database for each scenario, and an attached one has one database for all", "let syncspec start it, by start or processes")
	}
	if t.Network == "bridge" {
		at("network", "an attached target is reached and reaches the gateway by loopback", "remove it")
	}
}

func isLoopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

func isPort(text string) bool {
	n, err := strconv.ParseUint(text, 10, 16)
	return err == nil && n > 0
}

func isDatabase(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "postgres" || u.Scheme == "postgresql") && u.Host != "" && strings.Trim(u.Path, "/") != ""
}

// checkReach reports a target that is never told how it comes to the source.
func (t *Target) checkReach(at manifest.Report) {
	if t.Attach != nil {
		if t.Reach == "tls" || t.Reach == "proxy" {
			at("reach", fmt.Sprintf("%s has an authority made for each run, which an attached target cannot know", t.Reach), "let syncspec start it, or use reach: base_url")
		}
		return
	}
	told := map[string]bool{}
	for _, x := range t.texts() {
		for _, name := range used(x.value) {
			told[name] = true
		}
	}
	if t.Verbs != nil {
		for _, verb := range Verbs() {
			for _, name := range t.argumentsOf(t.Verbs.Of(verb)) {
				told[name] = true
			}
		}
	}
	tells := func(names ...string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return told[n] || told[Argument(n)] })
	}
	switch {
	case t.Reach == "proxy" && !tells("source.proxy"):
		at("reach", "nothing tells the target the proxy", "give it {source.proxy}, mostly as HTTPS_PROXY in its env; see docs/reaching.md")
	case (t.Reach == "proxy" || t.Reach == "tls") && !tells("source.ca_file"):
		at("reach", "nothing tells the target which authority to trust", "give it {source.ca_file}, mostly as SSL_CERT_FILE or what its runtime calls it; see docs/reaching.md")
	case t.Reach != "proxy" && t.Verbs != nil && !tells("account.url", "account.host", "source.url"):
		at("verbs", "nothing tells the target where the source is", "use {account.url} in connect, or {source.url} in an env; a target that has the provider's host compiled in needs reach: proxy")
	}
}
