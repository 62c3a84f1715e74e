package profile

import (
	"maps"
	"slices"
	"strings"
)

// Placeholder is a name that texts of a profile may have in braces.
type Placeholder struct {
	// Name is what stands in the braces; NAME in it stands for any.
	Name, Meaning string
	// Secret ones may stand in an env, a header, a body, a form and SQL alone: others can read arguments and paths.
	Secret bool
	// At are the parts of a profile where it has a value.
	At []Part
}

// Part is a part of a profile, as far as it matters for what is known there.
type Part string

// The parts.
const (
	AtStart   Part = "start"   // start and processes
	AtMigrate Part = "migrate" // migrate
	AtVerbs   Part = "verbs"   // all verbs
	AtAccount Part = "account" // verbs that are about a connected account: all but describe, connect and authorize, though those's then
	AtSync    Part = "sync"    // the verb sync
	AtEach    Part = "each"    // a verb with each
	AtPoll    Part = "poll"    // a verb's poll
)

// Placeholders are all that there are.
func Placeholders() []Placeholder {
	always, running, calling := []Part{AtStart, AtMigrate, AtVerbs}, []Part{AtStart, AtVerbs}, []Part{AtVerbs}
	return []Placeholder{
		{"port", "the free port of 127.0.0.1 that is this process's; in verbs, that of the first process", false, running},
		{"port.NAME", "the port of the process of that name", false, running},
		{"target.url", "the target's address, http://127.0.0.1:port", false, running},
		{"database.url", "the target's database, as postgres://user:password@host:port/name", true, always},
		{"database.host", "its host", false, always},
		{"database.port", "its port", false, always},
		{"database.name", "its name", false, always},
		{"database.user", "its user", false, always},
		{"database.password", "its password; may be empty, so write {database.password?}", true, always},
		{"source.name", "the source's name, such as shopify", false, running},
		{"source.url", "the gateway's address, which stands for the source; with reach: tls it is https", false, running},
		{"source.proxy", "the proxy's address, with reach: proxy", false, running},
		{"source.ca_file", "the file with the certificate of the run's own authority, with reach: tls and proxy", false, running},
		{"account.name", "the account's name, which is the scenario's", false, calling},
		{"account.host", "the host under which the account is reached", false, calling},
		{"account.url", "the address that stands for scheme and host of the manifest's base_url", false, calling},
		{"credentials", "the account's credentials, a mapping by the manifest's api.auth.credentials", true, calling},
		{"credentials.NAME", "one of them", true, calling},
		{"webhook.secret", "the secret that signs deliveries; in start it makes all accounts share one", true, running},
		{"webhook.base_url", "where the source is to deliver: the target's address", false, running},
		{"webhook.url", "the integration's own address for deliveries, as connect returned it", false, []Part{AtAccount}},
		{"app.client_id", "the OAuth app's id; in start it makes all accounts share one", false, running},
		{"app.client_secret", "its secret; likewise", true, running},
		{"integration_id", "what connect returned", false, []Part{AtAccount}},
		{"company_id", "what connect returned", false, []Part{AtAccount}},
		{"functions", "the sync functions to run, a list; empty for all, so write {functions?}", false, []Part{AtSync}},
		{"start_date", "the time, RFC 3339, from which to sync; empty for all there is, so write {start_date?}", false, []Part{AtSync}},
		{"function", "the one function of this call", false, []Part{AtEach}},
		{"object", "the one object of this call", false, []Part{AtEach}},
		{"run_id", "what the first answer returned under this name", false, []Part{AtPoll}},
	}
}

// named tells whether a name in braces is this placeholder.
func (p Placeholder) named(name string) bool {
	if prefix, any := strings.CutSuffix(p.Name, "NAME"); any {
		return strings.HasPrefix(name, prefix) && len(name) > len(prefix)
	}
	return p.Name == name
}

// find returns the placeholder of a name.
func find(name string) (Placeholder, bool) {
	all := Placeholders()
	i := slices.IndexFunc(all, func(p Placeholder) bool { return p.named(name) })
	if i < 0 {
		return Placeholder{}, false
	}
	return all[i], true
}

// used are the names in a text's braces.
func used(text string) []string {
	var names []string
	for _, found := range mark.FindAllStringSubmatch(text, -1) {
		if found[1] != "" {
			names = append(names, found[1])
		}
	}
	return names
}

// AppWide tells whether the target is given a secret or an app when it is started: then there is one for all accounts.
func (t Target) AppWide() bool {
	for _, p := range t.started() {
		for _, text := range slices.AppendSeq(slices.Clone(p.Command), maps.Values(p.Env)) {
			for _, name := range used(text) {
				if name == "webhook.secret" || strings.HasPrefix(name, "app.") {
					return true
				}
			}
		}
	}
	return false
}

// started are the processes that are the target.
func (t Target) started() []Start {
	var all []Start
	if t.Start != nil {
		all = append(all, *t.Start)
	}
	for _, p := range t.Processes {
		all = append(all, p.Start)
	}
	return all
}
