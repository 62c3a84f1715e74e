package profile

// NamesSpec is what a profile says of names. What it leaves out is called as the SOP's convention has it.
type NamesSpec struct {
	Schema string   `yaml:"schema,omitempty"`
	Raw    *RawSpec `yaml:"raw,omitempty"`
	// ObjectID is the column of refined tables with the source's id.
	ObjectID    string `yaml:"object_id,omitempty"`
	Integration string `yaml:"integration,omitempty"`
	Company     string `yaml:"company,omitempty"`
	// CreatedAt and UpdatedAt are the row's own times.
	CreatedAt string `yaml:"created_at,omitempty"`
	UpdatedAt string `yaml:"updated_at,omitempty"`
	// Deletes is what becomes of a deleted object's row: it gets a time in DeletedAt (soft, the default), or goes (hard).
	Deletes      string            `yaml:"deletes,omitempty" jsonschema:"enum=soft,enum=hard,default=soft"`
	DeletedAt    string            `yaml:"deleted_at,omitempty"`
	Integrations *IntegrationsSpec `yaml:"integrations,omitempty"`
	// Hash names the recipe of the payload's hash, where it is a known one.
	Hash string `yaml:"hash,omitempty"`
	// Tables are the refined tables that are not called, or made, as the manifest has them, by the manifest's name.
	Tables map[string]TableSpec `yaml:"tables,omitempty"`
}

// RawSpec is the raw ingest table.
type RawSpec struct {
	Table      string `yaml:"table,omitempty"`
	ObjectType string `yaml:"object_type,omitempty"`
	ObjectID   string `yaml:"object_id,omitempty"`
	Hash       string `yaml:"hash,omitempty"`
	Payload    string `yaml:"payload,omitempty"`
	Status     string `yaml:"status,omitempty"`
	Error      string `yaml:"error,omitempty"`
	Topic      string `yaml:"topic,omitempty"`
	// Types is what object_type says for an object, where it is not the object's name.
	Types map[string]string `yaml:"types,omitempty"`
	// Pending, Processed and Failed are the values of the status.
	Pending   string `yaml:"pending,omitempty"`
	Processed string `yaml:"processed,omitempty"`
	Failed    string `yaml:"failed,omitempty"`
}

// IntegrationsSpec is the table of connected accounts.
type IntegrationsSpec struct {
	Table    string `yaml:"table,omitempty"`
	ID       string `yaml:"id,omitempty"`
	Metadata string `yaml:"metadata,omitempty"`
}

// TableSpec is one refined table.
type TableSpec struct {
	// Table is its name; ObjectID its column with the source's id, Parent that with the parent's.
	Table    string `yaml:"table,omitempty"`
	ObjectID string `yaml:"object_id,omitempty"`
	Parent   string `yaml:"parent,omitempty"`
	// ParentBy is the column of the parent's table that Parent refers to, where it is not the one with the source's id: a
	// key of the target's own.
	ParentBy string `yaml:"parent_by,omitempty"`
	// Columns are the columns that are called otherwise, by the manifest's name.
	Columns map[string]string `yaml:"columns,omitempty"`
	// Kept are the columns that keep another form of the value, by the manifest's name: minor_units, unix, unix_millis,
	// naive_utc.
	Kept map[string]string `yaml:"kept,omitempty"`
	// Lacks are the columns that are not there, by the manifest's name, with the reason.
	Lacks map[string]string `yaml:"lacks,omitempty"`
}
