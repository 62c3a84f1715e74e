package profile

// VerbMap maps the verbs. What each may answer stands below.
type VerbMap struct {
	// Describe tells what the target says it asks for, syncs and registers.
	Describe *Verb `yaml:"describe,omitempty"`
	// Connect makes an integration of an account whose credentials are given.
	Connect *Verb `yaml:"connect,omitempty"`
	// Authorize begins to connect an account by its owner's consent, and answers where the owner has to go. The harness goes there
	// and follows the source back to the target's callback, whose answer, or else that of then, has what connect answers.
	Authorize *Verb `yaml:"authorize,omitempty"`
	// RegisterWebhooks makes the target register its webhooks.
	RegisterWebhooks *Verb `yaml:"register_webhooks,omitempty"`
	// Sync copies.
	Sync *Verb `yaml:"sync,omitempty"`
	// Webhook is the endpoint for deliveries, which come from the source: url and within alone, or {} where connect answers
	// webhook_url.
	Webhook *Verb `yaml:"webhook,omitempty"`
	// Retry refines again what could not be refined.
	Retry *Verb `yaml:"retry,omitempty"`
	// Stats tells how many rows there are.
	Stats *Verb `yaml:"stats,omitempty"`
	// Disconnect ends an integration.
	Disconnect *Verb `yaml:"disconnect,omitempty"`
}

// Verb is how one verb is done: by exactly one of http, exec, sql and with.
type Verb struct {
	// HTTP is a method and a path at the target: POST /integrations/{integration_id}/sync.
	HTTP string `yaml:"http,omitempty"`
	// Headers are sent with http.
	Headers map[string]string `yaml:"headers,omitempty"`
	// Body is sent with http, as JSON. A text in it that is one placeholder alone takes the value's own type.
	Body JSON `yaml:"body,omitempty"`
	// Form is sent with http, as a form, instead of a body.
	Form map[string]string `yaml:"form,omitempty"`
	// Exec is a command, as for start; its results are the last line of its output that is a JSON object.
	Exec []string `yaml:"exec,omitempty"`
	// Env are the variables of exec, besides those that every target is given.
	Env map[string]string `yaml:"env,omitempty"`
	// Dir is the folder that exec is started in.
	Dir string `yaml:"dir,omitempty"`
	// SQL is a file with one statement; @account_url stands for {account.url}, and so on. Its results are the columns of the
	// first row that it returns.
	SQL string `yaml:"sql,omitempty"`
	// With says that the verb is done as part of another one, and so makes no call: register_webhooks as part of connect (or
	// authorize) or sync, sync as part of connect, retry as part of sync.
	With string `yaml:"with,omitempty" jsonschema:"enum=connect,enum=sync"`
	// URL is the path for deliveries at the target, for webhook alone; without it they go where connect said.
	URL string `yaml:"url,omitempty"`
	// Each makes one call per function, with {function}, or per object, with {object} and {function}; for sync alone.
	Each string `yaml:"each,omitempty" jsonschema:"enum=function,enum=object"`
	// Within bounds the verb, polling included, such as 60s, the default.
	Within string `yaml:"within,omitempty" jsonschema:"example=30s"`
	// Poll waits for work that was only accepted.
	Poll *Poll `yaml:"poll,omitempty"`
	// Then is a further call after the verb, whose results are added; for authorize after the callback.
	Then *Verb `yaml:"then,omitempty"`
	// Result says where in the answer results are, by the result's name: names with dots between them, a number for a place in a list,
	// a dot alone for the whole. A name at a list is that member of each element. A result that is not named is looked for under
	// its own name.
	Result map[string]string `yaml:"result,omitempty"`
}

// Poll asks until work is done, by exactly one of http, exec and sql. What the verb's own answer has as run_id is {run_id} here.
type Poll struct {
	// HTTP is a call as the verb's, with the verb's headers.
	HTTP string `yaml:"http,omitempty"`
	// Exec is a command, with the verb's env and dir.
	Exec []string `yaml:"exec,omitempty"`
	// SQL is a file with one statement.
	SQL string `yaml:"sql,omitempty"`
	// State is the path of the state in the answer.
	State string `yaml:"state"`
	// Done are the states of work that is done.
	Done []string `yaml:"done"`
	// Failed are the states of work that failed; any other state is waited on.
	Failed []string `yaml:"failed,omitempty"`
	// Every is the pause between two questions, such as 50ms, the default.
	Every string `yaml:"every,omitempty" jsonschema:"example=50ms"`
}
