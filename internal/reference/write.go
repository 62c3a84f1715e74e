package reference

import (
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
)

// writer collects the statements that bring refined tables to a wanted state. Rows are written in sets: one
// statement per table and per combination of columns, whatever the number of rows.
type writer struct {
	batch                    pgx.Batch
	integrationID, companyID string
}

// refinedRow is a row on its way to a table.
type refinedRow struct {
	key    string
	parent string // of a child
	values map[string]*string
}

// upsert writes rows of one table. Columns a row has no value for stay as they are.
func (w *writer) upsert(t *table, rows []refinedRow) {
	shapes := map[string][]refinedRow{}
	var order []string
	for _, r := range rows {
		columns := make([]string, 0, len(r.values))
		for name := range r.values {
			columns = append(columns, name)
		}
		slices.Sort(columns)
		shape := strings.Join(columns, ",")
		if _, seen := shapes[shape]; !seen {
			order = append(order, shape)
		}
		shapes[shape] = append(shapes[shape], r)
	}
	for _, shape := range order {
		var columns []string
		if shape != "" {
			columns = strings.Split(shape, ",")
		}
		w.upsertShape(t, columns, shapes[shape])
	}
}

func (w *writer) upsertShape(t *table, columns []string, rows []refinedRow) {
	args := []any{w.integrationID, w.companyID}
	var names, selects, params, aliases, updates []string
	add := func(name, sqlType string, values []*string) {
		args = append(args, values)
		alias := fmt.Sprintf("v%d", len(args))
		names = append(names, quote(name))
		selects = append(selects, alias+"::"+sqlType)
		params = append(params, fmt.Sprintf("$%d::text[]", len(args)))
		aliases = append(aliases, alias)
	}
	each := func(get func(refinedRow) *string) []*string {
		values := make([]*string, len(rows))
		for i, r := range rows {
			values[i] = get(r)
		}
		return values
	}
	add(t.key, t.keyType, each(func(r refinedRow) *string { return &r.key }))
	conflict := []string{"integration_id", quote(t.key)}
	if t.child != nil {
		add(t.parentColumn, t.parentType, each(func(r refinedRow) *string { return &r.parent }))
		if t.scoped {
			conflict = append(conflict, quote(t.parentColumn))
		} else {
			updates = append(updates, quote(t.parentColumn))
		}
	}
	for _, name := range columns {
		add(name, t.valueType(name), each(func(r refinedRow) *string { return r.values[name] }))
		updates = append(updates, quote(name))
	}
	var set strings.Builder
	for _, name := range updates {
		fmt.Fprintf(&set, "%s = excluded.%s, ", name, name)
	}
	w.batch.Queue(fmt.Sprintf(`INSERT INTO %s (integration_id, company_id, %s)
		SELECT $1::uuid, $2::uuid, %s FROM unnest(%s) AS u(%s)
		ON CONFLICT (%s) DO UPDATE SET %supdated_at = now()`,
		quote(t.name), strings.Join(names, ", "), strings.Join(selects, ", "), strings.Join(params, ", "),
		strings.Join(aliases, ", "), strings.Join(conflict, ", "), set.String()), args...)
}

// valueType is the SQL type of a column that a row may set.
func (t *table) valueType(name string) string {
	if name == "deleted_at" && t.child == nil {
		return "timestamptz"
	}
	return t.columnType(name)
}

// dropOthers deletes the child rows of the given parents that are not among rows.
func (w *writer) dropOthers(t *table, parents []string, rows []refinedRow) {
	if len(parents) == 0 {
		return
	}
	var keptParents, keptKeys []string
	for _, r := range rows {
		keptParents, keptKeys = append(keptParents, r.parent), append(keptKeys, r.key)
	}
	w.batch.Queue(fmt.Sprintf(`DELETE FROM %[1]s c WHERE c.integration_id = $1::uuid AND c.%[2]s = ANY ($2::text[]::%[3]s[])
		AND NOT EXISTS (SELECT 1 FROM unnest($3::text[], $4::text[]) AS k(parent, key)
			WHERE k.parent::%[3]s = c.%[2]s AND k.key::%[5]s = c.%[4]s)`,
		quote(t.name), quote(t.parentColumn), t.parentType, quote(t.key), t.keyType),
		w.integrationID, parents, keptParents, keptKeys)
}

// writeChildren makes the child rows of the given parents exactly those of their arrays, where these are whole. It goes
// down one level for all parents at once, then further down.
func (w *writer) writeChildren(tables []*table, parents []Row) error {
	for _, t := range tables {
		var whole []string
		var rows []refinedRow
		var below []Row
		place := map[string]int{}
		for _, p := range parents {
			for _, c := range p.Children {
				if c.Table != t.name {
					continue
				}
				if !c.Cut {
					whole = append(whole, p.Key)
				}
				for _, r := range c.Rows {
					if err := t.check(r); err != nil {
						return err
					}
					id := r.Key
					if t.scoped {
						id = p.Key + "\x00" + r.Key
					}
					row := refinedRow{key: r.Key, parent: p.Key, values: r.Values}
					// One statement can write a row only once; of two claims to it the later counts.
					if at, twice := place[id]; twice {
						rows[at], below[at] = row, r
						continue
					}
					place[id] = len(rows)
					rows, below = append(rows, row), append(below, r)
				}
			}
		}
		w.dropOthers(t, whole, rows)
		w.upsert(t, rows)
		if err := w.writeChildren(t.children, below); err != nil {
			return err
		}
	}
	return nil
}

// check refuses columns the table does not have, so that a faulty Refiner is named and not Postgres.
func (t *table) check(r Row) error {
	for name := range r.Values {
		if t.valueType(name) == "" {
			return fmt.Errorf("table %s has no column %s: the manifest's fields do not name it", t.name, name)
		}
	}
	return nil
}

// tombstone sets or lifts deleted_at and touches nothing else.
func (w *writer) tombstone(t *table, key string, deletedAt *string) {
	w.batch.Queue(fmt.Sprintf(`UPDATE %s SET deleted_at = $3::text::timestamptz, updated_at = now() WHERE integration_id = $1::uuid AND %s = $2::text::%s`,
		quote(t.name), quote(t.key), t.keyType), w.integrationID, key, deletedAt)
}

// remember keeps or forgets a delete event.
func (w *writer) remember(o *object, key string, d *Deletion) {
	table := quote(o.src.deletionTable())
	if d == nil {
		w.batch.Queue(fmt.Sprintf(`DELETE FROM %s WHERE integration_id = $1::uuid AND object_type = $2 AND object_id = $3`, table),
			w.integrationID, o.Name, key)
		return
	}
	w.batch.Queue(fmt.Sprintf(`INSERT INTO %s (integration_id, object_type, object_id, received_at, in_body) VALUES ($1::uuid, $2, $3, $4, $5)
		ON CONFLICT (integration_id, object_type, object_id) DO UPDATE SET received_at = excluded.received_at, in_body = excluded.in_body`, table),
		w.integrationID, o.Name, key, d.ReceivedAt, d.InBody)
}

// finished marks raw rows as refined.
func (w *writer) finished(s *source, rawIDs []int64) {
	w.batch.Queue(fmt.Sprintf(`UPDATE %s SET processing_status = 'processed', error_message = NULL, updated_at = now() WHERE id = ANY ($1)`,
		quote(s.rawTable())), rawIDs)
}
