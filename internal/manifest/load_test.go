package manifest

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestDefaults pins what stands in a manifest without being written.
func TestDefaults(t *testing.T) {
	m, err := Parse("shop.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	customers, orders := m.Objects[0], m.Objects[1]
	for _, tc := range []struct{ what, got, want string }{
		{"path", m.Path, "shop.yaml"},
		{"unit", m.API.RateLimits[0].Unit, "seconds"},
		{"status", m.Scopes[0].Status, "current"},
		{"key type", orders.KeyType, "integer"},
		{"key type of a child", orders.Children[0].KeyType, "integer"},
		{"key type that is given", orders.Children[0].Children[0].KeyType, "text"},
		{"key scope", orders.Children[0].KeyScope, "global"},
		{"key scope that is given", orders.Children[0].Children[0].KeyScope, "parent"},
		{"payload", orders.Webhooks[0].Payload, "object"},
		{"payload that is given", orders.Webhooks[1].Payload, "key"},
		{"format of updated_at", string(orders.UpdatedAt.Format), "rfc3339"},
		{"format of a timestamp", string(customers.Fields[2].Format), "rfc3339"},
		{"format that is given", string(orders.Fields[3].Format), "naive_utc"},
		{"format of what is no timestamp", string(customers.Fields[0].Format), ""},
		{"number as a parameter", customers.Lists[0].Params["per_page"], "100"},
		{"boolean as a parameter", customers.Lists[0].Params["active"], "true"},
	} {
		if tc.got != tc.want {
			t.Errorf("%s: %q, want %q", tc.what, tc.got, tc.want)
		}
	}
}

// TestFields pins the short and the long form, and that the order is kept.
func TestFields(t *testing.T) {
	data := edited(t, []string{
		"      total: decimal\n", "      meta.info.a: json\n      total: {type: decimal, empty_is_null: true}\n      note: &n {column: remark, type: text}\n",
	})
	m, err := Parse("shop.yaml", data)
	if err != nil {
		t.Fatal(err)
	}
	want := Fields{
		{Path: "customer_id", Column: "customer_id", Type: Integer},
		{Path: "status", Column: "status", Type: Text},
		{Path: "meta.info.a", Column: "meta_info_a", Type: JSON},
		{Path: "total", Column: "total", Type: Decimal, EmptyIsNull: true},
		{Path: "note", Column: "remark", Type: Text},
		{Path: "updated", Column: "shop_updated_at", Type: Timestamp, Format: NaiveUTC},
	}
	if diff := cmp.Diff(want, m.Objects[1].Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	if column := DefaultColumn("@order_id"); column != "order_id" {
		t.Errorf("column of @order_id: %q", column)
	}
}

// TestAlias shows that a value may be written once and used twice.
func TestAlias(t *testing.T) {
	m, err := Parse("shop.yaml", edited(t, []string{
		"{sku: text, quantity: integer}", "&shared {sku: text, quantity: integer}",
		"fields: {rate: decimal}", "fields: *shared",
	}))
	if err != nil {
		t.Fatal(err)
	}
	lines := m.Objects[1].Children[0]
	if diff := cmp.Diff(lines.Fields, lines.Children[0].Fields); diff != "" {
		t.Errorf("alias and anchor differ:\n%s", diff)
	}
}

// TestCatalogue shows that topics and scopes are held against what the provider has, wherever the files lie.
func TestCatalogue(t *testing.T) {
	files := fstest.MapFS{
		"specs/shop.yaml":                  {Data: []byte(shop)},
		"fixtures/shop/catalog/topics.txt": {Data: []byte("# from the docs\norder.updated\torders changed\norder.deleted read # ids alone\n\ncustomer.create\n")},
		"fixtures/shop/catalog/scopes.txt": {Data: []byte("read\nwrite\n")},
	}
	want := strings.Join([]string{
		`FILE:17:12: scopes[1].name: the provider has no scope "hooks" (fixtures/shop/catalog/scopes.txt); known: read, write`,
		`FILE:31:17: objects[0].webhooks[0].topic: the provider has no topic "customer.created" (fixtures/shop/catalog/topics.txt); did you mean "customer.create"?`,
		`FILE:58:9: objects[1].webhooks[0]: topic "order.updated" needs scope orders or changed, not "read" (fixtures/shop/catalog/topics.txt); write scope: orders`,
	}, "\n")
	dir := t.TempDir()
	if err := os.CopyFS(dir, files); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(dir, "specs"))
	for _, tc := range []struct {
		name string
		load func() (*Manifest, string, error)
	}{
		{"file system", func() (*Manifest, string, error) {
			m, err := LoadFS(files, "specs/shop.yaml")
			return m, "specs/shop.yaml", err
		}},
		{"absolute path", func() (*Manifest, string, error) {
			path := filepath.Join(dir, "specs", "shop.yaml")
			m, err := Load(path)
			return m, path, err
		}},
		{"bare name", func() (*Manifest, string, error) { m, err := Load("shop.yaml"); return m, "shop.yaml", err }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, path, err := tc.load()
			if err == nil {
				t.Fatal("no problem was found")
			}
			if got, want := err.Error(), strings.ReplaceAll(want, "FILE", path); got != want {
				t.Errorf("got:\n%s\nwant:\n%s", got, want)
			}
		})
	}
}

// TestLoadWithoutCatalogue shows that a manifest can be read where there is no catalogue, or could be none.
func TestLoadWithoutCatalogue(t *testing.T) {
	for _, file := range []string{"shop.yaml", "specs/shop.yaml", "a/b/shop.yaml"} {
		m, err := LoadFS(fstest.MapFS{file: {Data: []byte(shop)}}, file)
		if err != nil {
			t.Errorf("%s: %v", file, err)
		} else if m.Path != file {
			t.Errorf("path is %q, want %q", m.Path, file)
		}
	}
}

// TestUnreadable shows that a file that cannot be read is told from one that is wrong.
func TestUnreadable(t *testing.T) {
	dir := t.TempDir()
	for _, tc := range []struct {
		name, path, want string
		is               error
	}{
		{"missing", filepath.Join(dir, "no.yaml"), "no such file or directory", fs.ErrNotExist},
		{"folder", dir, "is a directory", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := Load(tc.path)
			if _, problems := errors.AsType[Errors](err); err == nil || problems {
				t.Fatalf("got %v, want an error of reading", err)
			}
			if want := tc.path + ": " + tc.want; err.Error() != want {
				t.Errorf("got %q, want %q", err, want)
			}
			if tc.is != nil && !errors.Is(err, tc.is) {
				t.Errorf("%v is no %v", err, tc.is)
			}
		})
	}
}

// TestFiles shows that the requirement set is not taken for a manifest.
func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.yaml", "a.yaml", "sop.yaml", "manifest.schema.json"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Files(dir)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{filepath.Join(dir, "a.yaml"), filepath.Join(dir, "b.yaml")}, got); diff != "" {
		t.Error(diff)
	}
}
