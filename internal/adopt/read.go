package adopt

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Connection is a database that is read in one transaction, which sees one state of it and cannot write.
type Connection struct {
	conn *pgx.Conn
	tx   pgx.Tx
	name string
}

// driver is what SQLAlchemy writes between the scheme and the rest of an address.
var driver = regexp.MustCompile(`^(postgres(?:ql)?)\+[a-z0-9_]+://`)

// Open connects. The address may be in the forms of SQLAlchemy (postgresql+asyncpg://) and Prisma (?schema=…); its password is in
// no error.
func Open(ctx context.Context, address string) (*Connection, error) {
	config, err := pgx.ParseConfig(plain(address))
	if err != nil {
		return nil, errors.New("the database's address is not understood: want postgres://user:password@host:5432/name") // the parser quotes it
	}
	config.ConnectTimeout = cmp.Or(config.ConnectTimeout, 10*time.Second)
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // poolers between here and there keep no prepared statements
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("connecting to database %q at %s:%d as %q: %s", config.Database, config.Host, config.Port, config.User, reason(err, config.Password))
	}
	c := &Connection{conn: conn, name: config.Database}
	c.tx, err = conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err == nil {
		// Of this transaction alone: behind a pooler the session is somebody else's afterwards. Scans begin at the beginning, so that
		// a second call sees the same rows; nothing in the database's own schemas stands for what is called here.
		_, err = c.tx.Exec(ctx, `SELECT set_config('default_transaction_read_only', 'on', true), set_config('statement_timeout', '30s', true),
			set_config('lock_timeout', '2s', true), set_config('synchronize_seqscans', 'off', true), set_config('search_path', 'pg_catalog', true),
			set_config('timezone', 'UTC', true), set_config('application_name', 'syncspec init', true)`)
	}
	if err != nil {
		_ = conn.Close(context.WithoutCancel(ctx))
		return nil, fmt.Errorf("beginning to read database %q: %w", config.Database, err)
	}
	return c, nil
}

// Close ends the transaction and the connection.
func (c *Connection) Close(ctx context.Context) {
	_ = c.tx.Rollback(ctx)
	_ = c.conn.Close(ctx)
}

// plain turns an address into the form that libpq knows.
func plain(address string) string {
	address = driver.ReplaceAllString(strings.TrimSpace(address), "$1://")
	u, err := url.Parse(address)
	if err != nil || u.RawQuery == "" || u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return address
	}
	query := u.Query()
	for _, prisma := range []string{"schema", "connection_limit", "pool_timeout", "pgbouncer", "socket_timeout"} {
		query.Del(prisma)
	}
	u.RawQuery = query.Encode()
	return u.String()
}

// reason is why there is no connection, in one line and without the password.
func reason(err error, password string) string {
	text := err.Error()
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		text = pg.Message
	} else if inner := errors.Unwrap(err); inner != nil {
		text = inner.Error()
	}
	var lines []string // of each way that was tried, with TLS and without
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	text = strings.Join(lines, "; ")
	if password != "" {
		text = strings.ReplaceAll(text, password, "…")
	}
	return text
}

// Read reads what the catalogue says of a schema. A schema that is not there, or has nothing to read, is an error that says which
// schemas have.
func (c *Connection) Read(ctx context.Context, schema string) (*Database, error) {
	d := &Database{Name: c.name, Schema: schema}
	if err := c.usable(ctx, schema); err != nil {
		return nil, err
	}
	tables := map[uint32]*Table{}
	columns := map[uint32]map[int16]string{}
	if err := c.readTables(ctx, d, tables); err != nil {
		return nil, fmt.Errorf("reading the tables of schema %s: %w", schema, err)
	}
	if len(d.Tables) == 0 {
		return nil, c.none(ctx, schema)
	}
	if err := c.readColumns(ctx, schema, tables, columns); err != nil {
		return nil, fmt.Errorf("reading the columns of schema %s: %w", schema, err)
	}
	if err := c.readKeys(ctx, schema, tables, columns); err != nil {
		return nil, fmt.Errorf("reading the keys of schema %s: %w", schema, err)
	}
	if err := c.readForeign(ctx, schema, tables, columns); err != nil {
		return nil, fmt.Errorf("reading the foreign keys of schema %s: %w", schema, err)
	}
	unreadable := 0
	for _, t := range d.Tables {
		if !t.Readable {
			unreadable++
		}
	}
	var user string
	if err := c.tx.QueryRow(ctx, `SELECT current_user::text`).Scan(&user); err != nil {
		return nil, err
	}
	grant := fmt.Sprintf("GRANT SELECT ON ALL TABLES IN SCHEMA %s TO %s", pgx.Identifier{schema}.Sanitize(), pgx.Identifier{user}.Sanitize())
	switch {
	case unreadable == len(d.Tables):
		return nil, fmt.Errorf("%s may read no table of schema %s: %s", user, schema, grant)
	case unreadable > 0:
		d.Notes = append(d.Notes, fmt.Sprintf("%s may not read %d of the %d tables, whose values are therefore not judged: %s", user, unreadable, len(d.Tables), grant))
	}
	return d, nil
}

// usable says why a schema cannot be looked at.
func (c *Connection) usable(ctx context.Context, schema string) error {
	var user string
	var there, may bool
	err := c.tx.QueryRow(ctx, `SELECT current_user::text, n.oid IS NOT NULL, COALESCE(has_schema_privilege(n.oid, 'USAGE'), false)
		FROM (SELECT) one LEFT JOIN pg_namespace n ON n.nspname = $1`, schema).Scan(&user, &there, &may)
	switch {
	case err != nil:
		return fmt.Errorf("looking for schema %s: %w", schema, err)
	case !there:
		return c.none(ctx, schema)
	case !may:
		return fmt.Errorf("%s may not use schema %s: GRANT USAGE ON SCHEMA %[3]s TO %[4]s; GRANT SELECT ON ALL TABLES IN SCHEMA %[3]s TO %[4]s",
			user, schema, pgx.Identifier{schema}.Sanitize(), pgx.Identifier{user}.Sanitize())
	}
	return nil
}

// none says that a schema has no tables, and which have.
func (c *Connection) none(ctx context.Context, schema string) error {
	rows, err := c.tx.Query(ctx, `SELECT n.nspname::text, count(*) FILTER (WHERE c.relkind IN ('r', 'p')), count(*) FILTER (WHERE c.relkind IN ('v', 'm', 'f'))
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname NOT LIKE 'pg\_%' AND n.nspname <> 'information_schema'
		GROUP BY n.nspname ORDER BY count(*) DESC, n.nspname LIMIT 20`)
	if err != nil {
		return err
	}
	var others []string
	views := 0
	var name string
	var tables, seen int
	_, err = pgx.ForEachRow(rows, []any{&name, &tables, &seen}, func() error {
		if name == schema {
			views = seen
		} else if tables > 0 {
			others = append(others, fmt.Sprintf("--schema %s (%d)", name, tables))
		}
		return nil
	})
	if err != nil {
		return err
	}
	text := fmt.Sprintf("database %q has no tables in schema %s", c.name, schema)
	if views > 0 {
		text += fmt.Sprintf(" (only %d views and the like, which are not looked at)", views)
	}
	if len(others) > 0 {
		return fmt.Errorf("%s; tables are in: %s", text, strings.Join(others, ", "))
	}
	return fmt.Errorf("%s, nor in any other: let the target migrate it first", text)
}

func (c *Connection) readTables(ctx context.Context, d *Database, tables map[uint32]*Table) error {
	rows, err := c.tx.Query(ctx, `SELECT c.oid, c.relname::text, has_table_privilege(c.oid, 'SELECT'), c.relkind = 'r' AND c.relpages > 1000
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition`, d.Schema)
	if err != nil {
		return err
	}
	var oid uint32
	var t Table
	_, err = pgx.ForEachRow(rows, []any{&oid, &t.Name, &t.Readable, &t.Large}, func() error {
		table := t
		tables[oid], d.Tables = &table, append(d.Tables, &table)
		return nil
	})
	slices.SortFunc(d.Tables, func(a, b *Table) int { return strings.Compare(a.Name, b.Name) }) // not by the database's collation
	return err
}

func (c *Connection) readColumns(ctx context.Context, schema string, tables map[uint32]*Table, names map[uint32]map[int16]string) error {
	rows, err := c.tx.Query(ctx, `SELECT a.attrelid, a.attnum, a.attname::text, format_type(a.atttypid, a.atttypmod),
			CASE WHEN b.typtype = 'e' THEN 'enum' WHEN b.typcategory = 'A' THEN 'array' ELSE b.typname::text END,
			a.attnotnull, a.attidentity <> '' OR COALESCE(pg_get_expr(f.adbin, f.adrelid) ~* '^(nextval|gen_random_uuid|uuid_generate|.*\.uuid_generate)', false),
			COALESCE(pg_get_expr(f.adbin, f.adrelid) ~* '(now\(\)|current_timestamp|clock_timestamp|statement_timestamp)', false)
		FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_type t ON t.oid = a.atttypid JOIN pg_type b ON b.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
		LEFT JOIN pg_attrdef f ON f.adrelid = a.attrelid AND f.adnum = a.attnum
		WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY a.attrelid, a.attnum`, schema)
	if err != nil {
		return err
	}
	var oid uint32
	var number int16
	var base string
	var col Column
	_, err = pgx.ForEachRow(rows, []any{&oid, &number, &col.Name, &col.Type, &base, &col.NotNull, &col.Generated, &col.Now}, func() error {
		column := col
		column.Kind, column.Naive, column.Wide = kindOf(base), base == "timestamp", base == "int8"
		if t := tables[oid]; t != nil {
			t.Columns = append(t.Columns, &column)
			if names[oid] == nil {
				names[oid] = map[int16]string{}
			}
			names[oid][number] = column.Name
		}
		return nil
	})
	return err
}

func (c *Connection) readKeys(ctx context.Context, schema string, tables map[uint32]*Table, names map[uint32]map[int16]string) error {
	rows, err := c.tx.Query(ctx, `SELECT i.indrelid, i.indkey::int2[] FROM pg_index i
		JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL
		ORDER BY i.indrelid, i.indisprimary DESC, i.indkey::text`, schema)
	if err != nil {
		return err
	}
	var oid uint32
	var numbers []int16
	_, err = pgx.ForEachRow(rows, []any{&oid, &numbers}, func() error {
		if t := tables[oid]; t != nil {
			t.Keys = append(t.Keys, named(numbers, names[oid]))
		}
		return nil
	})
	return err
}

func (c *Connection) readForeign(ctx context.Context, schema string, tables map[uint32]*Table, names map[uint32]map[int16]string) error {
	rows, err := c.tx.Query(ctx, `SELECT k.conrelid, k.confrelid, k.conkey, k.confkey FROM pg_constraint k
		JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE n.nspname = $1 AND k.contype = 'f' ORDER BY k.conrelid, k.conname::text COLLATE "C"`, schema)
	if err != nil {
		return err
	}
	var from, to uint32
	var fromColumns, toColumns []int16
	_, err = pgx.ForEachRow(rows, []any{&from, &to, &fromColumns, &toColumns}, func() error {
		if t, target := tables[from], tables[to]; t != nil && target != nil {
			t.Foreign = append(t.Foreign, ForeignKey{named(fromColumns, names[from]), target.Name, named(toColumns, names[to])})
		}
		return nil
	})
	return err
}

func named(numbers []int16, names map[int16]string) []string {
	var all []string
	for _, n := range numbers {
		if name := names[n]; name != "" {
			all = append(all, name)
		}
	}
	return all
}
