package artifact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// readHAR loads a file back and holds that it has what HAR 1.2 requires, read without our own types.
func readHAR(t *testing.T, folder string) (entries []map[string]any, comment string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "traffic.har"))
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]any
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&file); err != nil {
		t.Fatal(err)
	}
	v := &validator{t: t}
	log := v.object(file, "log")
	if v.text(log, "version") != "1.2" {
		t.Error("the version is not 1.2")
	}
	creator := v.object(log, "creator")
	v.text(creator, "name")
	v.text(creator, "version")
	pages := map[string]bool{}
	for _, p := range v.list(log, "pages") {
		pages[v.text(p, "id")] = true
		v.text(p, "title")
		v.time(p, "startedDateTime")
		v.object(p, "pageTimings")
	}
	entries = v.list(log, "entries")
	for _, e := range entries {
		v.entry(e, pages)
	}
	comment, _ = log["comment"].(string)
	return entries, comment
}

type validator struct{ t *testing.T }

func (v *validator) entry(e map[string]any, pages map[string]bool) {
	v.t.Helper()
	if ref, ok := e["pageref"].(string); ok && !pages[ref] {
		v.t.Errorf("there is no page %s", ref)
	}
	v.time(e, "startedDateTime")
	total := v.number(e, "time")
	v.object(e, "cache")
	timings := v.object(e, "timings")
	if sum := v.number(timings, "send") + v.number(timings, "wait") + v.number(timings, "receive"); sum != total {
		v.t.Errorf("the timings make %v, the time is %v", sum, total)
	}
	request := v.object(e, "request")
	if address, err := url.Parse(v.text(request, "url")); err != nil || !address.IsAbs() || address.Host == "" {
		v.t.Errorf("%v is no whole address: %v", request["url"], err)
	}
	v.text(request, "method")
	v.pairs(request, "queryString")
	if posted, ok := request["postData"]; ok {
		p := posted.(map[string]any)
		v.text(p, "mimeType")
		if _, ok := p["text"].(string); !ok {
			v.t.Error("postData has no text")
		}
	}
	response := v.object(e, "response")
	v.number(response, "status")
	for _, name := range []string{"statusText", "redirectURL"} {
		if _, ok := response[name].(string); !ok {
			v.t.Errorf("response.%s is %v", name, response[name])
		}
	}
	content := v.object(response, "content")
	v.number(content, "size")
	v.text(content, "mimeType")
	for _, half := range []map[string]any{request, response} {
		v.text(half, "httpVersion")
		v.pairs(half, "headers")
		v.pairs(half, "cookies")
		v.number(half, "headersSize")
		v.number(half, "bodySize")
	}
}

func (v *validator) pairs(o map[string]any, name string) {
	v.t.Helper()
	for _, p := range v.list(o, name) {
		v.text(p, "name")
		if _, ok := p["value"].(string); !ok {
			v.t.Errorf("%s: %v has no value", name, p)
		}
	}
}

func (v *validator) object(o map[string]any, name string) map[string]any {
	v.t.Helper()
	got, ok := o[name].(map[string]any)
	if !ok {
		v.t.Fatalf("%s is %v, want an object", name, o[name])
	}
	return got
}

func (v *validator) list(o map[string]any, name string) []map[string]any {
	v.t.Helper()
	all, ok := o[name].([]any)
	if !ok {
		v.t.Fatalf("%s is %v, want an array", name, o[name])
	}
	var out []map[string]any
	for _, e := range all {
		out = append(out, e.(map[string]any))
	}
	return out
}

func (v *validator) text(o map[string]any, name string) string {
	v.t.Helper()
	got, ok := o[name].(string)
	if !ok || got == "" {
		v.t.Errorf("%s is %v, want a text", name, o[name])
	}
	return got
}

func (v *validator) number(o map[string]any, name string) float64 {
	v.t.Helper()
	got, ok := o[name].(json.Number)
	if !ok {
		v.t.Errorf("%s is %v, want a number", name, o[name])
		return 0
	}
	n, err := got.Float64()
	if err != nil {
		v.t.Error(err)
	}
	return n
}

func (v *validator) time(o map[string]any, name string) {
	v.t.Helper()
	at, err := time.Parse(time.RFC3339Nano, v.text(o, name))
	if err != nil || at.Year() < 2000 {
		v.t.Errorf("%s: %v: %v", name, o[name], err)
	}
}

// asked are the requests of a HAR, each as "METHOD url -> status".
func asked(entries []map[string]any) []string {
	var out []string
	for _, e := range entries {
		request, response := e["request"].(map[string]any), e["response"].(map[string]any)
		out = append(out, fmt.Sprintf("%v %v -> %v", request["method"], request["url"], response["status"]))
	}
	return out
}

// answered is the text of the answer of an entry.
func answered(e map[string]any) string {
	text, _ := e["response"].(map[string]any)["content"].(map[string]any)["text"].(string)
	return text
}
