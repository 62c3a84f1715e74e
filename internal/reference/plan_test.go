package reference

import (
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/manifest"
)

func TestManifestsThatCannotBeServed(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*manifest.Manifest)
		says   string
	}{
		"pagination": {func(m *manifest.Manifest) { m.API.Pagination.Next.From = "body" }, `"body"`},
		"signature":  {func(m *manifest.Manifest) { m.Webhooks.Signature.Signs = []string{"timestamp"} }, "timestamp"},
		"column": {func(m *manifest.Manifest) {
			m.Objects[0].Fields = manifest.Fields{{Path: "x", Column: "deleted_at", Type: manifest.Text}}
		}, "deleted_at"},
		"updated_at": {func(m *manifest.Manifest) { m.Objects[0].UpdatedAt = &manifest.TimeField{Field: "changed"} }, "changed has no column"},
		"nested": {func(m *manifest.Manifest) {
			m.Objects[0].Children = []manifest.Child{{At: "a", Table: "a", KeyScope: "parent", Children: []manifest.Child{{At: "b", Table: "b"}}}}
		}, "table b hangs below a"},
		"nothing to send":      {func(m *manifest.Manifest) { m.OAuth = &manifest.OAuth{} }, "needs one"},
		"fan-out in a key":     {func(m *manifest.Manifest) { m.Objects[1].Key = []string{"@order_id", "id"} }, "@order_id"},
		"part of a key":        {func(m *manifest.Manifest) { m.Objects[1].Key = []string{"id", "place"} }, "field id is part of the key"},
		"field without column": {func(m *manifest.Manifest) { m.Objects[1].Lists[0].Each.Field = "token" }, "orders.token"},
		"batch": {func(m *manifest.Manifest) {
			m.Objects[1].Lists[0] = manifest.List{Path: "/l", Batch: &manifest.Batch{Object: "orders", Field: "id"}}
		}, "batch.max"},
		"batch in a circle": {func(m *manifest.Manifest) {
			m.Objects[0].Lists[0].Batch = &manifest.Batch{Object: "lines", Field: "id", Max: 1}
		}, "orders -> lines -> orders"},
		"reference": {func(m *manifest.Manifest) {
			m.Objects[1].One = "/orders/{order_id}/lines/{id}"
			m.Objects[1].Webhooks = []manifest.Topic{{Topic: "lines/sent", Event: manifest.Update, Payload: "reference", At: "line.id"}}
		}, "lines must be read anew"},
		"key of what is not deleted": {func(m *manifest.Manifest) {
			m.Objects[0].Webhooks = []manifest.Topic{{Topic: "orders/sent", Event: manifest.Update, Payload: "key"}}
		}, "orders must be read anew"},
		"elements of nothing": {func(m *manifest.Manifest) {
			m.Objects[1].Webhooks = []manifest.Topic{{Topic: "orders/sent", Event: manifest.Update, Payload: "elements", At: "lines"}}
		}, "have none: add parent"},
		"circle":  {func(m *manifest.Manifest) { m.Objects[0].Lists[0].Each = &manifest.Each{Object: "lines"} }, "orders -> lines -> orders"},
		"unknown": {func(m *manifest.Manifest) { m.Objects[0].Lists[0].Each = &manifest.Each{Object: "cows"} }, "needs cows"},
	} {
		m := pagedManifest()
		m.Objects = []manifest.Object{
			{Name: "orders", Sync: "orders", Key: []string{"id"}, Table: "orders", Lists: []manifest.List{{Path: "/orders"}}},
			{Name: "lines", Sync: "lines", Key: []string{"id"}, Table: "lines", Lists: []manifest.List{{Path: "/l", Each: &manifest.Each{Object: "orders", Field: "id", As: "order_id"}}}},
		}
		if _, err := newSource(m); err != nil {
			t.Fatalf("before the change: %v", err)
		}
		c.change(m)
		if _, err := newSource(m); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %q", name, err, c.says)
		}
	}
}

func TestConfigFromEnv(t *testing.T) {
	env := func(values map[string]string) func(string) string {
		return func(name string) string { return values[name] }
	}
	if _, err := ConfigFromEnv(env(nil)); err == nil || !strings.Contains(err.Error(), "DATABASE_URL") || !strings.Contains(err.Error(), "SYNCSPEC_MANIFESTS") {
		t.Error(err)
	}
	cfg, err := ConfigFromEnv(env(map[string]string{"DATABASE_URL": "postgres://x", "SYNCSPEC_MANIFESTS": "a.yaml, b.yaml", "SYNCSPEC_REQUEST_TIMEOUT": "2s"}))
	if err != nil || len(cfg.ManifestPaths) != 2 || cfg.ManifestPaths[1] != "b.yaml" || cfg.RequestTimeout.Seconds() != 2 {
		t.Errorf("%+v %v", cfg, err)
	}
	for listen, ok := range map[string]bool{"127.0.0.1:0": true, "[::1]:80": true, "localhost:1": true, "0.0.0.0:1": false, ":80": false, "10.0.0.1:1": false} {
		if err := loopback(listen); (err == nil) != ok {
			t.Errorf("%s: %v", listen, err)
		}
	}
	if _, err := newPool("postgres://u:geheim@%zz", 1); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("%v", err)
	}
}
