package manifest

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"
)

const specs = "../../specs"

// TestSchemaIsCurrent fails when the types changed and the committed schema did not.
func TestSchemaIsCurrent(t *testing.T) {
	want, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(specs, "manifest.schema.json"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("specs/manifest.schema.json is not what the types say: run go generate ./internal/manifest")
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := Schema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("manifest.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("manifest.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// valid tells what the schema says of a text, as an editor would ask it.
func valid(t *testing.T, schema *jsonschema.Schema, text []byte) error {
	t.Helper()
	var document any
	if err := yaml.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	return schema.Validate(document)
}

// TestManifests holds every committed manifest against loader, catalogue and schema.
func TestManifests(t *testing.T) {
	schema := compileSchema(t)
	files, err := Files(specs)
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Fatal("there is no manifest in specs")
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			if _, err := Load(file); err != nil {
				t.Errorf("\n%v", err)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := valid(t, schema, text); err != nil {
				t.Error(err)
			}
			if !strings.HasPrefix(string(text), "# yaml-language-server: $schema=manifest.schema.json\n") {
				t.Error("the first line does not name the schema, so editors cannot help")
			}
		})
	}
}

// TestSchemaAgrees shows that the schema refuses what the loader refuses for its form, and takes what it takes.
func TestSchemaAgrees(t *testing.T) {
	schema := compileSchema(t)
	for _, tc := range []struct {
		name  string
		edits []string
		ok    bool
	}{
		{"the shop", nil, true},
		{"the store", []string{shop, store}, true},
		{"separator", []string{shop, strings.Replace(store, `separator: ","`, `separator: ";"`, 1)}, false},
		{"separator, blank", []string{shop, strings.Replace(store, `separator: ","`, `separator: " "`, 1)}, true},
		{"payload", []string{shop, strings.Replace(store, "payload: elements", "payload: element", 1)}, false},
		{"callback", []string{shop, strings.Replace(store, "callback: {param: hmac, ", "callback: {", 1)}, false},
		{"field, long form", []string{"total: decimal", "total: {type: decimal}"}, true},
		{"number in a condition", []string{"equals: trash", "equals: 5"}, true},
		{"not applicable", []string{"    lists:\n      - {path: /customers, at: data, params: {per_page: 100, active: true}}\n", "    not_applicable: no longer offered\n"}, true},
		{"no table", []string{"    table: shop_customer\n", ""}, false},
		{"no lists", []string{"    lists:\n      - {path: /orders}\n", ""}, false},
		{"unknown key", []string{"title: A shop", "titel: A shop"}, false},
		{"unknown key of a field", []string{"total: decimal", "total: {type: decimal, kolumn: x}"}, false},
		{"missing key", []string{"title: A shop\n", ""}, false},
		{"empty text", []string{"title: A shop", `title: ""`}, false},
		{"empty list", []string{"enables: [webhooks]", "enables: []"}, false},
		{"wrong type", []string{"max: 100", `max: "100"`}, false},
		{"number for text", []string{"title: A shop", "title: 5"}, false},
		{"value not allowed", []string{"encoding: hex", "encoding: rot13"}, false},
		{"field type", []string{"total: decimal", "total: money"}, false},
		{"condition that says two things", []string{"equals: trash", "equals: trash, not: open"}, false},
		{"source", []string{"source: shop", "source: Shop"}, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			text := edited(t, tc.edits)
			_, loaded := Parse("shop.yaml", text)
			if checked := valid(t, schema, text); (checked == nil) != tc.ok || (loaded == nil) != tc.ok {
				t.Errorf("want valid %t; the schema says: %v; the loader says: %v", tc.ok, checked, loaded)
			}
		})
	}
}
