package profile

import (
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Names are the tables and columns of a target that no manifest's object owns; those of objects are in Profile.Manifest.
// An empty name is one that the target lacks.
type Names struct {
	Schema string
	// Raw is the raw ingest table and the columns in it.
	Raw RawNames
	// Integration and Company are the stamps of every row; Created and Updated its own times.
	Integration, Company, Created, Updated string
	// Deleted is the tombstone's column on an object's table: not null means deleted. HardDeletes says that there are no
	// tombstones: a deleted object's row goes.
	Deleted     string
	HardDeletes bool
	// Integrations is the table of connected accounts and the columns in it.
	Integrations IntegrationNames
	// HashRecipe names how the target hashes a payload, where it says so; see package canonical.
	HashRecipe string
	// ParentBy is the column of the parent's table that a table's parent column refers to, where it is a key of the target's own
	// and not the source's id, by table.
	ParentBy map[string]string
	// Kept says how a column keeps values in another form than the manifest's type, by table and column in the target's names.
	Kept map[Place]Kept
	// Unkept are the columns that a table lacks, by table and the manifest's column, with the reason.
	Unkept map[Place]string
}

// Place is a column of a table.
type Place struct{ Table, Column string }

// Kept is a form in which values are kept that are something else.
type Kept string

// The forms. A value is turned back into what the source offers before it is compared.
const (
	MinorUnits Kept = "minor_units" // an amount in hundredths, a whole number
	Unix       Kept = "unix"        // a time in seconds
	UnixMillis Kept = "unix_millis" // a time in milliseconds
	NaiveUTC   Kept = "naive_utc"   // a timestamp without zone, in UTC
)

// RawNames are the raw ingest table and its columns.
type RawNames struct {
	Table, ObjectType, ObjectID, Hash, Payload, Status, Error, Topic string
	// KeySeparator stands in ObjectID between the parts of a key of several fields.
	KeySeparator string
	// Composite are the objects that several fields identify.
	Composite map[string]bool
	// Types is what ObjectType says for each object, where it is not the object's name.
	Types map[string]string
	// Pending, Processed and Failed are the values of Status.
	Pending, Processed, Failed string
}

// Key is a key as ObjectID has it, and Unkey the other way about: the parts of a key of several fields may be joined otherwise.
func (n RawNames) Key(object, key string) string { return n.joined(object, key, "/", n.KeySeparator) }

// Unkey is the manifest's form of what ObjectID holds.
func (n RawNames) Unkey(object, id string) string { return n.joined(object, id, n.KeySeparator, "/") }

func (n RawNames) joined(object, text, from, to string) string {
	if !n.Composite[object] || from == to {
		return text
	}
	return strings.ReplaceAll(text, from, to)
}

// Type is what the raw table calls an object.
func (n RawNames) Type(object string) string {
	if t := n.Types[object]; t != "" {
		return t
	}
	return object
}

// IntegrationNames are the table of connected accounts and its columns.
type IntegrationNames struct {
	Table, ID, Metadata string
}

func composite(m *manifest.Manifest) map[string]bool {
	several := map[string]bool{}
	for _, o := range m.Objects {
		if len(o.Key) > 1 {
			several[o.Name] = true
		}
	}
	return several
}

// conventional are the names by the SOP's convention.
func conventional(m *manifest.Manifest) Names {
	return Names{
		Schema: "public",
		Raw: RawNames{
			Table: m.RawTable(), ObjectType: "object_type", ObjectID: m.ObjectIDColumn(),
			Hash: "dedupe_hash_canonical", Payload: "payload", Status: "processing_status", Error: "error_message", Topic: "topic", KeySeparator: "/", Composite: composite(m),
			Pending: "pending", Processed: "processed", Failed: "error",
		},
		Integration: "integration_id", Company: "company_id", Created: "created_at", Updated: "updated_at",
		Deleted:      "deleted_at",
		Integrations: IntegrationNames{Table: "integration", ID: "id", Metadata: "metadata_info"},
		HashRecipe:   "sorted-json/1",
	}
}
