package scenario

import (
	"net/http"
	"net/url"
	"time"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/target"
)

// Snapshot is what a scenario leaves for checks to look at.
type Snapshot struct {
	Scenario Name
	Manifest *manifest.Manifest
	Names    profile.Names
	// Lacks are the notions that the target does not have, with the reason.
	Lacks map[profile.Notion]string
	// Account is what was connected.
	Account Account
	// Mode is where the source's side of this scenario came from. It may be another one than the run's: some states can
	// only be reached with the sandbox.
	Mode        result.Mode
	Integration target.Integration
	Reader      *Reader
	// Tenants are the integrations that scenarios have made by now, by their ids; nil where nobody says.
	Tenants func() map[string]Tenant

	// Described and Registered are claims of the target: what describe says, and the last answer of register_webhooks. They
	// are empty where it lacks the verb.
	Described  target.Described
	Registered []target.Registered

	// RegistersAlong says that the target registers its webhooks while it does something else, and says nothing of them.
	RegistersAlong bool

	// Authorization is how the account was connected where that took its owner's consent; else nil.
	Authorization *Authorization
	// Hooks are the registrations that the source has when the scenario is over. Nil in a recording, where no source is.
	Hooks []Hook
	// Broken is the topic whose first registration the source did not take. Only in Authorized.
	Broken string
	// Metadata is integration.metadata_info when the scenario is over, JSON; nil where there is none. Only in Authorized.
	Metadata []byte

	Steps []*Step

	// Offer is all that the source offered, Expected the rows that must exist in the end. Both are nil in scenarios
	// without a sync.
	Offer    *oracle.Offer
	Expected *oracle.State
	// Partial names the objects of which the recording holds a part only, with the reason.
	Partial map[string]string
	// After is what the source offered after the deliveries, Drift what differs between it and Expected because no
	// route offers the change. Only in Updated.
	After *oracle.State
	Drift []oracle.Drift
	// Later is the reading of the source that After is of, where the target takes no deliveries and synced again.
	Later *oracle.Offer
	// AfterUnread are the lists that the later reading does not hold whole.
	AfterUnread []oracle.Gap

	// Deliveries are what was posted to the webhook endpoint, in order.
	Deliveries []*Delivery
	// Probes are the deliveries of Probed with what was seen after each, Notices those that tell of no object.
	Probes  map[ProbeName]*Probe
	Notices []*NoticeProbe
	// FiguresBefore and FiguresAfter are what the target says of its rows before the probes and after them; nil where it
	// says nothing. Only in Probed.
	FiguresBefore, FiguresAfter *target.Figures

	// Faults are what went wrong at the source on purpose. Only in Faulted and Authorized.
	Faults []Fault
	// Boundary is the start date of the second sync, Quiet what changed since then without a delivery. Only in Resumed.
	Boundary time.Time
	Quiet    []Change
	// Refusal is the delivery that the database refused to refine. Only in Unrefined.
	Refusal *Refusal
}

// The names of the steps.
const (
	Authorizing  = "authorization"
	Registration = "registration of webhooks"
	// SecondRegistration comes after one topic's registration failed.
	SecondRegistration = "second registration of webhooks"
	FirstSync          = "first sync"
	SecondSync         = "second sync"
	Deliveries         = "deliveries"
	// SyncAfterChanges is in the place of Deliveries where the target takes none.
	SyncAfterChanges = "sync after changes"
	// FaultySync is the one sync of Faulted, ResumedSync the one with a start date.
	FaultySync  = "sync from a faulty source"
	ResumedSync = "sync with a start date"
	Retrying    = "retry"
)

// Exchange is one request to the source and how it was answered.
type Exchange = gateway.Exchange

// Step is one act upon the target and the traffic that it caused.
type Step struct {
	Name    string
	Stats   map[string]target.Stats
	Traffic []Exchange
	// RawRows counts the integration's raw rows by object type when the step was over; where there is no raw layer, the
	// refined rows by object.
	RawRows map[string]int
	// RawDigests are the digests of their payloads.
	RawDigests map[RawKey]string
	// Registered is the answer of register_webhooks and Metadata what integration.metadata_info then was, for the
	// registrations of Authorized.
	Registered []target.Registered
	Metadata   []byte
}

// Account is what a scenario connects: its name, and the address under which the target reaches it.
type Account struct{ Name, URL string }

// Authorization is how an account's owner let the target in.
type Authorization struct {
	// Page is the address of the source to which the target sent the owner.
	Page *url.URL
	// Requested are the scopes that it asked for there, Granted those that the source says the token has, Claimed those
	// that the target says it was granted.
	Requested, Granted, Claimed []string
	// Forged are callbacks that must not connect an account, and how the target answered.
	Forged []Forgery
}

// Forgery is a callback that the target did not ask for.
type Forgery struct {
	// Name is state-of-another (the source signed it, but for nobody who began to connect here) or parameter-not-signed.
	Name   string
	Status int
	// Said is the target's answer in words.
	Said string
}

// Hook is one registration that the source has.
type Hook struct{ Topic, Address string }

// Fault is one thing that went wrong at the source on purpose.
type Fault struct {
	// Name is what Exchange.Fault of the requests it struck says; Object what they asked for, empty for registrations.
	Name, Object string
	// Struck is how many requests it struck. One that struck none proves nothing.
	Struck int
	// Wait is how long it asked the target to wait; zero where it did not.
	Wait time.Duration
}

// Change is one change at the source.
type Change struct {
	Object, Key string
	// Event is create, update, delete or restore.
	Event manifest.Event
	// At is the source's time of it.
	At time.Time
}

// Refusal is a good delivery whose refined row the database refused, and what came of it.
type Refusal struct {
	Object, Key string
	Delivery    *Delivery
	// Raw and Row are what was there of the object after the delivery, Sentinel tells whether a good delivery that was
	// sent later, and not refused, was seen by then.
	Raw      []RawRow
	Row      *Row
	Sentinel bool
	// Retried is what the target says of the retry, once the database refused nothing any more; HealedRaw and HealedRow
	// are what was there of the object then. Expected is the row that must be.
	Retried   target.Retried
	HealedRaw []RawRow
	HealedRow *Row
	Expected  *oracle.Object
}

// Delivery is one post to the webhook endpoint.
type Delivery struct {
	// Ref names what it was made from: a recorded delivery, or a change at the sandbox.
	Ref, Topic string
	Header     http.Header
	Body       []byte
	Answer     target.Answer
	// Effect is what it must do to the rows.
	Effect oracle.Effect
	// Repeats says that it is the same delivery again, Late that it was overtaken by a newer one of its object.
	Repeats, Late bool
}

// Step returns the named step; an empty one where the scenario has none.
func (s *Snapshot) Step(name string) *Step {
	for _, st := range s.Steps {
		if st.Name == name {
			return st
		}
	}
	return &Step{Name: name}
}

// Has tells whether the target has a notion.
func (s *Snapshot) Has(what profile.Notion) bool { _, lacks := s.Lacks[what]; return !lacks }

// Requests returns all exchanges of all steps.
func (s *Snapshot) Requests() []Exchange {
	var all []Exchange
	for _, st := range s.Steps {
		all = append(all, st.Traffic...)
	}
	return all
}
