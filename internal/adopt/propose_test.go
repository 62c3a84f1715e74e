package adopt_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/adopt"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/reference"
	"github.com/syncspec/syncspec/internal/sources"
	"github.com/syncspec/syncspec/internal/supervise"
)

var update = flag.Bool("update", false, "write the golden profiles anew")

// server is the Postgres of all tests here; SYNCSPEC_POSTGRES chooses which.
var server *postgres.Server

func TestMain(m *testing.M) {
	supervise.Main() // this binary is its own guardian
	flag.Parse()
	os.Exit(withPostgres(m))
}

func withPostgres(m *testing.M) int {
	ctx := context.Background()
	fail := func(err error) int {
		fmt.Fprintln(os.Stderr, "tests of adopt need a Postgres:", err)
		return 1
	}
	guardian, err := supervise.Start(ctx)
	if err != nil {
		return fail(err)
	}
	defer guardian.Close()
	if server, err = postgres.Start(ctx, postgres.FromEnv(os.Getenv, guardian)); err != nil {
		return fail(err)
	}
	defer server.Stop(ctx)
	return m.Run()
}

// database makes one with what the SQL makes in it.
func database(t testing.TB, sql ...string) (dsn string) {
	t.Helper()
	dsn, err := server.Clone(context.Background(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	execute(t, dsn, sql...)
	return dsn
}

func execute(t testing.TB, dsn string, sql ...string) {
	t.Helper()
	c, err := pgx.Connect(context.Background(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	for _, s := range sql {
		if _, err := c.Exec(context.Background(), s); err != nil {
			t.Fatal(err)
		}
	}
}

// file is what a file of testdata has.
func file(t testing.TB, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func source(t testing.TB, name string) *manifest.Manifest {
	t.Helper()
	m, err := sources.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// shop is the manifest of a small source: customers, orders with lines with taxes, notes.
func shop(t testing.TB) *manifest.Manifest { return source(t, "../manifest/testdata/shop.yaml") }

// propose reads a database.
func propose(t testing.TB, dsn, schema string, m *manifest.Manifest) *adopt.Proposal {
	t.Helper()
	c, err := adopt.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	p, err := adopt.Propose(t.Context(), c, schema, m)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// load saves what was proposed and loads it again, as a run does.
func load(t testing.TB, p *adopt.Proposal, m *manifest.Manifest) profile.Target {
	t.Helper()
	name := filepath.Join(t.TempDir(), "acme.yaml")
	if err := adopt.Save(name, p.YAML("acme"), m, false); err != nil {
		t.Fatalf("%v\n%s", err, p.YAML("acme"))
	}
	target, err := profile.LoadTarget(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	return target
}

// TestForeign pins what is proposed for two integrations that were written by strangers to syncspec, with rows and without.
func TestForeign(t *testing.T) {
	for _, x := range []struct{ golden, source, schema, sql, rows string }{
		{"woo.yaml", "woocommerce", "woo", "woo.sql", ""},
		{"woo_rows.yaml", "woocommerce", "woo", "woo.sql", "woo_rows.sql"},
		{"fastapi.yaml", "shopify", "public", "fastapi.sql", ""},
		{"fastapi_rows.yaml", "shopify", "public", "fastapi.sql", "fastapi_rows.sql"},
	} {
		t.Run(x.golden, func(t *testing.T) {
			t.Parallel()
			m := source(t, x.source)
			dsn := database(t, file(t, x.sql))
			if x.rows != "" {
				execute(t, dsn, file(t, x.rows))
			}
			p := propose(t, dsn, x.schema, m)
			load(t, p, m)
			got := p.YAML("acme") + "\n" + commented(p.Summary())
			if *update {
				if err := os.WriteFile(filepath.Join("testdata", x.golden), []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(file(t, x.golden), got); diff != "" {
				t.Errorf("-want +got (go test -update writes it anew)\n%s", diff)
			}
			if again := propose(t, dsn, x.schema, m).YAML("acme"); again != p.YAML("acme") {
				t.Errorf("a second reading differs:\n%s", cmp.Diff(p.YAML("acme"), again))
			}
		})
	}
}

func commented(text string) string {
	return "# " + strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n# ") + "\n"
}

// TestReference: what follows the convention is found whole, for certain, and needs no name.
func TestReference(t *testing.T) {
	for _, name := range []string{"shopify", "woocommerce"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := source(t, name)
			dsn := database(t)
			cfg := reference.Config{Manifests: []*manifest.Manifest{m}, DatabaseURL: dsn}
			if err := reference.Migrate(t.Context(), cfg); err != nil {
				t.Fatal(err)
			}
			p := propose(t, dsn, "public", m)
			for _, match := range p.Tables {
				if match.Found.Name != match.Table.Name || match.Found.Confidence != 1 {
					t.Errorf("table %s is %s (%s)", match.Table.Name, match.Found.Name, match.Found)
				}
				if match.ID.Name != m.ObjectIDColumn() || match.Parent.Name != match.Table.ParentColumn || match.ParentBy.Name != "" {
					t.Errorf("%s: id %s, parent %s by %q", match.Table.Name, match.ID, match.Parent, match.ParentBy.Name)
				}
				for _, f := range match.Fields {
					if f.Found.Name != f.Column || f.Found.Confidence != 1 || f.Kept != "" {
						t.Errorf("%s.%s is %s (%s), kept %q", match.Table.Name, f.Column, f.Found.Name, f.Found, f.Kept)
					}
				}
			}
			target := load(t, p, m)
			if target.Names != nil || target.Covers != nil || target.Excluded != nil || target.Lacks != nil {
				t.Errorf("it needs no names, and has:\n%s", p.YAML("acme"))
			}
		})
	}
}
