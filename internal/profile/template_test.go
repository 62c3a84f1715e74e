package profile_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/profile"
)

var values = profile.Values{
	"port": 8000, "account.url": "http://127.0.0.1:1/a b?c&d", "empty": "", "none": nil, "no_functions": []string{},
	"functions": []string{"orders", "products"}, "integration_id": "7/é",
	"credentials": map[string]string{"token": "t{x}", "key": "k"},
}

// TestFill: placeholders get values, and other braces stay.
func TestFill(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"--port={port}":                    "--port=8000",
		"{port}{port}":                     "80008000",
		"{credentials.token}":              "t{x}", // what stands in a value is no placeholder
		"{functions}":                      "orders,products",
		"{credentials}":                    `{"key":"k","token":"t{x}"}`,
		"a{empty?}b{nothing?}c{none?}":     "abc",
		"{no_functions?}":                  "",
		"{{port}":                          "{port}",
		"{{{{":                             "{{",
		`{"a": {"b": 1}}`:                  `{"a": {"b": 1}}`,
		"{} { port } {print $1} {a,b} } {": "{} { port } {print $1} {a,b} } {",
		"${HOME} ${port} $5 ${x $":         "${HOME} ${port} $5 ${x $",
		"${{port}":                         "${port}",
	} {
		if got, err := profile.Fill(text, values); err != nil || got != want {
			t.Errorf("%s becomes %q, %v; want %q", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"{nothing}":          "there is no value for {nothing} here; write {nothing?} where there may be none",
		"{port} {empty}":     "there is no value for {empty} here; write {empty?} where there may be none",
		"{credentials.none}": "there is no value for {credentials.none} here; write {credentials.none?} where there may be none",
		"{no_functions}":     "there is no value for {no_functions} here; write {no_functions?} where there may be none",
	} {
		if got, err := profile.Fill(text, values); err == nil || err.Error() != want {
			t.Errorf("%s becomes %q, %v; want %s", text, got, err, want)
		}
	}
}

// TestFillAll: what is {name?} alone is left out of mappings, and a word with one of lists; errors name the member.
func TestFillAll(t *testing.T) {
	got, err := profile.FillAll(map[string]string{"a": "{port}", "b": "{empty?}", "c": "x{empty?}", "d": ""}, values)
	if diff := cmp.Diff(map[string]string{"a": "8000", "c": "x", "d": ""}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	list, err := profile.FillList([]string{"serve", "{nothing?}", "--x={nothing?}", "{port}"}, values)
	if diff := cmp.Diff([]string{"serve", "8000"}, list); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if _, err := profile.FillAll(map[string]string{"KEY": "{nothing}"}, values); err == nil || err.Error() != "KEY: there is no value for {nothing} here; write {nothing?} where there may be none" {
		t.Error(err)
	}
	if _, err := profile.FillList([]string{"x", "{nothing}"}, values); err == nil || err.Error() != "[1]: there is no value for {nothing} here; write {nothing?} where there may be none" {
		t.Error(err)
	}
}

// TestFillPath: values are escaped for the place they stand in, and parameters without a value are left out.
func TestFillPath(t *testing.T) {
	for path, want := range map[string]string{
		"/sync":                         "/sync",
		"/i/{integration_id}/sync":      "/i/7%2F%C3%A9/sync",
		"/s?url={account.url}&p={port}": "/s?url=http%3A%2F%2F127.0.0.1%3A1%2Fa+b%3Fc%26d&p=8000",
		"/s?from={empty?}&p={port}":     "/s?p=8000",
		"/s?from={empty?}":              "/s",
		"/{empty?}/s?from={port?}":      "//s?from=8000",
		"/{empty?}/{port?}":             "//8000",
		"/s?a&b=":                       "/s?a&b=",
		"/s?at={functions}":             "/s?at=orders%2Cproducts",
	} {
		if got, err := profile.FillPath(path, values); err != nil || got != want {
			t.Errorf("%s becomes %q, %v; want %q", path, got, err, want)
		}
	}
	for _, path := range []string{"/{nothing}", "/s?a={nothing}"} {
		if got, err := profile.FillPath(path, values); err == nil {
			t.Errorf("%s becomes %q", path, got)
		}
	}
}

// TestFillJSON: a text that is one placeholder alone takes the value's own type.
func TestFillJSON(t *testing.T) {
	for text, want := range map[string]string{
		`null`: `null`, `1.5`: `1.5`, `"{port}"`: `8000`, `"at {port}"`: `"at 8000"`, `"{empty?}"`: `""`,
		`{"a": "{credentials}", "b": ["{functions}", "{port}", "{nothing?}", true], "c": "{empty?}", "d": {"e": "{no_functions?}"}, "{port}": ""}`:// keys stay
		`{"a": {"key": "k", "token": "t{x}"}, "b": [["orders", "products"], 8000, true], "d": {}, "{port}": ""}`,
	} {
		var in, out any
		if err := json.Unmarshal([]byte(text), &in); err != nil {
			t.Fatal(err)
		}
		filled, err := profile.FillJSON(profile.JSON{Value: in}, values)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		got, err := json.Marshal(filled)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(want), &out); err != nil {
			t.Fatal(err)
		}
		wanted, err := json.Marshal(out)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(wanted), string(got)); diff != "" {
			t.Errorf("%s:\n%s", text, diff)
		}
	}
	_, err := profile.FillJSON(profile.JSON{Value: map[string]any{"a": []any{"{nothing}"}}}, values)
	if err == nil || err.Error() != "a: [0]: there is no value for {nothing} here; write {nothing?} where there may be none" {
		t.Error(err)
	}
}

// TestWith: added values win, and neither side is changed.
func TestWith(t *testing.T) {
	base := profile.Values{"a": "1", "b": "2"}
	got := base.With(profile.Values{"b": "3", "c": "4"})
	if diff := cmp.Diff(profile.Values{"a": "1", "b": "3", "c": "4"}, got); diff != "" || len(base) != 2 || base["b"] != "2" {
		t.Error(diff, base)
	}
}

// TestEnvironmentIsNoTemplate: braces in what comes from the environment stay.
func TestEnvironmentIsNoTemplate(t *testing.T) {
	file := write(t, head+`start: {command: [x], env: {A: "${ACME_BRACES}"}}`)
	target, err := profile.LoadTarget(file, environment)
	if err != nil {
		t.Fatal(err)
	}
	got, err := profile.FillAll(target.Start.Env, values)
	if diff := cmp.Diff(map[string]string{"A": "a{port}${b}{{c"}, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if diff := cmp.Diff([]string{"a{port}${b}{{c"}, target.Secrets); diff != "" {
		t.Error(diff)
	}
	if target, err = profile.LoadTarget(file, nil); err != nil || target.Start.Env["A"] != "${ACME_BRACES}" || target.Secrets != nil {
		t.Errorf("without an environment: %q, %v", target.Start.Env["A"], err)
	}
}
