// Package profile says how one target is driven and what it calls things. Today there is the default protocol and
// the SOP's naming convention, which the bundled reference follows.
package profile

import "github.com/syncspec/syncspec/internal/manifest"

// Profile describes one target.
type Profile struct {
	// Name is shown with every result.
	Name string
	// Bundled says that the target is the reference that comes with syncspec: a run of it is a self-test.
	Bundled bool
	Names   Names
}

// Names are the tables and columns of a target.
type Names struct {
	Schema string
	// Raw is the raw ingest table and the columns in it.
	Raw RawNames
	// ObjectID is the column of a refined table that holds the source's id.
	ObjectID string
	// Integration and Company are the stamps of every row; Created and Updated its own times.
	Integration, Company, Created, Updated string
	// Deleted is the tombstone's column on an object's table: not null means deleted.
	Deleted string
	// Integrations is the table of connected accounts and the columns in it.
	Integrations IntegrationNames
	// HashRecipe names how the target hashes a payload, where it says so; see package canonical.
	HashRecipe string
}

// RawNames are the columns of the raw ingest table.
type RawNames struct {
	Table, ObjectType, ObjectID, Hash, Payload, Status, Error, Topic string
}

// IntegrationNames are the columns of the table of connected accounts.
type IntegrationNames struct {
	Table, ID, Metadata string
}

// Reference is the profile of the bundled target, made from the SOP's naming convention.
func Reference(m *manifest.Manifest) Profile {
	return Profile{
		Name:    "reference",
		Bundled: true,
		Names: Names{
			Schema: "public",
			Raw: RawNames{
				Table: m.RawTable(), ObjectType: "object_type", ObjectID: m.ObjectIDColumn(),
				Hash: "dedupe_hash_canonical", Payload: "payload", Status: "processing_status", Error: "error_message", Topic: "topic",
			},
			ObjectID:    m.ObjectIDColumn(),
			Integration: "integration_id", Company: "company_id", Created: "created_at", Updated: "updated_at",
			Deleted:      "deleted_at",
			Integrations: IntegrationNames{Table: "integration", ID: "id", Metadata: "metadata_info"},
			HashRecipe:   "sorted-json/1",
		},
	}
}
