// Package profile says how one target is driven and what it calls things: the Go form of a target's YAML file, and what
// follows of it for one source.
package profile

import (
	"github.com/syncspec/syncspec/internal/manifest"
)

// Profile is a target as it stands towards one source: what a run needs to know of it.
type Profile struct {
	// Name is shown with every result.
	Name string
	// Bundled says that the target is the reference that comes with syncspec: a run of it is a self-test.
	Bundled bool
	// Target is the file that it was made from. That of the bundled target is empty but for the name: it speaks the default
	// protocol.
	Target Target
	// Source is the manifest as the source has it, Manifest as this target copies it: its tables and columns have the target's
	// names, and objects that are not verified say why in Excluded.
	Source, Manifest *manifest.Manifest
	Names            Names
	// Lacks are the notions that the target does not have, with the reason. What needs one fails for that reason.
	Lacks map[Notion]string
}

// Notion is something that a target may lack.
type Notion string

// The notions. The first ones are verbs; that of stats is also the figures that a target gives of its rows.
const (
	Describe         Notion = "describe"
	Connect          Notion = "connect"
	Authorize        Notion = "authorize" // connecting an account by its owner's consent
	Sync             Notion = "sync"
	RegisterWebhooks Notion = "register_webhooks"
	Webhook          Notion = "webhook"
	Retry            Notion = "retry"
	Stats            Notion = "stats"
	Disconnect       Notion = "disconnect"

	Raw       Notion = "raw"        // a table with every payload as it came
	Tenants   Notion = "tenants"    // a column with the integration: without one each scenario gets a database of its own
	Company   Notion = "company"    // a column with the company
	RowTimes  Notion = "row_times"  // columns with the row's own times
	Metadata  Notion = "metadata"   // a table of connected accounts with what is known of each
	Counts    Notion = "counts"     // what each sync function says it fetched, ingested and failed on
	StartDate Notion = "start_date" // a sync from a given time on
)

// Verbs are the notions that are verbs, in the order in which a run comes to use them.
func Verbs() []Notion {
	return []Notion{Describe, Connect, Authorize, RegisterWebhooks, Sync, Webhook, Retry, Stats, Disconnect}
}

// Notions are all notions.
func Notions() []Notion {
	return append(Verbs(), Raw, Tenants, Company, RowTimes, Metadata, Counts, StartDate)
}

// Missing returns the first of the given notions that the target lacks, and the profile's reason.
func (p Profile) Missing(needs ...Notion) (what Notion, why string, missing bool) {
	for _, n := range needs {
		if why, lacks := p.Lacks[n]; lacks {
			return n, why, true
		}
	}
	return "", "", false
}

// Reference is the profile of the bundled target, made from the SOP's naming convention.
func Reference(m *manifest.Manifest) Profile {
	return Profile{Name: "reference", Bundled: true, Target: Target{Name: "reference"}, Source: m, Manifest: m, Names: conventional(m)}
}
