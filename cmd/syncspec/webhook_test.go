package main

import (
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/sources"
)

// TestAnHourLater: a time keeps the form that it has, for the target reads what the source writes.
func TestAnHourLater(t *testing.T) {
	for _, c := range []struct {
		format manifest.TimeFormat
		value  string
		want   string // empty: an error
	}{
		{manifest.RFC3339, `"2026-03-01T23:30:00-05:00"`, `"2026-03-02T00:30:00-05:00"`},
		{manifest.RFC3339, `"2026-03-01T23:30:00Z"`, `"2026-03-02T00:30:00Z"`},
		{manifest.NaiveUTC, `"2026-12-31T23:59:59"`, `"2027-01-01T00:59:59"`},
		{manifest.Unix, `1767225600`, `1767229200`},
		{manifest.Date, `"2026-02-28"`, `"2026-03-01"`},
		{manifest.RFC3339, `null`, ""},
		{manifest.RFC3339, `"yesterday"`, ""},
		{manifest.NaiveUTC, `7`, ""},
		{manifest.Unix, `"7"`, ""},
	} {
		got, err := anHourLater([]byte(c.value), c.format)
		if string(got) != c.want && c.want != "" || (err == nil) != (c.want != "") {
			t.Errorf("%s as %s became %s, want %s: %v", c.value, c.format, got, c.want, err)
		}
	}
}

// TestValueAt finds values by their bytes, whatever stands around them.
func TestValueAt(t *testing.T) {
	const body = ` { "a" : {"b": [ {"c": 1} ], "at": "inner" } , "n":9007199254740993 ,"at":  "outer", "at": "again", "s":"\/" }`
	for path, want := range map[string]string{
		"at": `"outer"`, "a.at": `"inner"`, "a.b": `[ {"c": 1} ]`, "n": "9007199254740993", "s": `"\/"`,
		"x": `there is no "x"`, "a.x": `there is no "x"`, "n.x": "it is no JSON object", "a.b.c": "it is no JSON object",
	} {
		start, end, err := valueAt([]byte(body), strings.Split(path, "."))
		if err != nil {
			if err.Error() != want {
				t.Errorf("%s: %v, want %s", path, err, want)
			}
		} else if got := body[start:end]; got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
	for _, broken := range []string{"", "[", `{"a": `, `{"a" 1}`, `{"a": {"at": 1}, `} {
		if _, _, err := valueAt([]byte(broken), []string{"at"}); err == nil {
			t.Errorf("something was found in %q", broken)
		}
	}
}

// TestRecorded takes a delivery that tells of something, not the error that came in the place of an object.
func TestRecorded(t *testing.T) {
	m, err := sources.Manifest("woocommerce")
	if err != nil {
		t.Fatal(err)
	}
	for topic, want := range map[string]string{"order.updated": "recorded as 076-order.updated-723.json", "product.restored": "recorded as 068-product.restored-140.json"} {
		if p, err := recorded(m, topic); err != nil || p.what != want {
			t.Errorf("%s is %q, want %q: %v", topic, p.what, want, err)
		}
	}
	if _, err := recorded(m, "shop/redact"); err == nil || err.Error() != "no delivery of shop/redact was recorded: name a body with --body" {
		t.Errorf("a topic that was not recorded: %v", err)
	}
	unrecorded := *m
	unrecorded.Source = "magento"
	if _, err := recorded(&unrecorded, "order.updated"); err == nil || !strings.HasPrefix(err.Error(), "there is no recording to take a body from: name one with --body") {
		t.Errorf("a source without a recording: %v", err)
	}
}

// TestExampleAccount: an account that no one has, in the form that the source's have.
func TestExampleAccount(t *testing.T) {
	for base, want := range map[string]string{
		"https://{shop}.myshop.example/admin/{version}": "https://example.myshop.example",
		"https://{store}/wp-json":                       "https://example.test",
		"https://api.example.com/v1":                    "https://api.example.com",
		"https://{a}-{b}.example.com:8443/x":            "https://example-example.example.com:8443",
	} {
		if got := exampleAccount(base); got != want {
			t.Errorf("%s becomes %s, want %s", base, got, want)
		}
	}
}
