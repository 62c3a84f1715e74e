package gateway

import "testing"

// TestBodyFields: writes are told apart by some fields of the object that the manifest says is sent.
func TestBodyFields(t *testing.T) {
	for _, c := range []struct {
		name, body, at, want string
		ok                   bool
	}{
		{"the body itself", `{"topic":"a","url":"x"}`, "", `{"topic":"a"}`, true},
		{"in an envelope", `{"webhook":{"url":"x","topic":"a"}}`, "webhook", `{"topic":"a"}`, true},
		{"deeper", `{"a":{"b":{"topic":1.50}}}`, "a.b", `{"topic":1.50}`, true},
		{"no envelope", `{"topic":"a"}`, "webhook", "", false},
		{"an envelope around no object", `{"webhook":"a"}`, "webhook", "", false},
		{"none of the fields", `{"webhook":{"url":"x"}}`, "webhook", `{}`, false},
		{"no JSON", `topic=a`, "", "", false},
	} {
		if got, ok := bodyFields(c.body, c.at, []string{"topic"}); got != c.want || ok != c.ok {
			t.Errorf("%s: %q, %t, want %q, %t", c.name, got, ok, c.want, c.ok)
		}
	}
}
