package recording

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
)

const oneCassette = `---
version: 1
interactions:
    - request:
        body: ""
        form: {}
        headers:
            Authorization:
                - '[scrubbed]'
        url: https://shop.test/api/orders
        method: GET
      response:
        body: '[{"id":1}]'
        headers:
            x-total:
                - "1"
        status: 200 OK
        code: 200
        duration: 1ms
`

const goodSidecar = `apiVersion: syncspec/v1
kind: Recording
source: shop
mode: recorded
recorder: hand
recorded_at: 2026-01-02T03:04:05Z
software: Shop 1
api_version: v1
base_url: https://shop.test
phases:
  backfill: [orders]
cassettes:
  - {file: orders.yaml, interactions: 1, sha256: SUM}
`

func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// small is a good recording of one interaction, with files replaced or added.
func small(change func(fstest.MapFS)) fstest.MapFS {
	m := fstest.MapFS{
		"orders.yaml": {Data: []byte(oneCassette)},
		SidecarName:   {Data: []byte(strings.Replace(goodSidecar, "SUM", sum(oneCassette), 1))},
	}
	if change != nil {
		change(m)
	}
	return m
}

// sidecarWith replaces a line of the good sidecar.
func sidecarWith(old, replacement string) func(fstest.MapFS) {
	return func(m fstest.MapFS) {
		text := string(m[SidecarName].Data)
		if !strings.Contains(text, old) {
			panic("the sidecar has no " + old)
		}
		m[SidecarName] = &fstest.MapFile{Data: []byte(strings.Replace(text, old, replacement, 1))}
	}
}

func file(name, content string) func(fstest.MapFS) {
	return func(m fstest.MapFS) { m[name] = &fstest.MapFile{Data: []byte(content)} }
}

func TestGoodRecording(t *testing.T) {
	r, err := LoadFS(small(nil), "shop")
	if err != nil {
		t.Fatal(err)
	}
	all, err := r.Phase("backfill")
	if err != nil || len(all) != 1 || all[0].Header.Get("X-Total") != "1" || all[0].Sequence {
		t.Errorf("%+v %v", all, err)
	}
}

func TestProblemsNameFileAndWayOut(t *testing.T) {
	cutOff := oneCassette[:strings.Index(oneCassette, `'[{"id"`)+4]
	tests := []struct {
		name   string
		change func(fstest.MapFS)
		want   []string
	}{
		{"no sidecar", func(m fstest.MapFS) { delete(m, SidecarName) }, []string{"shop/recording.yaml: there is no such file"}},
		{"empty sidecar", file(SidecarName, ""), []string{"shop/recording.yaml: the file is empty"}},
		{"sidecar cut off", file(SidecarName, "a: [1, 2"), []string{"shop/recording.yaml: yaml: line 1"}},
		{"missing cassette", func(m fstest.MapFS) { delete(m, "orders.yaml") },
			[]string{"shop/orders.yaml: there is no such file, but recording.yaml lists it; restore it"}},
		{"cut-off cassette", file("orders.yaml", cutOff),
			[]string{"shop/orders.yaml: its sha256 is " + sum(cutOff), "shop/orders.yaml: reading it as a go-vcr cassette: yaml", "cut off or damaged"}},
		{"empty cassette", file("orders.yaml", ""), []string{"its sha256", "format version is 0"}},
		{"cassette edited", file("orders.yaml", oneCassette+"\n"), []string{"it was changed since it was recorded"}},
		{"another version", file("orders.yaml", strings.Replace(oneCassette, "version: 1", "version: 2", 1)),
			[]string{"format version is 2, this is written for 1"}},
		{"wrong count", sidecarWith("interactions: 1", "interactions: 3"),
			[]string{"shop/orders.yaml: it holds 1 interactions, recording.yaml says 3"}},
		{"unknown key", sidecarWith("software:", "softwear:"),
			[]string{`shop/recording.yaml:7: unknown key "softwear"; known here are apiVersion`, "software is missing"}},
		{"unknown key in a cassette", sidecarWith("{file: orders.yaml", "{repeat: sequence, file: orders.yaml"),
			[]string{`shop/recording.yaml:13: unknown key "repeat"; known here are file, sha256, interactions, repeats`}},
		{"duplicate key", sidecarWith("mode: recorded", "mode: recorded\nmode: recorded"), []string{`mapping key "mode" already defined at line 4`}},
		{"wrong type", sidecarWith("interactions: 1", "interactions: many"), []string{"shop/recording.yaml:13:", "many"}},
		{"phase of an unknown cassette", sidecarWith("[orders]", "[orders, products]"),
			[]string{`shop/recording.yaml:11: phase "backfill" names an unknown cassette "products"`}},
		{"phase naming twice", sidecarWith("[orders]", "[orders, orders]"), []string{`names cassette "orders" twice`}},
		{"empty phase", sidecarWith("[orders]", "[]"), []string{`phase "backfill" has no cassettes`}},
		{"cassette twice", sidecarWith("cassettes:\n", "cassettes:\n  - {file: orders.yaml, interactions: 1, sha256: "+sum(oneCassette)+"}\n"),
			[]string{`shop/recording.yaml:14: cassette "orders" is listed twice`}},
		{"unlisted cassette", file("products.yaml", oneCassette), []string{"shop/products.yaml: recording.yaml does not list it"}},
		{"bad repeats", sidecarWith("{file: orders.yaml", "{repeats: maybe, file: orders.yaml"), []string{"write sequence, or leave it out"}},
		{"bad mode", sidecarWith("mode: recorded", "mode: imagined"), []string{`shop/recording.yaml:4: mode is "imagined"; write recorded or recorded-sandbox`}},
		{"bad base", sidecarWith("base_url: https://shop.test", "base_url: shop.test"), []string{`base_url "shop.test" is no scheme and host`}},
		{"outside the folder", sidecarWith("file: orders.yaml", "file: ../orders.yaml"), []string{`cassette file "../orders.yaml"`}},
		{"delivery missing", sidecarWith("cassettes:", "deliveries:\n  - {file: deliveries/1.json, sha256: x}\ncassettes:"),
			[]string{"shop/deliveries/1.json: there is no such file"}},
		{"partial incomplete", sidecarWith("cassettes:", "partial:\n  - {object: notes, path: notes}\ncassettes:"),
			[]string{`partial "notes" is incomplete`}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := LoadFS(small(test.change), "shop")
			var problems Problems
			if !errors.As(err, &problems) {
				t.Fatalf("want problems, got %v", err)
			}
			for _, p := range problems {
				if p.File == "" || p.What == "" || p.Fix == "" {
					t.Errorf("incomplete problem: %+v", p)
				}
			}
			for _, w := range test.want {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("no %q in\n%v", w, err)
				}
			}
		})
	}
}

func TestAllProblemsAtOnce(t *testing.T) {
	m := small(func(m fstest.MapFS) {
		sidecarWith("mode: recorded", "mode: x\ncolour: red")(m)
		sidecarWith("[orders]", "[orders, gone]")(m)
		file("orders.yaml", oneCassette+"# edited\n")(m)
		file("extra.yaml", "")(m)
	})
	_, err := LoadFS(m, "shop")
	var problems Problems
	if !errors.As(err, &problems) || len(problems) != 5 {
		t.Fatalf("want 5 problems: %v", err)
	}
}

func TestSecretsAreFound(t *testing.T) {
	key := "ck_" + strings.Repeat("0123456789", 4)
	for what, change := range map[string][2]string{
		"API key":       {`[{"id":1}]`, key},
		"Shopify token": {`[{"id":1}]`, "shpat_" + strings.Repeat("0123456789abcdef", 2)},
		"Authorization": {"[scrubbed]", "open sesame"},
		"cookie":        {"x-total", "set-cookie"},
		"Basic":         {`[{"id":1}]`, "Basic " + strings.Repeat("abcd", 5)},
	} {
		text := strings.Replace(oneCassette, change[0], change[1], 1)
		m := small(file("orders.yaml", text))
		sidecarWith(sum(oneCassette), sum(text))(m)
		r, err := LoadFS(m, "shop")
		if err != nil {
			t.Fatal(err)
		}
		findings, err := r.Secrets()
		if err != nil || len(findings) == 0 {
			t.Errorf("%s was not found: %v", what, err)
		}
		if strings.Contains(fmt.Sprint(findings), change[1]) && what == "API key" {
			t.Error("the finding repeats the secret")
		}
	}
}
