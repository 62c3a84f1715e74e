package reference

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// Migrate creates what is missing in the database for all manifests. It may run again, and concurrently.
func Migrate(ctx context.Context, cfg Config) error {
	sources, err := cfg.sources()
	if err != nil {
		return err
	}
	p, err := newPool(cfg.DatabaseURL, 1)
	if err != nil {
		return err
	}
	defer p.close()
	statements := []string{
		// Two processes that create the same table at once fail in the catalogue; so one waits for the other.
		`SELECT pg_advisory_xact_lock(hashtext('syncspec-reference-migrate'))`,
		integrationDDL,
		authorizationDDL,
	}
	for _, s := range sources {
		statements = append(statements, s.ddl()...)
	}
	return p.tx(ctx, func(tx pgx.Tx) error {
		for _, sql := range statements {
			if _, err := tx.Exec(ctx, sql); err != nil {
				return fmt.Errorf("migrating: %w (is the database an older one? use a fresh one)\n%s", err, sql)
			}
		}
		return nil
	})
}

const integrationDDL = `CREATE TABLE IF NOT EXISTS integration (
	id uuid PRIMARY KEY,
	company_id uuid NOT NULL,
	source text NOT NULL,
	account_url text NOT NULL,
	credentials jsonb,
	webhook_secret text,
	metadata_info jsonb NOT NULL DEFAULT '{}',
	stats jsonb,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
)`

func (s *source) ddl() []string {
	raw, id := quote(s.rawTable()), quote(s.idColumn())
	statements := []string{
		// The payload is json and not jsonb: a raw row keeps what was received to the byte.
		fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s (
	id bigserial PRIMARY KEY,
	integration_id uuid NOT NULL REFERENCES integration (id),
	company_id uuid NOT NULL,
	object_type text NOT NULL,
	%s text,
	dedupe_hash_canonical text NOT NULL,
	payload json NOT NULL,
	context jsonb,
	source_updated_at timestamptz,
	source text NOT NULL CHECK (source IN ('backfill', 'webhook')),
	topic text,
	processing_status text NOT NULL CHECK (processing_status IN ('pending', 'processed', 'error')),
	error_message text,
	diff jsonb,
	created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now()
)`, raw, id),
		// An expression, for a plain unique constraint takes every NULL for another value (before NULLS NOT
		// DISTINCT of Postgres 15).
		fmt.Sprintf(`CREATE UNIQUE INDEX IF NOT EXISTS %s ON %s (integration_id, object_type, (COALESCE(%s, '')), dedupe_hash_canonical)`,
			quote(s.rawTable()+"_dedupe"), raw, id),
		fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %s ON %s (integration_id, id) WHERE processing_status <> 'processed'`,
			quote(s.rawTable()+"_unprocessed"), raw),
		// What was deleted and when we were told: a body that arrives later but is older must not undo it, and
		// there may be no row to remember it in.
		fmt.Sprintf(`CREATE TABLE IF NOT EXISTS %s (
	integration_id uuid NOT NULL REFERENCES integration (id),
	object_type text NOT NULL,
	object_id text NOT NULL,
	received_at timestamptz NOT NULL,
	in_body boolean NOT NULL,
	PRIMARY KEY (integration_id, object_type, object_id)
)`, quote(s.deletionTable())),
	}
	for _, o := range s.objects {
		statements = append(statements, o.ddl()...)
	}
	return statements
}

func (o *object) ddl() []string {
	t := o.table
	lines := append(t.columnDDL(), "deleted_at timestamptz")
	lines = append(lines, t.unique()...)
	var indexes []string
	if o.Parent != nil {
		parent := o.src.byName[o.Parent.Object].table
		lines = append(lines, t.foreignKey(o.Parent.Column, parent))
		indexes = append(indexes, t.index(o.Parent.Column))
	}
	statements := append([]string{t.create(lines)}, indexes...)
	for _, c := range t.children {
		statements = append(statements, c.childDDL(t)...)
	}
	return statements
}

func (t *table) childDDL(parent *table) []string {
	lines := append(t.columnDDL(), fmt.Sprintf("%s %s NOT NULL", quote(t.parentColumn), t.parentType))
	var statements []string
	lines = append(lines, t.unique()...)
	if !t.scoped {
		statements = append(statements, t.index(t.parentColumn))
	}
	lines = append(lines, t.foreignKey(t.parentColumn, parent)+" ON DELETE CASCADE")
	statements = append([]string{t.create(lines)}, statements...)
	for _, c := range t.children {
		statements = append(statements, c.childDDL(t)...)
	}
	return statements
}

// unique says what tells rows apart: the object's id, which other tables refer to, and where it is several fields
// joined, these fields too.
func (t *table) unique() []string {
	var lines []string
	for _, key := range [][]string{{t.key}, t.parts} {
		if len(key) == 0 {
			continue
		}
		columns := []string{"integration_id"}
		if t.scoped {
			columns = append(columns, quote(t.parentColumn))
		}
		for _, name := range key {
			columns = append(columns, quote(name))
		}
		lines = append(lines, fmt.Sprintf("UNIQUE (%s)", strings.Join(columns, ", ")))
	}
	return lines
}

func (t *table) columnDDL() []string {
	lines := []string{
		"id bigserial PRIMARY KEY",
		"integration_id uuid NOT NULL",
		"company_id uuid NOT NULL",
		fmt.Sprintf("%s %s NOT NULL", quote(t.key), t.keyType),
	}
	for _, c := range t.columns {
		lines = append(lines, quote(c.name)+" "+c.sqlType)
	}
	return append(lines, "created_at timestamptz NOT NULL DEFAULT now()", "updated_at timestamptz NOT NULL DEFAULT now()")
}

func (t *table) create(lines []string) string {
	return fmt.Sprintf("CREATE TABLE IF NOT EXISTS %s (\n\t%s\n)", quote(t.name), strings.Join(lines, ",\n\t"))
}

func (t *table) foreignKey(column string, parent *table) string {
	return fmt.Sprintf("FOREIGN KEY (integration_id, %s) REFERENCES %s (integration_id, %s)",
		quote(column), quote(parent.name), quote(parent.key))
}

func (t *table) index(column string) string {
	return fmt.Sprintf("CREATE INDEX IF NOT EXISTS %s ON %s (integration_id, %s)",
		quote(shorten(t.name+"_"+column+"_idx")), quote(t.name), quote(column))
}

// shorten keeps a name within what Postgres keeps of it. Cutting the front leaves the telling end.
func shorten(name string) string {
	const limit = 63
	if len(name) > limit {
		return name[len(name)-limit:]
	}
	return name
}
