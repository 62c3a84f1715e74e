package manifest

import (
	"bytes"
	_ "embed" // for the sources below
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"
)

//go:generate go run ../../cmd/syncspec docs schema --out ../../specs/manifest.schema.json

// The sources of the types are part of the program, so that the schema can carry their comments.
var (
	//go:embed manifest.go
	manifestSource string
	//go:embed object.go
	objectSource string
	//go:embed webhooks.go
	webhooksSource string
)

// Schema returns the JSON schema of a manifest, for editors. It is made from the same types and tags as the
// loader's rules. It is the looser of the two: what only the loader can tell, such as a name that is not
// declared, it lets pass.
func Schema() ([]byte, error) {
	schema, err := SchemaOf(&Manifest{}, "syncspec manifest", "json", manifestSource, objectSource, webhooksSource)
	if err != nil {
		return nil, err
	}
	// The short form of a field is its type alone.
	fields := schema.Definitions["Fields"]
	types := &jsonschema.Schema{Type: "string"}
	for _, t := range FieldTypes() {
		types.Enum = append(types.Enum, t)
	}
	fields.Type, fields.AdditionalProperties = "object", &jsonschema.Schema{OneOf: []*jsonschema.Schema{types, fields.Items}}
	fields.Items = nil
	schema.Definitions["Condition"].OneOf = []*jsonschema.Schema{{Required: []string{"equals"}}, {Required: []string{"not"}}}
	schema.Definitions["Object"].AnyOf = []*jsonschema.Schema{{Required: []string{"lists", "key", "table", "fields"}}, {Required: []string{"not_applicable"}}}

	return PrintSchema(schema)
}

// SchemaOf returns the JSON schema of a type that Strict reads. The tag names the struct tags that hold the keys, and the sources
// are those of its types, whose comments become descriptions.
func SchemaOf(value any, title, tag string, sources ...string) (*jsonschema.Schema, error) {
	comments, err := typeComments(sources...)
	if err != nil {
		return nil, err
	}
	reflector := &jsonschema.Reflector{
		Anonymous:      true,
		ExpandedStruct: true,
		FieldNameTag:   tag,
		Mapper:         schemaOfTexts,
		LookupComment:  func(t reflect.Type, field string) string { return comments[t.Name()+"."+field] },
	}
	schema := reflector.Reflect(value)
	schema.Title = title
	refine(schema)
	for _, definition := range schema.Definitions {
		refine(definition)
	}
	return schema, nil
}

// PrintSchema writes a schema as its file has it.
func PrintSchema(schema *jsonschema.Schema) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(schema); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// schemaOfTexts describes maps of texts, whose values may be written as numbers and booleans, and values of any form.
func schemaOfTexts(t reflect.Type) *jsonschema.Schema {
	if t == reflect.TypeFor[Any]() {
		return &jsonschema.Schema{}
	}
	if t != reflect.TypeFor[map[string]string]() {
		return nil
	}
	return &jsonschema.Schema{Type: "object", AdditionalProperties: &jsonschema.Schema{
		OneOf: []*jsonschema.Schema{{Type: "string"}, {Type: "number"}, {Type: "boolean"}},
	}}
}

// refine adds what the loader demands of every required value: that it is not empty.
func refine(schema *jsonschema.Schema) {
	one := uint64(1)
	for _, name := range schema.Required {
		property, ok := schema.Properties.Get(name)
		switch {
		case !ok:
		case property.Type == "array":
			property.MinItems = &one
		case property.Type == "string" && len(property.Enum) == 0 && property.Pattern == "":
			property.MinLength = &one
		}
	}
}

// typeComments reads the comments of types ("Type.") and their fields ("Type.Field") out of Go sources, each
// joined to one line.
func typeComments(sources ...string) (map[string]string, error) {
	comments := map[string]string{}
	for _, source := range sources {
		file, err := parser.ParseFile(token.NewFileSet(), "", source, parser.ParseComments)
		if err != nil {
			return nil, err
		}
		for _, declaration := range file.Decls {
			general, ok := declaration.(*ast.GenDecl)
			if !ok || general.Tok != token.TYPE {
				continue
			}
			spec := general.Specs[0].(*ast.TypeSpec)
			comments[spec.Name.Name+"."] = oneLine(general.Doc)
			structure, ok := spec.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, field := range structure.Fields.List {
				for _, name := range field.Names {
					comments[spec.Name.Name+"."+name.Name] = oneLine(field.Doc)
				}
			}
		}
	}
	return comments, nil
}

func oneLine(comment *ast.CommentGroup) string {
	return strings.Join(strings.Fields(comment.Text()), " ")
}
