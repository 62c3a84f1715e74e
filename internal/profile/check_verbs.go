package profile

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// checkVerbs reports verbs that are neither mapped nor lacking, and what is wrong with those that are mapped.
func (t *Target) checkVerbs(at manifest.Report) {
	if t.Verbs == nil {
		return
	}
	var unsaid []string
	for _, verb := range Verbs() {
		v, lacks, path := t.Verbs.Of(verb), t.lacks(verb), "verbs."+string(verb)
		switch {
		case v == nil && !lacks && verb != Authorize: // whether that is needed only the source can tell
			unsaid = append(unsaid, string(verb))
		case v != nil && lacks:
			at(path, fmt.Sprintf("%s is mapped, and lacks says that there is none", verb), "remove one of the two")
		}
		if v != nil && verb == Webhook {
			t.checkEndpoint(at, path, v)
		} else if v != nil {
			t.checkVerb(at, path, verb, v, false)
		}
	}
	if len(unsaid) > 0 {
		at("verbs", strings.Join(unsaid, ", ")+": neither mapped nor in lacks", "say of each how it is done, or that the target lacks it, and why")
	}
	if t.lacks(Connect) && t.lacks(Authorize) {
		at("lacks", "without connect and authorize no account can be connected", "map one of them; a target that is configured for one account connects it when it is told of it")
	}
	t.checkStartDate(at)
}

// checkEndpoint reports what the one verb cannot have that is no call.
func (t *Target) checkEndpoint(at manifest.Report, path string, v *Verb) {
	other := *v
	other.URL, other.Within = "", ""
	for _, key := range keysOf(other) {
		at(path+"."+key, "deliveries come from the source: webhook has url and within alone", "remove it")
	}
	if v.URL != "" && !strings.HasPrefix(v.URL, "/") && !strings.HasPrefix(v.URL, "http://127.0.0.1:{port.") {
		at(path+".url", fmt.Sprintf("%q is no path at the target", v.URL), "write a path alone, such as /webhooks/{integration_id}, or http://127.0.0.1:{port.NAME}/webhooks where another process takes them")
	}
	checkDuration(at, path+".within", v.Within)
	if t.Attach == nil && len(t.started()) == 0 {
		at(path, "deliveries need a process that takes them, and none is started", "add start, or put webhook in lacks")
	}
}

// keysOf are the keys that a verb has.
func keysOf(v Verb) []string {
	var keys []string
	for _, k := range []struct {
		key   string
		given bool
	}{
		{"http", v.HTTP != ""}, {"headers", v.Headers != nil}, {"body", v.Body.Value != nil}, {"form", v.Form != nil},
		{"exec", v.Exec != nil}, {"env", v.Env != nil}, {"dir", v.Dir != ""}, {"sql", v.SQL != ""}, {"with", v.With != ""},
		{"url", v.URL != ""}, {"each", v.Each != ""}, {"within", v.Within != ""}, {"poll", v.Poll != nil}, {"then", v.Then != nil},
		{"result", v.Result != nil},
	} {
		if k.given {
			keys = append(keys, k.key)
		}
	}
	return keys
}

func (t *Target) checkVerb(at manifest.Report, path string, verb Notion, v *Verb, then bool) {
	all := ways{{"http", v.HTTP != ""}, {"exec", v.Exec != nil}, {"sql", v.SQL != ""}}
	if !then && (v.With != "" || len(hosts(verb)) > 0) {
		all = append(all, ways{{"with", v.With != ""}}...)
	}
	if one(at, path, all) && v.With != "" && !then {
		t.checkWith(at, path, verb, v)
		return
	}
	t.checkHTTP(at, path+".http", v.HTTP)
	if v.HTTP == "" {
		for _, key := range []string{"headers", "body", "form"} {
			if slices.Contains(keysOf(*v), key) {
				at(path+"."+key, key+" goes with http alone", "")
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(v.Headers)) {
		if !header.MatchString(name) {
			at(manifest.Key(path+".headers", name), fmt.Sprintf("%q is no name of a header", name), "")
		}
	}
	if v.Body.Value != nil && v.Form != nil {
		at(path+".form", "stands beside body", "a request has one of them")
	}
	t.checkCommand(at, path, "exec", v.Exec, v.Env, v.Dir)
	t.checkSQL(at, path+".sql", v.SQL, known(verb, v, then))
	if v.URL != "" {
		at(path+".url", "url is for webhook alone", "write http, with a method and a path")
	}
	if v.Each != "" && (then || verb != Sync) {
		at(path+".each", fmt.Sprintf("%s is one call", strings.TrimPrefix(path, "verbs.")), "each is for sync alone")
	}
	if then && v.With != "" {
		at(path+".with", "then is a call of its own", "write http, exec or sql")
	}
	checkDuration(at, path+".within", v.Within)
	checkResults(at, path, verb, v)
	if p := v.Poll; p != nil {
		one(at, path+".poll", ways{{"http", p.HTTP != ""}, {"exec", p.Exec != nil}, {"sql", p.SQL != ""}})
		t.checkHTTP(at, path+".poll.http", p.HTTP)
		checkShell(at, path+".poll.exec", p.Exec)
		t.checkSQL(at, path+".poll.sql", p.SQL, append(known(verb, v, then), AtPoll))
		checkDuration(at, path+".poll.every", p.Every)
		checkWay(at, path+".poll.state", p.State)
		for i, state := range p.Failed {
			if slices.Contains(p.Done, state) {
				at(manifest.Entry(path+".poll.failed", i), fmt.Sprintf("%q is in done too", state), "work is done, or it failed: remove one")
			}
		}
	}
	if v.Then != nil {
		if then {
			at(path+".then", "one then is all there is", "do both in one call, or in a command")
			return
		}
		t.checkVerb(at, path+".then", verb, v.Then, true)
	}
}

// hosts are the verbs that a verb may be part of.
func hosts(verb Notion) []string {
	switch verb {
	case RegisterWebhooks:
		return []string{"connect", "sync"}
	case Sync:
		return []string{"connect"}
	case Retry:
		return []string{"sync"}
	}
	return nil
}

// checkWith reports a verb that is said to be part of one that cannot contain it.
func (t *Target) checkWith(at manifest.Report, path string, verb Notion, v *Verb) {
	host := t.Verbs.Of(Notion(v.With))
	may := hosts(verb)
	switch {
	case len(may) == 0:
		at(path+".with", fmt.Sprintf("%s is never part of another verb", verb), "say how it is done, or put it in lacks")
	case v.With != "connect" && v.With != "sync": // the types have said so
	case !slices.Contains(may, v.With):
		at(path+".with", fmt.Sprintf("%s cannot be part of %s", verb, v.With), "it may be part of "+strings.Join(may, " or "))
	case host == nil && (v.With != "connect" || t.Verbs.Authorize == nil):
		at(path+".with", fmt.Sprintf("%s is not mapped", v.With), "")
	case host != nil && host.With != "":
		at(path+".with", fmt.Sprintf("%s is itself part of %s", v.With, host.With), "name that one")
	}
	for _, key := range keysOf(*v) {
		if key != "with" && key != "result" {
			at(path+"."+key, fmt.Sprintf("%s is done with %s, and makes no call", verb, v.With), "remove it")
		}
	}
	checkResults(at, path, verb, v)
}

var (
	// call is a method and a path.
	call   = regexp.MustCompile(`^(GET|POST|PUT|PATCH|DELETE) /\S*$`)
	header = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9A-Za-z-]+$")
)

func (t *Target) checkHTTP(at manifest.Report, path, text string) {
	if text == "" {
		return
	}
	if !call.MatchString(text) {
		hint := "write a method and a path at the target, such as POST /sync"
		if strings.HasPrefix(text, "/") {
			hint = "write the method in front: POST " + text
		}
		at(path, fmt.Sprintf("%q is no call", text), hint)
	}
	if t.Attach == nil && len(t.started()) == 0 {
		at(path, "there is no process that answers", "add start, processes or attach, or do it by exec or sql")
	}
}

// checkResults reports results that a verb does not have, and ways to them that are none.
func checkResults(at manifest.Report, path string, verb Notion, v *Verb) {
	var names []string
	for _, r := range Results(verb) {
		names = append(names, r.Name)
	}
	if v.Poll != nil {
		names = append(names, RunID)
	}
	for _, name := range slices.Sorted(maps.Keys(v.Result)) {
		place := manifest.Key(path+".result", name)
		switch {
		case name == RunID && v.Poll == nil:
			at(place, "run_id is for poll, and there is none", "")
		case len(names) == 0:
			at(place, fmt.Sprintf("%s has no results", verb), "remove it")
		case !slices.Contains(names, name):
			at(place, fmt.Sprintf("%s has no result %q", verb, name), manifest.Suggest(name, names))
		default:
			checkWay(at, place, v.Result[name])
		}
	}
}

// checkWay reports what is no way through an answer.
func checkWay(at manifest.Report, path, way string) {
	if way == "" || way == "." { // a dot alone is the whole answer
		return
	}
	for step := range strings.SplitSeq(mark.ReplaceAllString(way, "x"), ".") {
		if step == "" || strings.ContainsAny(step, " \t[]$") {
			at(path, fmt.Sprintf("%q is no path through an answer", way), "write names joined by dots, such as data.integration.id")
			return
		}
	}
}

// checkStartDate reports a sync that says nothing of the time to start from.
func (t *Target) checkStartDate(at manifest.Report) {
	v := t.Verbs.Sync
	if v == nil || v.With != "" {
		return
	}
	takes := slices.Contains(t.argumentsOf(v), "start_date")
	for _, x := range t.texts() {
		if strings.HasPrefix(x.path, "verbs.sync.") && slices.Contains(used(x.value), "start_date") {
			takes = true
		}
	}
	switch lacks := t.lacks(StartDate); {
	case !takes && !lacks:
		at("verbs.sync", "nothing tells it from when to sync", "use {start_date?}, or put start_date in lacks, and why")
	case takes && lacks:
		at("verbs.sync", "it is told {start_date}, and lacks says that there is no start_date", "remove one of the two")
	}
}
