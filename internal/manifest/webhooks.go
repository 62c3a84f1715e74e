package manifest

// Event is what a webhook topic tells.
type Event string

// The events a topic may tell.
const (
	Create  Event = "create"
	Update  Event = "update"
	Delete  Event = "delete"
	Restore Event = "restore"
)

// Topic is one webhook topic of an object.
type Topic struct {
	Topic string `yaml:"topic" json:"topic"`
	Event Event  `yaml:"event" json:"event" jsonschema:"enum=create,enum=update,enum=delete,enum=restore"`
	// Payload is object (the default), key (the identifying fields only), reference (something else that names the
	// object at At, which then has to be read anew), or elements: the parent, whose array at At has objects of this kind.
	// A topic with elements is the parent's own as well, and one delivery tells of both.
	Payload string `yaml:"payload,omitempty" json:"payload,omitempty" jsonschema:"enum=object,enum=key,enum=reference,enum=elements,default=object"`
	// At is the path of the object's id in a payload that is a reference, of the array in one with elements.
	At string `yaml:"at,omitempty" json:"at,omitempty"`
	// Most is how many elements the array has at most, as it is for children: objects of that parent which a whole array
	// lacks are gone.
	Most int `yaml:"most,omitempty" json:"most,omitempty"`
	// Scope is what subscribing needs where it is not the object's own scope.
	Scope string `yaml:"scope,omitempty" json:"scope,omitempty"`
	// When routes a topic that serves several objects by a field of its payload.
	When *Condition `yaml:"when,omitempty" json:"when,omitempty"`
}

// Webhooks describes deliveries and registration.
type Webhooks struct {
	Signature Signature `yaml:"signature" json:"signature"`
	// TopicHeader and DeliveryIDHeader name the headers of a delivery.
	TopicHeader      string `yaml:"topic_header" json:"topic_header"`
	DeliveryIDHeader string `yaml:"delivery_id_header,omitempty" json:"delivery_id_header,omitempty"`
	// DeliveryIDUnique is false where two events may share an id, so that nobody may dedupe on it alone.
	DeliveryIDUnique bool `yaml:"delivery_id_unique,omitempty" json:"delivery_id_unique,omitempty"`
	// Headers are further headers of every delivery; {topic}, {resource}, {event}, {account_url}, {account_host},
	// {delivery_id} and {time} are replaced.
	Headers map[string]string `yaml:"headers,omitempty" json:"headers,omitempty"`
	// Ping is an unsigned delivery without an event that must be answered 200.
	Ping *Ping `yaml:"ping,omitempty" json:"ping,omitempty"`
	// NotObject are the fields of a signed body that is an error and no object; it must change no row.
	NotObject    []string      `yaml:"not_object,omitempty" json:"not_object,omitempty"`
	Registration *Registration `yaml:"registration,omitempty" json:"registration,omitempty"`
	// Notices are topics that tell of no object: the delivery is acknowledged and kept, and changes no refined row.
	Notices []Notice `yaml:"notices,omitempty" json:"notices,omitempty"`
	// DeadTopics are accepted at registration but never delivered.
	DeadTopics []Excluded `yaml:"dead_topics,omitempty" json:"dead_topics,omitempty"`
	// Deadline is how soon a delivery must be answered and applied, as a Go duration.
	Deadline string `yaml:"deadline" json:"deadline"`
}

// Signature says how a delivery is signed.
type Signature struct {
	// Kind is hmac_sha256.
	Kind   string `yaml:"kind" json:"kind" jsonschema:"enum=hmac_sha256"`
	Header string `yaml:"header" json:"header"`
	// Encoding is base64 or hex.
	Encoding string `yaml:"encoding" json:"encoding" jsonschema:"enum=base64,enum=hex"`
	// Signs is the ordered list of signed parts: body, timestamp, url, delivery_id.
	Signs []string `yaml:"signs" json:"signs"`
}

// Ping is the first, unsigned delivery a provider makes to a new webhook.
type Ping struct {
	ContentType string `yaml:"content_type" json:"content_type"`
	// Body is the form body with {id} for the webhook's id.
	Body string `yaml:"body" json:"body"`
}

// Notice is a topic that tells of no object.
type Notice struct {
	Topic string `yaml:"topic" json:"topic"`
	// Kind is lifecycle (registered like any other) or compliance (configured elsewhere, never registered by the API).
	Kind string `yaml:"kind" json:"kind" jsonschema:"enum=lifecycle,enum=compliance"`
	Why  string `yaml:"why" json:"why"`
}

// Registration says how webhooks are registered.
type Registration struct {
	Path string `yaml:"path" json:"path"`
	// At is the path of the webhook in requests and answers; empty where it is the body.
	At string `yaml:"at,omitempty" json:"at,omitempty"`
	// ListAt is the path of the array in the answer to GET, empty where the body is the array.
	ListAt string `yaml:"list_at,omitempty" json:"list_at,omitempty"`
	// Params are further fields of the request, such as a format.
	Params map[string]string `yaml:"params,omitempty" json:"params,omitempty"`
	// Topic, URL, Secret and Name are the request's fields for these.
	Topic  string `yaml:"topic" json:"topic"`
	URL    string `yaml:"url" json:"url"`
	Secret string `yaml:"secret,omitempty" json:"secret,omitempty"`
	Name   string `yaml:"name,omitempty" json:"name,omitempty"`
	// Match are the body fields by which a recorded registration is found again.
	Match []string `yaml:"match" json:"match"`
	// Scope is what registering needs of its own; empty where each topic needs the scope of what it tells.
	Scope string `yaml:"scope,omitempty" json:"scope,omitempty"`
}
