package scenario

import (
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

// ProbeName names one probe of the webhook endpoint.
type ProbeName string

// The probes. Each bad delivery uses an object of its own, so that nothing of it may ever be seen.
const (
	// ProbeFirst is a good delivery; the next three are about the same object.
	ProbeFirst ProbeName = "first"
	// ProbeKeyOrder is the same payload with its keys in another order.
	ProbeKeyOrder ProbeName = "key-order"
	// ProbeDuplicate is the same delivery again, byte for byte.
	ProbeDuplicate ProbeName = "duplicate"
	// ProbeChanged is the same payload with one field changed and nothing else, not even its time.
	ProbeChanged ProbeName = "changed"

	ProbeTampered      ProbeName = "tampered"       // a body changed after it was signed
	ProbeOtherSecret   ProbeName = "other-secret"   // signed with another account's secret
	ProbeNoSignature   ProbeName = "no-signature"   // without the signature's header
	ProbeGarbage       ProbeName = "garbage"        // a signature that is none
	ProbeOtherEncoding ProbeName = "other-encoding" // the right digest, encoded as the source never does

	// ProbeNewer is a good delivery, ProbeStale one of the same object that the source made before it: its time of change
	// is the older one, and its text another.
	ProbeNewer ProbeName = "newer"
	ProbeStale ProbeName = "stale"

	// ProbePing is the source's unsigned first delivery, ProbeNotObject a signed body that is no object, ProbeBroken one that
	// is not even JSON.
	ProbePing      ProbeName = "ping"
	ProbeNotObject ProbeName = "not-object"
	ProbeBroken    ProbeName = "broken"
)

// BadSignatures are the probes that must be refused for their signature.
func BadSignatures() []ProbeName {
	return []ProbeName{ProbeTampered, ProbeOtherSecret, ProbeNoSignature, ProbeGarbage, ProbeOtherEncoding}
}

// Probe is what one delivery did.
type Probe struct {
	Delivery *Delivery
	// Object and Key are what the payload is about.
	Object, Key string
	// Raw are the object's raw rows after a good delivery that was sent later was seen.
	Raw []RawRow
	// Refined tells whether a refined row of the object existed then, Row is that row.
	Refined bool
	Row     *Row
	// Expected is what must be there of the object by then. Only for good deliveries.
	Expected *oracle.Object
	// Proper, for a bad delivery, is the same body signed well and sent afterwards, ProperSeen whether its raw row
	// appeared: it shows that the bad one was refused for its signature and for nothing else.
	Proper     *Delivery
	ProperSeen bool
	// SentinelSeen tells whether the good delivery that was sent after this one was seen: without it nothing that is
	// not there is proved to stay away.
	SentinelSeen bool
	// Changes are the rows, of all refined tables, that appeared, changed or went besides the sentinel's own, SetAside is
	// how many more raw rows are in error than before. Only for payloads that must change no row.
	Changes  []string
	SetAside int
}

// NoticeProbe is what the delivery of a topic that tells of no object did.
type NoticeProbe struct {
	Notice manifest.Notice
	// Bad is signed with another account's secret and has a body of its own; Good is as the source makes it, and was sent
	// after it.
	Bad, Good *Delivery
	// Seen tells whether a raw row of the good one appeared in time, Raw are the topic's raw rows then.
	Seen bool
	Raw  []RawRow
	// Changes are the rows of refined tables that appeared, changed or went.
	Changes []string
}
