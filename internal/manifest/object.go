package manifest

// Object is one kind of thing the source has: orders, products.
type Object struct {
	// Name is the object's name in the plural, as the provider's paths have it where they have one.
	Name string `yaml:"name" json:"name" jsonschema:"pattern=^[a-z][a-z0-9_]{0\\,62}$"`
	// Sync is the function that copies it; by the SOP's convention fetch_and_ingest_<name>. Several objects may share one,
	// as inventory items and levels do.
	Sync  string `yaml:"sync" json:"sync"`
	Scope string `yaml:"scope" json:"scope"`
	// Lists are the walks whose union is the object's population.
	Lists []List `yaml:"lists,omitempty" json:"lists,omitempty"`
	// Alternatives are other routes to the same objects: a target may take them, the oracle does not need them.
	Alternatives []List `yaml:"alternatives,omitempty" json:"alternatives,omitempty"`
	// One is the path of a single object, with {id}; OneAt the path of the object in its body, empty where it is the body.
	One   string `yaml:"one,omitempty" json:"one,omitempty"`
	OneAt string `yaml:"one_at,omitempty" json:"one_at,omitempty"`
	// Count is where the provider counts the population.
	Count *Count `yaml:"count,omitempty" json:"count,omitempty"`
	// Key are the fields that identify an object; KeyType is integer (the default) or text.
	Key     []string `yaml:"key,omitempty" json:"key,omitempty"`
	KeyType string   `yaml:"key_type,omitempty" json:"key_type,omitempty" jsonschema:"enum=integer,enum=text,default=integer"`
	// UpdatedAt is the field with the time of the last change; absent where the provider has none.
	UpdatedAt   *TimeField   `yaml:"updated_at,omitempty" json:"updated_at,omitempty"`
	Incremental *Incremental `yaml:"incremental,omitempty" json:"incremental,omitempty"`
	// DeletedWhen says which listed objects are deleted ones; their rows are tombstones.
	DeletedWhen *Condition `yaml:"deleted_when,omitempty" json:"deleted_when,omitempty"`
	// Table is the refined table; Fields map payload paths to its columns.
	Table    string  `yaml:"table,omitempty" json:"table,omitempty"`
	Fields   Fields  `yaml:"fields,omitempty" json:"fields,omitempty"`
	Children []Child `yaml:"children,omitempty" json:"children,omitempty"`
	// Parent makes a foreign key from a column of this table to another object's row.
	Parent     *Parent     `yaml:"parent,omitempty" json:"parent,omitempty"`
	References []Reference `yaml:"references,omitempty" json:"references,omitempty"`
	Webhooks   []Topic     `yaml:"webhooks,omitempty" json:"webhooks,omitempty"`
	// Volatile are fields that change from read to read: left out of comparison and of the hash.
	Volatile []Volatile `yaml:"volatile,omitempty" json:"volatile,omitempty"`
	// Unavailable says how the provider answers where an account does not have the feature: that is no failed sync.
	Unavailable *Unavailable `yaml:"unavailable,omitempty" json:"unavailable,omitempty"`
	// NotApplicable is the reason, with a date, why no protocol that syncspec speaks offers the object.
	NotApplicable string `yaml:"not_applicable,omitempty" json:"not_applicable,omitempty"`

	// Excluded says why a target is not held to copy the object, IDColumn what it calls the column with the object's id. Both
	// are empty in a source's own manifest.
	Excluded string `yaml:"-" json:"-"`
	IDColumn string `yaml:"-" json:"-"`
}

// Applies tells whether the source has the object and the target is held to copy it.
func (o *Object) Applies() bool { return o.NotApplicable == "" && o.Excluded == "" }

// List is one walk over objects.
type List struct {
	// Path is below the base URL; {name} stands for a value of Each.
	Path   string            `yaml:"path" json:"path"`
	Params map[string]string `yaml:"params,omitempty" json:"params,omitempty"`
	// At is the path of the array in the body; empty where the body is the array.
	At string `yaml:"at,omitempty" json:"at,omitempty"`
	// Each makes one walk per object of another kind.
	Each *Each `yaml:"each,omitempty" json:"each,omitempty"`
	// Batch asks for the objects of many others at once.
	Batch *Batch `yaml:"batch,omitempty" json:"batch,omitempty"`
	// Unpaged lists answer everything at once.
	Unpaged bool `yaml:"unpaged,omitempty" json:"unpaged,omitempty"`
}

// Each is the fan-out of a list over parent objects.
type Each struct {
	Object string `yaml:"object" json:"object"`
	// Field is the parent's field whose value replaces {As} in the path; As also names the value in Fields, as "@as".
	Field string `yaml:"field" json:"field"`
	As    string `yaml:"as" json:"as"`
	// Changed says that the parent's time of change moves with what hangs below it, so that an incremental sync needs
	// the parents alone that changed.
	Changed bool `yaml:"changed,omitempty" json:"changed,omitempty"`
}

// Batch is a list that must be told whose objects it gives: one walk for every Max values of another object's field.
type Batch struct {
	Object string `yaml:"object" json:"object"`
	Field  string `yaml:"field" json:"field"`
	// Param carries the values, with a comma between them.
	Param string `yaml:"param" json:"param"`
	Max   int    `yaml:"max" json:"max"`
}

// Count is the provider's own count of a population.
type Count struct {
	Path   string            `yaml:"path" json:"path"`
	Params map[string]string `yaml:"params,omitempty" json:"params,omitempty"`
	// At is the path of the number in the body.
	At string `yaml:"at" json:"at"`
}

// Unavailable is the answer of an account that lacks a feature.
type Unavailable struct {
	Status int    `yaml:"status" json:"status"`
	Why    string `yaml:"why" json:"why"`
}

// TimeField is a field that holds a time.
type TimeField struct {
	Field  string     `yaml:"field" json:"field"`
	Format TimeFormat `yaml:"format,omitempty" json:"format,omitempty" jsonschema:"enum=rfc3339,enum=naive_utc,enum=unix,enum=date,default=rfc3339"`
}

// TimeFormat says how a time is written.
type TimeFormat string

// RFC3339 carries its zone, NaiveUTC is ISO 8601 in UTC without a zone designator, Unix is seconds, Date a day.
const (
	RFC3339  TimeFormat = "rfc3339"
	NaiveUTC TimeFormat = "naive_utc"
	Unix     TimeFormat = "unix"
	Date     TimeFormat = "date"
)

// Incremental says how only what changed since a time is asked for.
type Incremental struct {
	Param  string     `yaml:"param" json:"param"`
	Format TimeFormat `yaml:"format" json:"format" jsonschema:"enum=rfc3339,enum=naive_utc,enum=unix,enum=date"`
	// Boundary tells whether objects changed at that very time are given: inclusive or exclusive.
	Boundary string `yaml:"boundary" json:"boundary" jsonschema:"enum=inclusive,enum=exclusive"`
	// Params are sent besides, Order replaces the pagination's order.
	Params map[string]string `yaml:"params,omitempty" json:"params,omitempty"`
	Order  map[string]string `yaml:"order,omitempty" json:"order,omitempty"`
}

// Condition holds where a field has a value; exactly one of Equals and Not is given.
type Condition struct {
	Field  string `yaml:"field" json:"field"`
	Equals string `yaml:"equals,omitempty" json:"equals,omitempty" jsonschema:"oneof_type=string;number;boolean"`
	Not    string `yaml:"not,omitempty" json:"not,omitempty" jsonschema:"oneof_type=string;number;boolean"`
}

// FieldType is the type a value has in the copy.
type FieldType string

// The field types. Decimal is exact; JSON is kept whole.
const (
	Text      FieldType = "text"
	Integer   FieldType = "integer"
	Decimal   FieldType = "decimal"
	Boolean   FieldType = "boolean"
	Timestamp FieldType = "timestamp"
	JSON      FieldType = "json"
)

// Field maps one value of the payload to one column. In YAML the short form is "path: type", where the column is
// the path with dots as underscores.
type Field struct {
	// Path is the way through the payload: names joined by dots; "@name" is a value of the fan-out.
	Path   string     `yaml:"-" json:"-"`
	Column string     `yaml:"column,omitempty" json:"column,omitempty"`
	Type   FieldType  `yaml:"type" json:"type" jsonschema:"enum=text,enum=integer,enum=decimal,enum=boolean,enum=timestamp,enum=json"`
	Format TimeFormat `yaml:"format,omitempty" json:"format,omitempty" jsonschema:"enum=rfc3339,enum=naive_utc,enum=unix,enum=date"`
	// EmptyIsNull makes "" a null; for every type but text and json it is always so.
	EmptyIsNull bool `yaml:"empty_is_null,omitempty" json:"empty_is_null,omitempty"`
}

// Fields are the fields of a table in the order of the manifest.
type Fields []Field

// Index is the key of a child that is known by its place in the array.
const Index = "@index"

// Child is an array inside an object that has a table of its own.
type Child struct {
	// At is the path of the array in the parent.
	At    string `yaml:"at" json:"at"`
	Table string `yaml:"table" json:"table"`
	// Key are the child's identifying fields; "@index" is its place in the array, counted from 0. Scope says where they
	// are unique: global (the default) or parent.
	Key      []string `yaml:"key" json:"key"`
	KeyScope string   `yaml:"key_scope,omitempty" json:"key_scope,omitempty" jsonschema:"enum=global,enum=parent,default=global"`
	KeyType  string   `yaml:"key_type,omitempty" json:"key_type,omitempty" jsonschema:"enum=integer,enum=text,default=integer"`
	// Most is how many elements the provider gives at most; 0 is all there are. An array with fewer is whole: what it
	// lacks is gone. Of one with as many, rows that it lacks may still be there, so they stay.
	Most int `yaml:"most,omitempty" json:"most,omitempty"`
	// ParentColumn holds the parent's object id and makes the foreign key to the parent's table.
	ParentColumn string   `yaml:"parent_column" json:"parent_column"`
	Fields       Fields   `yaml:"fields,omitempty" json:"fields,omitempty"`
	Children     []Child  `yaml:"children,omitempty" json:"children,omitempty"`
	Volatile     []string `yaml:"volatile,omitempty" json:"volatile,omitempty"`
	// IDColumn is what a target calls the column with the child's id; empty in a source's own manifest.
	IDColumn string `yaml:"-" json:"-"`
}

// Parent is a reference that the database enforces, because the parent always exists first.
type Parent struct {
	Column string `yaml:"column" json:"column"`
	Object string `yaml:"object" json:"object"`
}

// Reference is a soft reference: what it points to may be deleted or never offered.
type Reference struct {
	Field string `yaml:"field" json:"field"`
	To    string `yaml:"to" json:"to"`
	Why   string `yaml:"why,omitempty" json:"why,omitempty"`
}

// Volatile is a field that changes without the object changing.
type Volatile struct {
	Field string `yaml:"field" json:"field"`
	Why   string `yaml:"why" json:"why"`
}
