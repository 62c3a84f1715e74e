package main

import (
	"os"

	"github.com/syncspec/syncspec/internal/checks"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
)

//go:generate go run . docs checks --out ../../docs/checks.md
//go:generate go run . docs manifest --out ../../docs/manifest.md
//go:generate go run . docs profile --out ../../docs/profile.md

type docsCmd struct {
	Schema   schemaCmd       `cmd:"" help:"Print the JSON schema of manifests."`
	Checks   checksDocsCmd   `cmd:"" help:"Print the reference of the checks."`
	Manifest manifestDocsCmd `cmd:"" help:"Print the reference of manifests."`

	ProfileSchema profileSchemaCmd `cmd:"" help:"Print the JSON schema of target profiles."`
	Profile       profileDocsCmd   `cmd:"" help:"Print the reference of target profiles."`
}

// output is where a generated document goes.
type output struct {
	Out string `placeholder:"FILE" help:"Write to a file instead."`
}

// write takes the complete document, so a file is never left half written for an error in the making.
func (o output) write(std streams, document []byte, err error) error {
	if err != nil {
		return err
	}
	if o.Out != "" {
		return os.WriteFile(o.Out, document, 0o644)
	}
	_, err = std.out.Write(document)
	return err
}

type schemaCmd struct {
	output `embed:""`
}

// Run prints the schema.
func (c *schemaCmd) Run(std streams) error {
	document, err := manifest.Schema()
	return c.write(std, document, err)
}

type checksDocsCmd struct {
	output `embed:""`
}

// Run prints what every check settles, needs and says.
func (c *checksDocsCmd) Run(std streams) error {
	return c.write(std, checksDocument(checks.All()), nil)
}

type manifestDocsCmd struct {
	output `embed:""`
}

// Run prints what a manifest may say.
func (c *manifestDocsCmd) Run(std streams) error {
	document, err := manifestDocument()
	return c.write(std, document, err)
}

type profileSchemaCmd struct {
	output `embed:""`
}

// Run prints the schema.
func (c *profileSchemaCmd) Run(std streams) error {
	document, err := profile.Schema()
	return c.write(std, document, err)
}

type profileDocsCmd struct {
	output `embed:""`
}

// Run prints what a profile may say.
func (c *profileDocsCmd) Run(std streams) error {
	document, err := profileDocument()
	return c.write(std, document, err)
}
