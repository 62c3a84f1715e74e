// Package result is the one model of what a run found. The exit code, Ginkgo's verdict and every report are
// computed from it and from nothing else, so that they cannot disagree.
package result

import (
	"slices"
	"time"
)

// Status is what one check found about one subject.
type Status string

// The statuses, mildest first. Only Pass and Warning are green; Waived and NotApplicable are neutral.
const (
	// Pass: the rule holds, and there was enough data to prove it.
	Pass Status = "pass"
	// NotApplicable: the source does not have what the rule is about. Cause says why.
	NotApplicable Status = "not_applicable"
	// Waived: the rule is broken, and somebody accepted that until a date. Never taken on trust: see [Run.Complete].
	Waived Status = "waived"
	// Warning: the rule holds, but a person should look.
	Warning Status = "warning"
	// Unproven: too little data to prove anything. Never green.
	Unproven Status = "unproven"
	// Blocked: the scenario could not be set up. BlockedBy names the one result that holds the cause. Never green.
	Blocked Status = "blocked"
	// Fail: the target breaks the rule.
	Fail Status = "fail"
	// Error: the harness could not judge; never the target's fault.
	Error Status = "error"
)

// Statuses returns all statuses, mildest first: the order of roll-up, in which the worst one speaks for the group.
func Statuses() []Status {
	return []Status{Pass, NotApplicable, Waived, Warning, Unproven, Blocked, Fail, Error}
}

// severity is the place of s among the statuses; one that does not exist is worse than all of them, never green.
func (s Status) severity() int {
	all := Statuses()
	if i := slices.Index(all, s); i >= 0 {
		return i
	}
	return len(all)
}

// Worse tells whether s is more severe than other.
func (s Status) Worse(other Status) bool { return s.severity() > other.severity() }

// Red tells whether the status must fail a run: everything that is neither green nor neutral.
func (s Status) Red() bool { return s.severity() >= Unproven.severity() }

// Known tells whether s is one of the statuses above.
func (s Status) Known() bool { return slices.Contains(Statuses(), s) }

// Basis says how a result is known.
type Basis string

// Observed was seen in requests, rows or deliveries; Claimed is only what the target says of itself.
const (
	Observed Basis = "observed"
	Claimed  Basis = "claimed"
)

// Mode says where the traffic behind a result came from.
type Mode string

// Recorded is traffic of a real provider, RecordedSandbox a recording of our own imitation of it, Sandbox that
// imitation itself, Live the provider.
const (
	Recorded        Mode = "recorded"
	RecordedSandbox Mode = "recorded-sandbox"
	Sandbox         Mode = "sandbox"
	Live            Mode = "live"
)

// Evidence is one thing that was looked at: a request, a row, a log line, a difference.
type Evidence struct {
	// Kind is a short word: "request", "row", "difference", "delivery", "log", "sql".
	Kind string `json:"kind"`
	// Text is one line or a short block, already free of secrets.
	Text string `json:"text"`
}

// ByHand is the kind of evidence that is a command with which a person sees the same.
const ByHand = "by hand"

// Result is what one check found about one subject.
type Result struct {
	// Check is the check's id, e.g. "dedupe/hash-unique"; Subject what it was applied to, e.g. "orders".
	Check   string `json:"check"`
	Subject string `json:"subject"`
	// Phase is the SOP phase, 1 to 7; SOP the requirement ids that the check settles.
	Phase int      `json:"phase"`
	SOP   []string `json:"sop"`
	// Level is "required" or "recommended".
	Level  string `json:"level"`
	Status Status `json:"status"`
	// Cause is a stable slug of why the status is what it is, e.g. "page-not-requested"; empty on Pass.
	Cause string `json:"cause,omitempty"`
	// Lacks is the notion of the target's that is not there, where that is the cause.
	Lacks string `json:"lacks,omitempty"`
	// Summary is one sentence: what was seen.
	Summary  string     `json:"summary"`
	Expected string     `json:"expected,omitempty"`
	Actual   string     `json:"actual,omitempty"`
	Evidence []Evidence `json:"evidence,omitempty"`
	// Why and Remedy come from the check: why the rule matters, and how to mend what breaks it.
	Why    string `json:"why,omitempty"`
	Remedy string `json:"remedy,omitempty"`
	Basis  Basis  `json:"basis,omitempty"`
	// Mode says where the traffic behind this result came from: some states are only reached with the sandbox, whatever
	// the run's mode. Empty where there was none.
	Mode Mode `json:"mode,omitempty"`
	// BlockedBy is the key of the result that holds the cause of a Blocked one.
	BlockedBy string `json:"blocked_by,omitempty"`
	// Checked counts what was compared (objects, rows, requests): the weight of a Pass.
	Checked int `json:"checked,omitempty"`
	// WaivedBy is the waiver that accepts a Waived result, and Was the status that it had else.
	WaivedBy *Waiver `json:"waived_by,omitempty"`
	Was      Status  `json:"was,omitempty"`
	// Lapsed is the waiver that would accept a red result, had it not expired.
	Lapsed *Waiver `json:"lapsed,omitempty"`
	// Artifacts is the folder, from the report's own, with what was kept of a spec that failed; empty for none.
	Artifacts string `json:"artifacts,omitempty"`
	// Seconds is the time the check itself took, scenario set-up excluded.
	Seconds float64 `json:"seconds"`
	// Worker is the number of the process that found it, 1 where there is one only.
	Worker int `json:"worker,omitempty"`
}

// Key names a result within a run.
func (r Result) Key() string { return r.Check + " [" + r.Subject + "]" }

// Run is a whole run: what was planned, under which conditions, and what was found.
type Run struct {
	Source string `json:"source"`
	Title  string `json:"title"`
	// Target is the profile's name; SelfTest says that it is the bundled reference.
	Target   string `json:"target"`
	SelfTest bool   `json:"self_test"`
	Mode     Mode   `json:"mode"`
	// Provenance is one line: what was recorded, when, from what.
	Provenance string    `json:"provenance,omitempty"`
	Seed       int64     `json:"seed"`
	Started    time.Time `json:"started"`
	Seconds    float64   `json:"seconds"`
	// Objects is how many objects the source has, Excluded are those of them that the target is not held to. Lacks are the
	// notions that the target does not have: what needs them fails, unless it is waived.
	Objects  int        `json:"objects,omitempty"`
	Excluded []Excluded `json:"excluded,omitempty"`
	Lacks    []Lack     `json:"lacks,omitempty"`
	// Waivers are the accepted failures. One that has expired by the day the run started is judged so only with
	// EnforceExpiry; without it that is a remark.
	Waivers       []Waiver `json:"waivers,omitempty"`
	EnforceExpiry bool     `json:"enforce_expiry,omitempty"`
	// Planned are the keys of all results that a full run has, in the plan's order; Selected those that this
	// run's filter let through. They differ when a filter was given.
	Planned  []Planned `json:"planned"`
	Selected []string  `json:"selected,omitempty"`
	// Results are what was found. A selected key without a result did not complete.
	Results []Result `json:"results"`
	// Notes are facts about the run for people: which Postgres, unused cassettes, versions no route offered.
	Notes []string `json:"notes,omitempty"`
}

// Excluded is an object that the target does not copy, and why.
type Excluded struct {
	Object string `json:"object"`
	Why    string `json:"why"`
}

// Lack is a notion that the target does not have, and why.
type Lack struct {
	What string `json:"what"`
	Why  string `json:"why"`
}

// Planned is one spec of the plan before it ran.
type Planned struct {
	Check   string   `json:"check"`
	Subject string   `json:"subject"`
	Phase   int      `json:"phase"`
	SOP     []string `json:"sop"`
	Level   string   `json:"level"`
}

// Key names the planned spec as its result will be named.
func (p Planned) Key() string { return p.Check + " [" + p.Subject + "]" }
