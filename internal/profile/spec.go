package profile

// NamesSpec is what a profile says of names. What it leaves out is called as the SOP's convention has it.
type NamesSpec struct {
	// Schema is where the tables are; public if left out.
	Schema string `yaml:"schema,omitempty"`
	// Raw is the raw ingest table.
	Raw *RawSpec `yaml:"raw,omitempty"`
	// ObjectID is the column with the source's id in all tables that do not say otherwise; <source>_object_id if left out.
	ObjectID string `yaml:"object_id,omitempty"`
	// Integration is the column with the integration in all tables; integration_id if left out.
	Integration string `yaml:"integration,omitempty"`
	// Company is the column with the company in all tables; company_id if left out.
	Company string `yaml:"company,omitempty"`
	// CreatedAt is the column with the time at which the row was made, which is not the source's time; created_at if left out.
	CreatedAt string `yaml:"created_at,omitempty"`
	// UpdatedAt is the column with the time at which the row was last changed; updated_at if left out.
	UpdatedAt string `yaml:"updated_at,omitempty"`
	// Deletes is what becomes of a deleted object's row: it gets a time in deleted_at (soft), or goes (hard).
	Deletes string `yaml:"deletes,omitempty" jsonschema:"enum=soft,enum=hard,default=soft"`
	// DeletedAt is the column that is not null where the object is deleted; deleted_at if left out.
	DeletedAt string `yaml:"deleted_at,omitempty"`
	// Integrations is the table of connected accounts.
	Integrations *IntegrationsSpec `yaml:"integrations,omitempty"`
	// Hash names the recipe of the payload's hash, such as sorted-json/1, where it is a known one.
	Hash string `yaml:"hash,omitempty"`
	// Tables are the refined tables that are not called, or made, as the manifest has them, by the manifest's name.
	Tables map[string]TableSpec `yaml:"tables,omitempty"`
}

// RawSpec is the raw ingest table.
type RawSpec struct {
	// Table is its name; <source>_raw_ingest if left out.
	Table string `yaml:"table,omitempty"`
	// ObjectType is the column that says what the payload is of; object_type if left out.
	ObjectType string `yaml:"object_type,omitempty"`
	// ObjectID is the column with the source's id; as in the other tables if left out.
	ObjectID string `yaml:"object_id,omitempty"`
	// Hash is the column with the payload's hash; dedupe_hash_canonical if left out.
	Hash string `yaml:"hash,omitempty"`
	// Payload is the column with the payload as it came; payload if left out.
	Payload string `yaml:"payload,omitempty"`
	// Status is the column that says whether the payload was refined; processing_status if left out.
	Status string `yaml:"status,omitempty"`
	// Error is the column that says why it was not; error_message if left out.
	Error string `yaml:"error,omitempty"`
	// Topic is the column with a delivery's topic; topic if left out.
	Topic string `yaml:"topic,omitempty"`
	// KeySeparator stands in object_id between the parts of a key of several fields; a slash if empty.
	KeySeparator string `yaml:"key_separator,omitempty"`
	// Types is what the column object_type says for an object, where it is not the object's name, or for deliveries of a topic that
	// are of no object, such as notices, where it is not the topic's name.
	Types map[string]string `yaml:"types,omitempty"`
	// Pending is the status of a payload that is not refined yet; pending if left out.
	Pending string `yaml:"pending,omitempty"`
	// Processed is the status of one that is refined; processed if left out.
	Processed string `yaml:"processed,omitempty"`
	// Failed is the status of one that could not be refined; error if left out.
	Failed string `yaml:"failed,omitempty"`
}

// IntegrationsSpec is the table of connected accounts.
type IntegrationsSpec struct {
	// Table is its name; integration if left out.
	Table string `yaml:"table,omitempty"`
	// ID is the column that other tables refer to; id if left out.
	ID string `yaml:"id,omitempty"`
	// Metadata is the column, of JSON, with what is known of the account; metadata_info if left out.
	Metadata string `yaml:"metadata,omitempty"`
}

// TableSpec is one refined table.
type TableSpec struct {
	// Table is its name.
	Table string `yaml:"table,omitempty"`
	// ObjectID is its column with the source's id.
	ObjectID string `yaml:"object_id,omitempty"`
	// Parent is its column with the parent's id.
	Parent string `yaml:"parent,omitempty"`
	// ParentBy is the column of the parent's table that the parent column refers to, where it is not the one with the source's id
	// but a key of the target's own.
	ParentBy string `yaml:"parent_by,omitempty"`
	// Columns are the columns that are called otherwise, by the manifest's name.
	Columns map[string]string `yaml:"columns,omitempty"`
	// Kept are the columns that keep another form of the value, by the manifest's name: an amount in hundredths (minor_units), a
	// time in seconds (unix) or milliseconds (unix_millis), or one without zone, in UTC (naive_utc).
	Kept map[string]string `yaml:"kept,omitempty"`
	// Lacks are the columns that are not there, by the manifest's name, with the reason.
	Lacks map[string]string `yaml:"lacks,omitempty"`
}
