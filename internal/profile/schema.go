package profile

import (
	_ "embed" // for the sources below

	"github.com/invopop/jsonschema"

	"github.com/syncspec/syncspec/internal/manifest"
)

//go:generate go run ../../cmd/syncspec docs profile-schema --out ../../specs/target.schema.json

// The sources of the types are part of the program, so that the schema can carry their comments.
var (
	//go:embed target.go
	targetSource string
	//go:embed start.go
	startSource string
	//go:embed verbs.go
	verbsSource string
	//go:embed spec.go
	specSource string
)

// Schema returns the JSON schema of a profile, for editors. It is looser than the loader, which alone can tell what a name or a
// placeholder means.
func Schema() ([]byte, error) {
	schema, err := manifest.SchemaOf(&Target{}, "syncspec target profile", "yaml", targetSource, startSource, verbsSource, specSource)
	if err != nil {
		return nil, err
	}
	for name, ways := range map[string][]string{
		"Ready": {"http", "port", "log", "started"}, "Migrate": {"exec", "sql"}, "Poll": {"http", "exec", "sql"},
	} {
		for _, way := range ways {
			schema.Definitions[name].OneOf = append(schema.Definitions[name].OneOf, &jsonschema.Schema{Required: []string{way}})
		}
	}
	return manifest.PrintSchema(schema)
}
