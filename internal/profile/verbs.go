package profile

// VerbMap maps the verbs.
type VerbMap struct {
	// Describe tells what the target claims to ask for, to sync and to register. Result: scopes, functions, topics.
	Describe *Verb `yaml:"describe,omitempty"`
	// Connect makes an integration of an account whose credentials are given. Result: integration_id, company_id, webhook_url.
	Connect *Verb `yaml:"connect,omitempty"`
	// Authorize begins to connect an account by its owner's consent. Result: authorize_url; the harness goes there and follows
	// the source back to the target's callback, whose answer, or else that of Then, has Connect's results, and granted.
	Authorize *Verb `yaml:"authorize,omitempty"`
	// RegisterWebhooks makes the target register its webhooks. Result: registered (a list), and in each element topic, status,
	// error.
	RegisterWebhooks *Verb `yaml:"register_webhooks,omitempty"`
	// Sync copies. Result: counts, a mapping from function, or object, to fetched, ingested, errors, error, note.
	Sync *Verb `yaml:"sync,omitempty"`
	// Webhook is the endpoint for deliveries: URL alone.
	Webhook *Verb `yaml:"webhook,omitempty"`
	// Retry refines again what failed. Result: retried, healed.
	Retry *Verb `yaml:"retry,omitempty"`
	// Stats tells what rows there are. Result: objects, a mapping from object, or table, to rows and deleted.
	Stats *Verb `yaml:"stats,omitempty"`
	// Disconnect ends an integration.
	Disconnect *Verb `yaml:"disconnect,omitempty"`
}

// Verb is how one verb is done: by exactly one of HTTP, Exec, SQL and With; URL for webhook.
type Verb struct {
	// HTTP is a method and a path at the target: POST /integrations/{integration_id}/sync.
	HTTP string `yaml:"http,omitempty"`
	// Headers are sent with it. Body is what is sent as JSON, Form as a form. In a body a text that is one placeholder alone
	// takes the value's own type, and a member whose text is {name?} is left out where there is no such value.
	Headers map[string]string `yaml:"headers,omitempty"`
	Body    JSON              `yaml:"body,omitempty"`
	Form    map[string]string `yaml:"form,omitempty"`
	// Exec is a command; its results are the last line of its output that is a JSON object. Env and Dir are as for Start.
	Exec []string          `yaml:"exec,omitempty"`
	Env  map[string]string `yaml:"env,omitempty"`
	Dir  string            `yaml:"dir,omitempty"`
	// SQL is a file with one statement; @account_url stands for {account.url}, and so on. Its results are the columns of the
	// first row that it returns.
	SQL string `yaml:"sql,omitempty"`
	// With says that the verb is done as part of another one: connect (or authorize), or sync.
	With string `yaml:"with,omitempty" jsonschema:"enum=connect,enum=sync"`
	// URL is where deliveries go, from the target's address; without it that which connect returned.
	URL string `yaml:"url,omitempty"`
	// Each makes one call per function, with {function}, or per object, with {object} and {function}.
	Each string `yaml:"each,omitempty" jsonschema:"enum=function,enum=object"`
	// Within bounds the verb, polling included, such as 60s, the default.
	Within string `yaml:"within,omitempty" jsonschema:"example=30s"`
	// Poll waits for work that was only accepted.
	Poll *Poll `yaml:"poll,omitempty"`
	// Then is done after the verb, and its results are added; for Authorize after the callback.
	Then *Verb `yaml:"then,omitempty"`
	// Result says where in the answer results are: a path of names with dots, by the result's name. A result that is not named is
	// looked for under its own name.
	Result map[string]string `yaml:"result,omitempty"`
}

// Poll asks until work is done. What the first answer's Result names as run_id is {run_id} here.
type Poll struct {
	// HTTP, Exec and SQL are as for Verb, whose headers, env and dir they have; exactly one.
	HTTP string   `yaml:"http,omitempty"`
	Exec []string `yaml:"exec,omitempty"`
	SQL  string   `yaml:"sql,omitempty"`
	// State is the path of the state in the answer; it is done with one of Done, and failed with one of Failed.
	State  string   `yaml:"state"`
	Done   []string `yaml:"done"`
	Failed []string `yaml:"failed,omitempty"`
	// Every is the pause between two questions, such as 50ms, the default.
	Every string `yaml:"every,omitempty" jsonschema:"example=50ms"`
}
