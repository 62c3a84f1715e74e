package adopt_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/adopt"
	"github.com/syncspec/syncspec/internal/profile"
)

// refused reads a database that cannot be read, and returns why.
func refused(t *testing.T, dsn, schema string) string {
	t.Helper()
	c, err := adopt.Open(t.Context(), dsn)
	if err != nil {
		return err.Error()
	}
	defer c.Close(context.Background())
	p, err := adopt.Propose(t.Context(), c, schema, shop(t))
	if err == nil {
		t.Fatalf("no error, but:\n%s", p.YAML("acme"))
	}
	return err.Error()
}

func TestUnreadable(t *testing.T) {
	const orders = `CREATE TABLE orders (id bigint PRIMARY KEY, status text, total numeric, customer_id bigint)`
	dsn := database(t, orders, `CREATE SCHEMA other; CREATE SCHEMA empty; CREATE SCHEMA views; CREATE VIEW views.orders AS SELECT 1 AS id; CREATE TABLE other.things (id int, colour text)`)
	for schema, want := range map[string]string{
		"nowhere": `has no tables in schema nowhere; tables are in: --schema other (1), --schema public (1)`,
		"empty":   `has no tables in schema empty; tables are in: --schema other (1), --schema public (1)`,
		"views":   `has no tables in schema views (only 1 views and the like, which are not looked at); tables are in: --schema other (1), --schema public (1)`,
		"other":   `none of the 1 tables of schema other looks like one of shop (no candidate); name another --schema or --source`,
		"Public":  `tables are in: --schema other (1), --schema public (1)`,
	} {
		if got := refused(t, dsn, schema); !strings.Contains(got, want) {
			t.Errorf("schema %s: %s\nwant %s", schema, got, want)
		}
	}
	if got := refused(t, database(t), "public"); !strings.Contains(got, "has no tables in schema public, nor in any other: let the target migrate it first") {
		t.Errorf("an empty database: %s", got)
	}
}

// as returns the address for another role, which is made.
func as(t *testing.T, dsn, grants string) string {
	t.Helper()
	var role string
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if err := c.QueryRow(t.Context(), "SELECT 'reader_' || replace(current_database(), '-', '_')").Scan(&role); err != nil {
		t.Fatal(err)
	}
	role = role[:min(60, len(role))]
	if _, err := c.Exec(t.Context(), fmt.Sprintf("CREATE ROLE %[1]s LOGIN PASSWORD 'swordfish'; %[2]s", role, strings.ReplaceAll(grants, "$ROLE", role))); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		execute(t, dsn, fmt.Sprintf("DROP OWNED BY %[1]s; DROP ROLE %[1]s", role))
	})
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.UserPassword(role, "swordfish")
	return u.String()
}

func TestRights(t *testing.T) {
	const tables = `CREATE SCHEMA s; CREATE TABLE s.orders (id bigint PRIMARY KEY, status text, total bigint, customer_id bigint); INSERT INTO s.orders VALUES (1, 'x', 1995, 2);
		CREATE TABLE s.customers (id bigint PRIMARY KEY, name text, address_city text)`
	t.Run("none of the schema", func(t *testing.T) {
		got := refused(t, as(t, database(t, tables), ""), "s")
		if !strings.Contains(got, "may not use schema s: GRANT USAGE ON SCHEMA \"s\" TO \"reader_") {
			t.Error(got)
		}
	})
	t.Run("none of the tables", func(t *testing.T) {
		got := refused(t, as(t, database(t, tables), "GRANT USAGE ON SCHEMA s TO $ROLE"), "s")
		if !strings.Contains(got, "may read no table of schema s: GRANT SELECT ON ALL TABLES IN SCHEMA \"s\" TO \"reader_") {
			t.Error(got)
		}
	})
	t.Run("some of the tables", func(t *testing.T) {
		m := shop(t)
		p := propose(t, as(t, database(t, tables), "GRANT USAGE ON SCHEMA s TO $ROLE; GRANT SELECT ON s.customers TO $ROLE"), "s", m)
		load(t, p, m)
		mentions(t, p.YAML("acme"), "may not read 1 of the 2 tables", "table: orders", "bigint has no decimals; no values to tell")
	})
	t.Run("a policy that would write", func(t *testing.T) {
		m := shop(t)
		dsn := database(t, tables, `CREATE TABLE s.log (at timestamptz); CREATE FUNCTION s.noted() RETURNS boolean LANGUAGE sql SECURITY DEFINER AS 'INSERT INTO s.log VALUES (now()) RETURNING true';
			ALTER TABLE s.orders ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON s.orders USING (s.noted())`)
		p := propose(t, as(t, dsn, "GRANT USAGE ON SCHEMA s TO $ROLE; GRANT SELECT ON ALL TABLES IN SCHEMA s TO $ROLE"), "s", m)
		mentions(t, p.YAML("acme"), "values of orders are not judged: cannot execute INSERT in a read-only transaction", "table: orders", "table: customers")
	})
}

// TestLocked: a table that somebody holds is waited for a moment, and the others are read.
func TestLocked(t *testing.T) {
	dsn := database(t, `CREATE TABLE orders (id bigint PRIMARY KEY, status text, total numeric, customer_id bigint); CREATE TABLE customers (id bigint PRIMARY KEY, name text, address_city text);
		INSERT INTO customers SELECT 8000000000000 + n FROM generate_series(1, 3) n`)
	c, err := pgx.Connect(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close(context.Background())
	if _, err := c.Exec(t.Context(), "BEGIN; LOCK TABLE orders"); err != nil {
		t.Fatal(err)
	}
	m := shop(t)
	p := propose(t, dsn, "public", m)
	mentions(t, p.YAML("acme"), "values of orders are not judged: canceling statement due to lock timeout", "table: orders", "3 values")
}

// TestNoWay: where there is no database the error says where it was looked for, and never the password.
func TestNoWay(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	free.Close()
	good := as(t, database(t), "")
	for name, x := range map[string]struct{ address, want string }{
		"nobody listens":   {fmt.Sprintf("postgresql+asyncpg://u:swordfish@127.0.0.1:%d/acme?sslmode=disable", port), fmt.Sprintf(`connecting to database "acme" at 127.0.0.1:%d as "u": `, port)},
		"no address":       {"http://u:swordfish@h/acme", "the database's address is not understood: want postgres://"},
		"a broken address": {"postgres://u:swordfish@h:port/acme", "the database's address is not understood: want postgres://"},
		"key=value":        {fmt.Sprintf("host=127.0.0.1 port=%d user=u password=swordfish dbname=acme", port), `connecting to database "acme"`},
		"no such database": {strings.Replace(good, "/"+name(t, good), "/swordfish_", 1), "does not exist"},
	} {
		_, err := adopt.Open(t.Context(), x.address)
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		if text := err.Error(); !strings.Contains(text, x.want) || strings.Contains(strings.ReplaceAll(text, "swordfish_", ""), "swordfish") || strings.Contains(text, "\n") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func name(t *testing.T, dsn string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(u.Path, "/")
}

// TestAddresses: what frameworks add to an address is no hindrance.
func TestAddresses(t *testing.T) {
	dsn := database(t, `CREATE TABLE orders (id bigint PRIMARY KEY, status text, total numeric, customer_id bigint)`)
	for _, address := range []string{
		strings.Replace(dsn, "://", "ql+asyncpg://", 1), strings.Replace(strings.Replace(dsn, "postgres://", "postgresql+psycopg2://", 1), "postgresql://", "postgresql+psycopg2://", 1),
		with(t, dsn, "schema", "public"), with(t, dsn, "connection_limit", "5"),
	} {
		address = strings.Replace(address, "postgresqlql", "postgresql", 1)
		p := propose(t, address, "public", shop(t))
		mentions(t, p.YAML("acme"), "table: orders")
	}
}

func with(t *testing.T, dsn, key, value string) string {
	t.Helper()
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// TestOddNames: names may have anything in them; the profile loads, and has them as they are.
func TestOddNames(t *testing.T) {
	m := shop(t)
	dsn := database(t, `CREATE SCHEMA "My: Schema #1"; CREATE TABLE "My: Schema #1"."Orders: {} # """ ("Shop Id" bigint, "external id" bigint, "order status" text, "total 💶" numeric, "customer
id" bigint, "total: {evil}
covers: [x]" numeric)`)
	p := propose(t, dsn, "My: Schema #1", m)
	target := load(t, p, m)
	if got := target.Names.Schema; got != "My: Schema #1" {
		t.Errorf("schema %q", got)
	}
	if got := target.Names.Tables["shop_order"].Table; got != `Orders: {} # "` {
		t.Errorf("table %q\n%s", got, p.YAML("acme"))
	}
	if got := target.Names.Tables["shop_order"].Columns["customer_id"]; got != "customer\nid" {
		t.Errorf("column %q", got)
	}
	if len(target.Covers) != 1 {
		t.Errorf("covers %v", target.Covers)
	}
}

// TestNoValuesInOutput: what was seen in rows stays there, but for the words of the raw table.
func TestNoValuesInOutput(t *testing.T) {
	m := source(t, "woocommerce")
	dsn := database(t, file(t, "woo.sql"), strings.ReplaceAll(file(t, "woo_rows.sql"), "@example.com", "@zanzibar.example"))
	p := propose(t, dsn, "woo", m)
	if text := p.YAML("acme") + p.Summary(); strings.Contains(text, "zanzibar") || strings.Contains(text, "ck_1") {
		t.Errorf("a value is in it:\n%s", text)
	}
}

// TestLarge: thousands of tables, one of them large, are read within bounds, and those that are meant are found among them.
func TestLarge(t *testing.T) {
	dsn := database(t, file(t, "woo.sql"), `DO $$ BEGIN FOR n IN 1..500 LOOP
		EXECUTE format('CREATE TABLE woo.tenant_%s_a (id bigint, name text, total numeric, status text, created_at timestamptz)', n);
	END LOOP; END $$`)
	for _, suffix := range []string{"b", "c", "d"} { // a transaction each: locks are bounded
		execute(t, dsn, strings.ReplaceAll(`DO $$ BEGIN FOR n IN 1..500 LOOP EXECUTE format('CREATE TABLE woo.order_%s_x (id bigint, order_id bigint, total numeric, status text, number text)', n); END LOOP; END $$`, "_x", "_"+suffix))
	}
	execute(t, dsn, `INSERT INTO woo.stores (url, consumer_key, consumer_secret) VALUES ('x', 'y', 'z')`,
		`INSERT INTO woo.orders (store_id, woo_id, currency, order_key) SELECT 1, n, 'EUR', repeat('x', 100) FROM generate_series(1, 60000) n`, `ANALYZE woo.orders`)
	m := source(t, "woocommerce")
	before := time.Now()
	p := propose(t, dsn, "woo", m)
	took := time.Since(before)
	t.Logf("%d tables in %v", len(p.Database.Tables), took)
	if took > 30*time.Second {
		t.Errorf("it took %v", took)
	}
	names := load(t, p, m).Names
	for table, want := range map[string]string{"woocommerce_order": "orders", "woocommerce_product": "products", "woocommerce_order_fee_line": "order_fees", "woocommerce_product_tag": "tags"} {
		if got := names.Tables[table].Table; got != want {
			t.Errorf("%s is %q, want %q", table, got, want)
		}
	}
	if orders := p.Database.Table("orders"); !orders.Large || orders.Rows == 0 || orders.Rows > 200 {
		t.Errorf("of orders (large: %v) %d rows were looked at", orders.Large, orders.Rows)
	}
}

// TestSkeleton: what a person gets by taking the marks away loads.
func TestSkeleton(t *testing.T) {
	for _, x := range []struct{ source, schema, sql string }{{"woocommerce", "woo", "woo.sql"}, {"shopify", "public", "fastapi.sql"}} {
		m := source(t, x.source)
		text := propose(t, database(t, file(t, x.sql)), x.schema, m).YAML("acme")
		before, verbs, ok := strings.Cut(text, "# verbs:\n")
		if !ok {
			t.Fatalf("no verbs:\n%s", text)
		}
		text = before + "verbs:\n" + strings.TrimPrefix(strings.ReplaceAll("\n"+verbs, "\n# ", "\n"), "\n")
		text = strings.Replace(text, "\n# migrate:", "\nmigrate:", 1)
		text = strings.NewReplacer("  # env:", "  env:", "  # ready:", "  ready:").Replace(text)
		path := filepath.Join(t.TempDir(), "acme.yaml")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		target, err := profile.LoadTarget(path, nil)
		if err == nil {
			err = target.Check(m)
		}
		if err != nil {
			t.Errorf("%v\n%s", err, text)
			continue
		}
		if target.Verbs == nil || target.Verbs.Sync.Poll == nil || target.Migrate == nil || target.Start.Ready == nil || (target.Verbs.Authorize != nil) != (m.OAuth != nil) {
			t.Errorf("something is missing of what was marked:\n%s", text)
		}
	}
}
