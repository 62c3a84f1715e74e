package reference

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Ports are the steps an object goes through, and the decisions around them. Config.Wrap may replace any of them by a
// wrapper around it.
type Ports struct {
	Fetcher   Fetcher
	Verifier  Verifier
	Hasher    Hasher
	Ingester  Ingester
	Refiner   Refiner
	Arbiter   Arbiter
	Responder Responder
	// Pacer says when a failed request is tried again, Ledger keeps what became of raw rows, Registrar registers
	// webhooks. Each is described beside what implements it.
	Pacer     Pacer
	Ledger    Ledger
	Registrar Registrar
}

// Fetcher gets one page of a list from the provider.
type Fetcher interface {
	Fetch(ctx context.Context, req PageRequest) (Page, error)
}

// PageRequest is one page of one walk. A wrapper may change it before it is sent.
type PageRequest struct {
	Manifest *manifest.Manifest
	Object   *manifest.Object
	List     *manifest.List
	Account  Account
	// URL is the address asked, with its query.
	URL *url.URL
	// Number counts the pages of a walk from 1; Pages is how many the first page announced, 0 where unknown.
	Number int
	Pages  int
	// Fanout are the values that made this walk one of many, such as order_id.
	Fanout map[string]string
	// Batch are the values this walk asks for at once, where its list must be told them.
	Batch []string
	// Since is the start of an incremental walk, zero for a full one.
	Since time.Time
}

// Page is what one request gave. Next is nil on the last page.
type Page struct {
	Objects []json.RawMessage
	Next    *PageRequest
}

// Account is where and as whom the provider is spoken to.
type Account struct {
	// Integration is the id of the integration whose account it is; empty before there is one.
	Integration string
	// URL is scheme and host that stand for those of the manifest's base_url.
	URL string
	// Values fill {placeholders} in the path of the manifest's base_url.
	Values map[string]string
	// PageSize replaces the greatest page size in incremental requests, by object name.
	PageSize    map[string]int
	Credentials map[string]string
}

// Verifier tells whether a webhook delivery comes from the provider. A refusal is an error that wraps ErrSignature.
type Verifier interface {
	Verify(d Delivery) error
}

// Delivery is a webhook call as it came in, before anything in it is believed.
type Delivery struct {
	Manifest *manifest.Manifest
	// Secret is the one given at connect; URL is the address the webhook was registered with.
	Secret string
	URL    string
	Header http.Header
	Body   []byte
}

// Document is one payload with what is needed to read it.
type Document struct {
	Manifest *manifest.Manifest
	Object   *manifest.Object
	Payload  json.RawMessage
	// Fanout are the values of the walk it was found by; nil for deliveries.
	Fanout map[string]string
}

// Hasher gives the hash by which equal payloads are known: equal under key order and volatile fields only.
type Hasher interface {
	Hash(doc Document) (string, error)
}

// Ingester stores raw rows before anything is done with them. It answers one Stored for each, in order.
type Ingester interface {
	Ingest(ctx context.Context, rows []RawRow) ([]Stored, error)
}

// RawRow is one row of {source}_raw_ingest.
type RawRow struct {
	Source        string
	IntegrationID string
	CompanyID     string
	ObjectType    string
	// ObjectID is empty where the payload has none.
	ObjectID        string
	Hash            string
	Payload         json.RawMessage
	Fanout          map[string]string
	SourceUpdatedAt *time.Time
	// Origin is backfill or webhook; Topic is the webhook's.
	Origin string
	Topic  string
	Status string
	Error  string
	Diff   json.RawMessage
}

// Stored is the raw row a payload has: a new one, or the one with an equal payload that was there.
type Stored struct {
	ID  int64
	New bool
}

// Refiner turns a payload into the values of its refined rows.
type Refiner interface {
	Refine(doc Document) (Row, error)
}

// Row is the wanted state of one refined row and of the rows below it.
type Row struct {
	Key string
	// Values are by column, written as Postgres reads them; nil is NULL. A column that is absent stays as it is.
	Values   map[string]*string
	Children []ChildRows
}

// ChildRows replace all rows of a child table that belong to one parent row.
type ChildRows struct {
	Table string
	Rows  []Row
	// Cut arrays have as many elements as the provider gives at most: there may be more, so rows they lack stay.
	Cut bool
}

// Arbiter decides what an event does to a row, given what the copy holds.
type Arbiter interface {
	Decide(state State, in Incoming) Decision
}

// State is what the copy knows of one object before an event.
type State struct {
	Exists    bool
	UpdatedAt *time.Time
	DeletedAt *time.Time
	// Deletion is the delete event that was received and not undone since; the row need not exist.
	Deletion *Deletion
}

// Deletion is a delete event that still counts.
type Deletion struct {
	ReceivedAt time.Time
	// InBody tells that the object's last body says deleted as well.
	InBody bool
}

// Incoming is an event, or an object found in a list (an Update).
type Incoming struct {
	Event manifest.Event
	// KeyOnly is an event whose payload identifies the object and nothing more.
	KeyOnly   bool
	UpdatedAt *time.Time
	// Deleted tells that the body says so (deleted_when).
	Deleted  bool
	Received time.Time
}

// Decision is what an event leaves behind.
type Decision struct {
	// Write applies the body's values; the tombstone and the remembered deletion are set in any case.
	Write     bool
	DeletedAt *time.Time
	Deletion  *Deletion
}

// Responder turns the outcome of a delivery into the answer the provider sees.
type Responder interface {
	Respond(o Outcome) (status int, body any)
}

// Outcome is what became of one delivery.
type Outcome struct {
	// Kind is one of the Outcome constants.
	Kind  OutcomeKind
	RawID int64
	// Err is why, for everything but applied deliveries and pings.
	Err error
}

// OutcomeKind says how far a delivery got.
type OutcomeKind string

// The kinds of outcome.
const (
	OutcomeApplied OutcomeKind = "applied"  // raw row and refined row are written
	OutcomeFailed  OutcomeKind = "failed"   // the raw row is kept with its error; retry can heal it
	OutcomePing    OutcomeKind = "ping"     // nothing to store
	OutcomeRefused OutcomeKind = "refused"  // the signature is missing or wrong; nothing is stored
	OutcomeLost    OutcomeKind = "not_kept" // the raw row could not be written, so the provider must send it again
)
