package adopt

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Raw is the table of payloads as they came.
type Raw struct {
	Found Guess
	// Columns are what was found of it, by the keys of names.raw, States the values of its status, Types what it calls objects.
	Columns map[string]Guess
	States  map[string]string
	Types   map[string]string
	Notes   []string

	in *Table
}

// part is a column of the raw table, and the names by which it goes.
type part struct {
	key   string
	names []string
	kinds []Kind
}

// parts are what a raw table has. Only what is not as the convention has it will be written.
func parts(m *manifest.Manifest) []part {
	return []part{
		{"payload", []string{"payload", "body", "document", "raw payload", "raw", "raw data", "data", "json", "content", "raw json", "message"}, []Kind{JSON}},
		{"object_type", []string{"object_type", "resource_type", "entity_type", "record_type", "object", "resource", "entity", "stream", "kind", "type", "model"}, []Kind{Text}},
		{"object_id", []string{m.ObjectIDColumn(), "object_id", "external_id", "resource_id", "entity_id", "record_id", m.Source + "_id", "remote_id", "source_id"}, []Kind{Text, Whole}},
		{"hash", []string{"dedupe_hash_canonical", "hash", "dedupe_hash", "payload_hash", "content_hash", "checksum", "sha256", "digest", "fingerprint", "dedupe_key", "body_hash"}, []Kind{Text}},
		{"status", []string{"processing_status", "status", "state", "process_status", "refine_status"}, []Kind{Text}},
		{"error", []string{"error_message", "error", "last_error", "failure", "exception", "failure_reason", "error_text"}, []Kind{Text}},
		{"topic", []string{"topic", "event", "event_type", "webhook_topic", "event_name"}, []Kind{Text}},
	}
}

// landing are words of names of raw tables.
var landing = []string{"raw", "ingest", "landing", "staging", "payload", "inbox", "bronze", "source", "event", "webhook"}

// raw finds the one table that keeps payloads of all kinds; nil if none is likely.
func (x *matcher) raw(d *Database) *Raw {
	var all []*Raw
	for _, t := range d.Tables {
		if r := x.rawIn(t); r.Found.Confidence >= worth {
			all = append(all, r)
		}
	}
	slices.SortStableFunc(all, func(a, b *Raw) int {
		switch {
		case a.Found.Confidence > b.Found.Confidence:
			return -1
		case a.Found.Confidence < b.Found.Confidence:
			return 1
		}
		return 0
	})
	if len(all) == 0 {
		return nil
	}
	var rivals []Guess
	for _, r := range all[1:] {
		rivals = append(rivals, r.Found)
	}
	all[0].Found = all[0].Found.doubt(best(rivals, 3))
	return all[0]
}

// rawIn is how likely a table is the raw one.
func (x *matcher) rawIn(t *Table) *Raw {
	r := &Raw{Found: Guess{Name: t.Name}, Columns: map[string]Guess{}, States: map[string]string{}, Types: map[string]string{}, in: t}
	if !slices.ContainsFunc(t.Columns, func(c *Column) bool { return c.Kind == JSON }) {
		return r // most tables: nothing could be a payload
	}
	all := parts(x.m)
	scores, guesses := make([][]float64, len(all)), make([][]Guess, len(all))
	for i, p := range all {
		scores[i], guesses[i] = make([]float64, len(t.Columns)), make([]Guess, len(t.Columns))
		for j, c := range t.Columns {
			guesses[i][j] = p.guess(c)
			scores[i][j] = guesses[i][j].Confidence
		}
	}
	for i, j := range assign(scores) {
		if j >= 0 && guesses[i][j].Claimed() {
			r.Columns[all[i].key] = guesses[i][j]
		}
	}
	payload, kind := r.Columns["payload"], r.Columns["object_type"]
	if payload.Name == "" || kind.Name == "" {
		return r
	}
	r.Found.Confidence, r.Found.Why = 0.25*payload.Confidence+0.25*kind.Confidence+0.06*float64(len(r.Columns)-2), []string{fmt.Sprintf("%d of %d columns", len(r.Columns), len(all))}
	switch name := without(words(t.Name), x.aliases, false); {
	case t.Name == x.m.RawTable():
		r.Found = r.Found.more(0.8, "name")
	case slices.ContainsFunc(name, func(w string) bool { return slices.Contains(landing, w) }):
		r.Found = r.Found.more(0.4, "like name")
	}
	if right, judged := x.payloads(t.Column(payload.Name)); judged > 0 && right*2 > judged {
		r.Found = r.Found.more(0.5, "members of "+values(judged))
	}
	if len(r.Columns) == len(all) && t.Name == x.m.RawTable() {
		r.Found.Confidence = 1
	}
	return r
}

func (p part) guess(c *Column) Guess {
	g := Guess{Name: c.Name}
	for i, n := range p.names {
		if s := same(words(n), words(c.Name)); s > partly {
			confidence := s * (0.97 - 0.03*float64(i))
			if n == c.Name && i == 0 {
				confidence = 1
			}
			if confidence > g.Confidence {
				g.Confidence = confidence
			}
		}
	}
	if p.key == "hash" && all(c.Values, hash64) {
		g.Confidence = max(g.Confidence, 0.85)
		g.Why = append(g.Why, values(len(c.Values)))
	}
	if g.Confidence == 0 {
		return g
	}
	if !slices.Contains(p.kinds, c.Kind) {
		return g.less(0.5, "but not by type")
	}
	g.Why = append([]string{"name", "type"}, g.Why...)
	return g
}

// payloads counts the JSON objects that have the members of some object of the source.
func (x *matcher) payloads(c *Column) (right, judged int) {
	var known []map[string]bool
	for _, o := range x.m.Objects {
		members := map[string]bool{}
		for _, f := range o.Fields {
			first, _, _ := strings.Cut(f.Path, ".")
			members[first] = true
		}
		known = append(known, members)
	}
	for _, v := range c.Values {
		members := strings.Split(v, "\n")
		judged++
		if slices.ContainsFunc(known, func(k map[string]bool) bool {
			n := 0
			for _, m := range members {
				if k[m] {
					n++
				}
			}
			return n >= 3 && n*2 >= len(members) || n >= 8
		}) {
			right++
		}
	}
	return right, judged
}

// states are words for what became of a payload.
var states = map[string][]string{
	"pending":   {"pending", "new", "queued", "received", "waiting", "todo", "open", "unprocessed", "ready"},
	"processed": {"processed", "done", "ok", "success", "succeeded", "refined", "complete", "completed", "applied", "finished"},
	"failed":    {"error", "failed", "errored", "failure", "dead", "rejected", "invalid"},
}

// vocabulary is read from its rows: what it calls objects and states.
func (c *Connection) vocabulary(ctx context.Context, p *Proposal) {
	d, m, r := p.Database, p.Manifest, p.Raw
	if !r.in.Readable {
		r.Notes = append(r.Notes, "its rows may not be read: fill in types, pending, processed and failed if they are not the convention's")
		return
	}
	kinds, err := c.distinct(ctx, d.Schema, r.in.Name, r.Columns["object_type"].Name)
	if err != nil {
		r.Notes = append(r.Notes, "what it calls objects was not read: "+reason(err, ""))
	}
	if len(kinds) == 0 {
		r.Notes = append(r.Notes, "no rows: fill in types, pending, processed and failed if they are not the convention's")
		return
	}
	taken := map[string]bool{}
	for _, o := range m.Objects {
		if slices.Contains(kinds, o.Name) {
			taken[o.Name] = true
		}
	}
	var unseen []string
	for _, o := range m.Objects {
		if taken[o.Name] || !o.Applies() {
			continue
		}
		name := [][]string{words(o.Name), without(words(o.Table), aliases(m), false)}
		for _, kind := range kinds {
			w := without(words(kind), aliases(m), true)
			if !taken[kind] && slices.ContainsFunc(name, func(n []string) bool { return meaningful(n) == meaningful(w) }) {
				r.Types[o.Name], taken[kind] = kind, true
				break
			}
		}
		if r.Types[o.Name] == "" && p.table(o.Table) != nil {
			unseen = append(unseen, o.Name)
		}
	}
	if len(unseen) > 0 && len(r.Types) > 0 {
		r.Notes = append(r.Notes, "types: no row shows what these are called: "+strings.Join(unseen, ", "))
	}
	status := r.Columns["status"]
	if !status.Claimed() {
		return
	}
	seen, err := c.distinct(ctx, d.Schema, r.in.Name, status.Name)
	if err != nil {
		r.Notes = append(r.Notes, "its states were not read: "+reason(err, ""))
	}
	for _, key := range slices.Sorted(maps.Keys(states)) {
		for _, word := range states[key] {
			if i := slices.IndexFunc(seen, func(s string) bool { return strings.EqualFold(s, word) }); i >= 0 {
				r.States[key] = seen[i]
				break
			}
		}
		if r.States[key] == "" {
			r.Notes = append(r.Notes, fmt.Sprintf("no row shows what %s is called in %s", key, status.Name))
		}
	}
}

// distinct are the values of a column with few of them, of so many rows at most.
func (c *Connection) distinct(ctx context.Context, schema, table, column string) ([]string, error) {
	savepoint, err := c.tx.Begin(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = savepoint.Rollback(context.WithoutCancel(ctx)) }()
	name := pgx.Identifier{column}.Sanitize()
	rows, err := savepoint.Query(ctx, fmt.Sprintf(`SELECT DISTINCT left(%[1]s::text, 63) COLLATE "C" FROM (SELECT %[1]s FROM %[2]s LIMIT 50000) seen
		WHERE %[1]s IS NOT NULL ORDER BY 1 LIMIT 100`, name, pgx.Identifier{schema, table}.Sanitize()))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// Integrations is the table of connected accounts.
type Integrations struct{ Found, ID, Metadata Guess }

// integrations finds the table of connected accounts: what the tenant's column refers to, or what is called like it.
func (x *matcher) integrations(d *Database, matched []*TableMatch, raw *Raw, tenant Guess) Integrations {
	referred := map[string]int{}
	count := func(t *Table) {
		for _, f := range t.Foreign {
			if len(f.Columns) == 1 && f.Columns[0] == tenant.Name && !isMatched(matched, f.Table) {
				referred[f.Table+"\n"+f.To[0]]++
			}
		}
	}
	for _, t := range matched {
		count(t.in)
	}
	if raw != nil {
		count(raw.in)
	}
	var found Integrations
	for _, key := range slices.Sorted(maps.Keys(referred)) {
		table, id, _ := strings.Cut(key, "\n")
		if found.Found.Name == "" || referred[key] > referred[found.Found.Name+"\n"+found.ID.Name] {
			found.Found, found.ID = Guess{table, 0.97, []string{"foreign key"}}, Guess{id, 0.97, []string{"foreign key"}}
		}
	}
	if t := d.Table("integration"); t != nil && (found.Found.Name == "" || found.Found.Name == t.Name) && t.Column("id") != nil {
		found.Found, found.ID = Guess{t.Name, 1, []string{"name"}}, Guess{"id", 1, []string{"name"}}
	}
	in := d.Table(found.Found.Name)
	if in == nil {
		return found
	}
	for i, name := range []string{"metadata_info", "metadata", "meta", "info", "details", "extra", "settings", "attributes", "data"} {
		if c := in.Column(name); c != nil && c.Kind == JSON {
			found.Metadata = Guess{name, 1 - 0.05*float64(i), []string{"name", "type"}}
			break
		}
	}
	return found
}
