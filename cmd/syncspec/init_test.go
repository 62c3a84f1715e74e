package main

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/supervise"
)

// TestInit reads a real database from the command line, and writes a profile that loads.
func TestInit(t *testing.T) {
	guardian, err := supervise.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { guardian.Close() })
	server, err := postgres.Start(t.Context(), postgres.FromEnv(os.Getenv, guardian))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop(context.Background()) })
	dsn, err := server.Clone(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(t.Context(), `CREATE SCHEMA acme; CREATE TABLE acme.tags (store_id bigint, woo_id bigint, name text, slug text, description text, uses bigint)`); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SYNCSPEC_DSN", dsn)
	t.Setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/none")
	file := filepath.Join(t.TempDir(), "acme shop.yaml")
	called := func(args ...string) (int, string, string) {
		var out, err strings.Builder
		code := run(append([]string{"init", "--source", "woocommerce", "--out", file}, args...), &out, &err)
		return code, out.String(), err.String()
	}
	if code, _, said := called(); code != exitProblems || !strings.Contains(said, "has no tables in schema public; tables are in: --schema acme (1)") {
		t.Errorf("without a schema: %d, %s", code, said)
	}
	code, out, said := called("--schema", "acme")
	want := regexp.MustCompile(`^.*acme shop\.yaml: a profile of a target for woocommerce
found in schema acme: 1 of 13 objects, 1 of 23 tables, 3 of the 4 columns of these
tables not found \(22\): woocommerce_product, .*, and 14 more
columns not found \(1\): woocommerce_product_tag\.count
no sign of \(4\): raw, company, row_times, metadata
next: fill in start in .*; then: syncspec run --source woocommerce --target '.*acme shop\.yaml'
$`)
	if code != exitOK || !want.MatchString(out) || said != "" {
		t.Errorf("%d\n%s%s", code, out, said)
	}
	target, err := profile.LoadTarget(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	if target.Name != "acme shop" || target.Names.Tables["woocommerce_product_tag"].Table != "tags" || target.Names.ObjectID != "woo_id" {
		t.Errorf("it has %+v", target.Names)
	}
	if code, _, said := called("--schema", "acme"); code != exitProblems || !strings.Contains(said, "--force overwrites it") {
		t.Errorf("a second time: %d, %s", code, said)
	}
	if code, _, said := called("--schema", "acme", "--force"); code != exitOK {
		t.Errorf("with force: %d, %s", code, said)
	}
}
