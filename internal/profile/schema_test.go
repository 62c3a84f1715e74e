package profile_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"github.com/syncspec/syncspec/internal/profile"
)

// TestSchemaIsCurrent fails when the types changed and the committed schema did not.
func TestSchemaIsCurrent(t *testing.T) {
	want, err := profile.Schema()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../../specs/target.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("specs/target.schema.json is not what the types say: run go generate ./internal/profile")
	}
}

// TestSchemaAgrees shows that the schema refuses what the loader refuses for its form, and takes what it takes.
func TestSchemaAgrees(t *testing.T) {
	text, err := profile.Schema()
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("target.schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("target.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	const account = `{url: "{account.url}", list: [1, true, null, {}], n: 1.5}`
	for _, tc := range []struct {
		name, text string
		ok         bool
	}{
		{"the least", started, true},
		{"verbs of any form", started + mapped, true},
		{"a body of any form", started + `verbs: {describe: {http: GET /d}, connect: {http: POST /c, body: ` + account + `}, register_webhooks: {with: connect}, sync: {http: POST /s, form: {a: "{start_date?}", b: 1}}, webhook: {url: /w}, retry: {with: sync}, stats: {http: GET /s}, disconnect: {http: POST /d, body: 7}}`, true},
		{"processes", head + "processes: [{name: web, command: [x], env: {A: 1, B: true}}, {name: worker, command: [y], ready: {log: up}}]\n", true},
		{"names", started + "source: shop\nnames: {schema: app, raw: {types: {orders: order}}, tables: {shop_order: {table: orders, kept: {total: minor_units}}}}\n", true},
		{"an unknown key", started + "frob: 1\n", false},
		{"an unknown key of a process", head + "processes: [{name: web, command: [x], cwd: y}]\n", false},
		{"an unknown key of a table", started + "source: shop\nnames: {tables: {shop_order: {tabel: orders}}}\n", false},
		{"a missing key", "apiVersion: syncspec/v1\nkind: Target\nstart: {command: [x]}\n", false},
		{"a process without a command", head + "processes: [{name: web}]\n", false},
		{"an empty command", head + "start: {command: []}\n", false},
		{"text for a list", head + "start: {command: serve}\n", false},
		{"two ways to be ready", head + "start: {command: [x], ready: {log: up, port: true}}\n", false},
		{"no way to be ready", head + "start: {command: [x], ready: {within: 5s}}\n", false},
		{"two ways to migrate", started + "migrate: {exec: [x], sql: retry.sql}\n", false},
		{"a value that is not allowed", started + "reach: magic\n", false},
		{"a notion that there is not", started + "lacks: [{what: luck, why: x}]\n", false},
		{"a process's name", head + "processes: [{name: Web, command: [x]}]\n", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, loaded := profile.LoadTarget(write(t, tc.text), environment)
			var value any
			if err := yaml.Unmarshal([]byte(tc.text), &value); err != nil {
				t.Fatal(err)
			}
			if checked := schema.Validate(value); (checked == nil) != tc.ok || (loaded == nil) != tc.ok {
				t.Errorf("want valid %t; the schema says: %v; the loader says: %v", tc.ok, checked, loaded)
			}
		})
	}
}

// TestNotions: everything that a target may lack is explained, and can stand in a profile.
func TestNotions(t *testing.T) {
	for _, n := range profile.Notions() {
		if n.Meaning() == "" {
			t.Errorf("nothing says what %s is", n)
		}
		if _, err := profile.LoadTarget(write(t, started+"lacks: [{what: "+string(n)+", why: x}]\n"), environment); err != nil {
			t.Error(err)
		}
	}
	if profile.Notion("luck").Meaning() != "" {
		t.Error("there is no luck")
	}
}
