package profile

// Start is a process of the target.
type Start struct {
	// Command is the program, by its name in PATH or its path from the profile's folder, and its arguments. {port} is a free port
	// of 127.0.0.1 that is this process's; it is also in SYNCSPEC_LISTEN, as 127.0.0.1:port.
	Command []string `yaml:"command"`
	// Env are variables besides those that every target is given: PATH, HOME, TMPDIR, and DATABASE_URL and SYNCSPEC_LISTEN,
	// which it may set otherwise. A value ${NAME} is that of a variable of syncspec's own environment, which is the place for
	// secrets.
	Env map[string]string `yaml:"env,omitempty"`
	// Dir is the folder that it is started in, from the profile's; the profile's own if empty.
	Dir string `yaml:"dir,omitempty"`
	// Ready says when it is; without it GET /healthz answers 200 within 30 s.
	Ready *Ready `yaml:"ready,omitempty"`
}

// Process is a named one of several.
type Process struct {
	// Name is what logs and {port.NAME} call it.
	Name  string `yaml:"name" jsonschema:"pattern=^[a-z][a-z0-9_-]*$"`
	Start `yaml:",inline"`
}

// Ready says how a process shows that it is ready: exactly one of http, port, log and started.
type Ready struct {
	// HTTP is a path that answers 2xx.
	HTTP string `yaml:"http,omitempty"`
	// Port says that {port} takes connections.
	Port bool `yaml:"port,omitempty"`
	// Log is a text in a line that it writes.
	Log string `yaml:"log,omitempty"`
	// Started says that there is nothing to wait for.
	Started bool `yaml:"started,omitempty"`
	// Within is how long it may take, such as 30s, the default.
	Within string `yaml:"within,omitempty" jsonschema:"example=30s"`
}

// Attach is a target that somebody else started. It cannot be killed or restarted, has one database for all, and serves one
// process: -p is refused.
type Attach struct {
	// URL is where it is reached.
	URL string `yaml:"url"`
	// Database is the address of its database; ${NAME} takes it from the environment, where its password belongs.
	Database string `yaml:"database"`
	// Gateway is the address, 127.0.0.1:port, on which it expects the source: the one that it was started with.
	Gateway string `yaml:"gateway"`
}

// Migrate makes the tables: by exactly one of exec and sql.
type Migrate struct {
	// Exec is a command, as for start.
	Exec []string `yaml:"exec,omitempty"`
	// Env are its variables, and DATABASE_URL is one.
	Env map[string]string `yaml:"env,omitempty"`
	// Dir is the folder that it is started in.
	Dir string `yaml:"dir,omitempty"`
	// SQL is a file of statements.
	SQL string `yaml:"sql,omitempty"`
	// Within is how long it may take, such as 60s, the default.
	Within string `yaml:"within,omitempty" jsonschema:"example=30s"`
}
