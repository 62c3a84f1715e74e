package target

import "time"

// Described is what a target says it can do.
type Described struct {
	Scopes, Functions, Topics []string
}

// Integration is a connected account.
type Integration struct {
	// ID and CompanyID are empty where the target has none.
	ID, CompanyID string
	// WebhookURL is where deliveries go; empty where the target takes none.
	WebhookURL string
}

// Authorized is what the target's callback answers once the owner has granted what was asked for.
type Authorized struct {
	Integration
	// Granted are the scopes that the target says it was granted.
	Granted []string
}

// Stats is what a target says one sync function did.
type Stats struct {
	Fetched, Ingested, Errors int
	// Error is the first failure, Note why there was nothing to fetch, where the target says so.
	Error, Note string
}

// Registered is what a target says of one registration.
type Registered struct {
	Topic, Status, Error string
}

// Retried is what a target says a retry did.
type Retried struct {
	Retried, Healed int
	// Silent says that the target says nothing of it.
	Silent bool
}

// Figures is what a target says of the rows that it keeps of one integration.
type Figures struct {
	// Objects are the refined rows by the manifest's names of objects.
	Objects map[string]Figure
}

// Figure counts the rows of one object, and how many of them are tombstones.
type Figure struct {
	Rows, Deleted int
}

// Answer is how the target answered a delivery.
type Answer struct {
	Status  int
	Body    string
	Elapsed time.Duration
}
