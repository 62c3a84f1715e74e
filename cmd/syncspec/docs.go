package main

import (
	"os"

	"github.com/syncspec/syncspec/internal/manifest"
)

type docsCmd struct {
	Schema schemaCmd `cmd:"" help:"Print the JSON schema of manifests."`
}

type schemaCmd struct {
	Out string `placeholder:"FILE" help:"Write to a file instead."`
}

// Run prints the schema. It is complete before the file is touched.
func (s *schemaCmd) Run(std streams) error {
	schema, err := manifest.Schema()
	if err != nil {
		return err
	}
	if s.Out != "" {
		return os.WriteFile(s.Out, schema, 0o644)
	}
	_, err = std.out.Write(schema)
	return err
}
