package profile_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
)

// FuzzLoadTarget: whatever stands in a profile, it is taken or refused with places. What is taken can be used with a source.
func FuzzLoadTarget(f *testing.F) {
	m, err := manifest.Load("../manifest/testdata/shop.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(started + mapped))
	f.Add([]byte(head + "processes: [{name: web, command: [\"{port.web}\"]}]\nreach: proxy\nverbs: {sync: {poll: {sql: x}, then: {then: {}}}}\n"))
	f.Add([]byte(started + "source: shop\ncovers: [orders]\nnames: {raw: {types: {orders: x}}, tables: {shop_note: {parent: a, columns: {text: b}, lacks: {number: c}, kept: {order_id: unix}}}}\n"))
	f.Add([]byte("attach: {url: \"http://[::1\", database: \"${ACME_KEY}\", gateway: \":\"}\nverbs: &a {connect: {body: *a}}\n"))
	f.Add([]byte(head + "start: {command: [\"{{{?}}${\"], env: {A: \"${ACME_BRACES}\"}, ready: {within: 9223372036s}}\nverbs: {webhook: {url: \"/{a?}?{b?}&c={d?}\"}, connect: {body: {{a}: }}}\n"))
	for _, pattern := range []string{"../../fixtures/targets/*/*.yaml", "../../fixtures/targets/*/*.yml"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range files {
			if text, err := os.ReadFile(file); err == nil {
				f.Add(text)
			}
		}
	}
	file := filepath.Join(f.TempDir(), "fuzz.yaml")
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		target, err := profile.LoadTarget(file, environment)
		if err == nil {
			err = use(t, target, m)
		}
		if err == nil {
			return
		}
		problems, ok := errors.AsType[manifest.Errors](err)
		if !ok || len(problems) == 0 {
			t.Fatalf("no problems, and yet: %v", err)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Errorf("a problem without a place or a message: %+v", p)
			}
		}
	})
}

// use does with a profile what a run does.
func use(t *testing.T, target profile.Target, m *manifest.Manifest) error {
	t.Helper()
	if target.Source != "" && target.Source != m.Source {
		return target.Check(m)
	}
	target.AppWide()
	for _, verb := range profile.Verbs() {
		if v := target.Speaks().Of(verb); v != nil {
			_, _ = profile.FillPath(v.HTTP, values)
			_, _ = profile.FillPath(v.URL, values)
			_, _ = profile.FillJSON(v.Body, values)
			_, _ = profile.FillAll(v.Env, values)
			_, _ = profile.FillList(v.Exec, values)
		}
	}
	checked := target.Check(m)
	p := target.For(m)
	if len(p.Manifest.Objects) != len(m.Objects) || p.Manifest.RawTable() == "" {
		t.Error("the view is not whole")
	}
	return errors.Join(checked, p.CheckCatalog(map[string][]string{"orders": {"id"}}))
}
