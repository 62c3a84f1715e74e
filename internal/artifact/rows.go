package artifact

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/scenario"
)

// What stands in a CSV file where there is no value: null, and what nobody says anything about.
const (
	null      = `\N`
	notJudged = "*"
)

// line is one row as a file has it. probe is the one after which it was looked at, else empty.
type line struct {
	probe, key, parent string
	deleted            bool
	values             map[string]oracle.Value
	// unread are the columns that could not be looked at.
	unread []string
}

func (l line) id(t manifest.Table) string {
	if t.Child != nil && t.Child.KeyScope == "parent" {
		return l.parent + "/" + l.key
	}
	return l.key
}

// pair is what must be in a table and what is.
type pair struct {
	table           manifest.Table
	expected, found rowSet
}

// rows writes the rows of the subject: those that differ, or all where none does.
func (k *keeper) rows(ctx context.Context) {
	a := aboutOf(k.Snapshot, k.Subject)
	tables := a.tables()
	own := ""
	if len(tables) > 0 {
		own = tables[0].Name
	}
	if k.Snapshot.Expected == nil {
		for _, p := range k.afterDeliveries(&a) {
			k.pair(p, cmp.Or(own, p.table.Name), "after deliveries", false)
		}
		return
	}
	var equal []pair
	different := false
	for _, t := range tables {
		differing, err := k.compare(ctx, t, true)
		if err != nil {
			k.problems = append(k.problems, fmt.Errorf("the rows of %s: %w", t.Name, err))
			continue
		}
		if differing.expected.total+differing.found.total > 0 {
			different = true
			k.pair(differing, own, "that differ", true)
		} else {
			equal = append(equal, pair{table: t})
		}
	}
	if different {
		return
	}
	for _, p := range equal {
		all, err := k.compare(ctx, p.table, false)
		if err != nil {
			k.problems = append(k.problems, fmt.Errorf("the rows of %s: %w", p.table.Name, err))
			continue
		}
		k.pair(all, own, "in all, and none differs", false)
	}
}

// compare reads a table and holds it against what must be there.
func (k *keeper) compare(ctx context.Context, t manifest.Table, differing bool) (pair, error) {
	p := pair{t, rowSet{most: k.bounds.rows}, rowSet{most: k.bounds.rows}}
	s := k.Snapshot
	type expectation struct {
		line
		stale bool
	}
	want := map[string]expectation{}
	for _, o := range s.Expected.Objects[t.Object.Name] {
		if o.Deleted && s.Names.HardDeletes {
			continue
		}
		for _, r := range rowsOf(o, t) {
			l := line{key: r.Key, parent: r.Parent, deleted: t.Child == nil && o.Deleted, values: r.Values}
			want[l.id(t)] = expectation{l, o.ValuesStale}
		}
	}
	met := map[string]bool{}
	err := s.Reader.Rows(ctx, t, func(r scenario.Row) error {
		have := found("", r)
		id := have.id(t)
		w, ok := want[id]
		switch {
		case !ok || met[id]:
			p.found.add(have)
		case !differing || !w.agrees(have, t, s.Names.Deleted, w.stale):
			p.expected.add(w.line)
			p.found.add(have)
		}
		met[id] = true
		return nil
	})
	if err != nil {
		return p, err
	}
	for id, w := range want {
		if !met[id] {
			p.expected.add(w.line)
		}
	}
	return p, nil
}

// found is a row that is there.
func found(probe string, r scenario.Row) line {
	return line{probe: probe, key: r.Key, parent: r.Parent, deleted: r.Deleted, values: r.Values, unread: r.Unread}
}

// agrees tells whether a row is what it must be, as far as anybody says what that is and it could be looked at. tombstone is the
// column that says whether it is deleted.
func (l line) agrees(have line, t manifest.Table, tombstone string, stale bool) bool {
	switch {
	case l.deleted != have.deleted && !slices.Contains(have.unread, tombstone):
		return false
	case stale:
		return true
	case t.Child != nil && l.parent != have.parent && !slices.Contains(have.unread, t.ParentColumn):
		return false
	}
	for column, value := range l.values {
		if got, read := have.values[column]; read && got != value {
			return false
		}
	}
	return true
}

// rowsOf are the rows that an object must have in a table.
func rowsOf(o *oracle.Object, t manifest.Table) []*oracle.Row {
	if t.Child == nil {
		return []*oracle.Row{o.Row}
	}
	return o.Children[t.Name]
}

// afterDeliveries are the rows that were looked at after single deliveries, by table.
func (k *keeper) afterDeliveries(a *about) []pair {
	all := map[string]*pair{}
	add := func(probe, object string, want *oracle.Object, have *scenario.Row) {
		obj, ok := k.Snapshot.Manifest.Object(object)
		switch {
		case !ok || want == nil && have == nil:
			return
		case k.Subject.Kind == "signature" && probe != k.Subject.Name:
			return
		case !a.has(object) && (len(a.objects) > 0 || k.Subject.Kind == "topic"): // a topic without objects is a notice
			return
		}
		t, ok := k.Snapshot.Manifest.Table(obj.Table)
		if !ok {
			return
		}
		p := all[t.Name]
		if p == nil {
			p = &pair{t, rowSet{most: k.bounds.rows}, rowSet{most: k.bounds.rows}}
			all[t.Name] = p
		}
		if want != nil {
			p.expected.add(line{probe: probe, key: want.Key, deleted: want.Deleted, values: want.Row.Values})
		}
		if have != nil {
			p.found.add(found(probe, *have))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(k.Snapshot.Probes)) {
		p := k.Snapshot.Probes[name]
		add(string(name), p.Object, p.Expected, p.Row)
	}
	if r := k.Snapshot.Refusal; r != nil {
		add("after the retry", r.Object, r.Expected, r.HealedRow)
	}
	var pairs []pair
	for _, name := range slices.Sorted(maps.Keys(all)) {
		pairs = append(pairs, *all[name])
	}
	return pairs
}

// pair writes expected.csv and found.csv; those of a table that is not the subject's own have its name behind that.
func (k *keeper) pair(p pair, own, what string, differ bool) {
	behind := ""
	if p.table.Name != own {
		behind = "-" + safe(p.table.Name)
	}
	for _, f := range []struct {
		name, holds string
		set         rowSet
	}{
		{"expected" + behind + ".csv", "rows that must be in " + p.table.Name, p.expected},
		{"found" + behind + ".csv", "rows that are in " + p.table.Name, p.found},
	} {
		kept := f.set.sorted()
		if differ {
			k.concern(p.table, kept)
		}
		holds := fmt.Sprintf("%d %s, %s", f.set.total, f.holds, what)
		if left := f.set.total - len(kept); left > 0 {
			holds += fmt.Sprintf("; %d of them are left out", left)
		}
		k.put(f.name, holds, func() ([]byte, error) { return k.table(p.table, kept) })
	}
}

// concern notes the ids by which requests for these rows, or for what they hang on, can be told from others.
func (k *keeper) concern(t manifest.Table, rows []line) {
	for _, l := range rows {
		k.concerned[l.key], k.concerned[l.parent] = true, true
		for _, f := range t.Fields {
			if strings.HasPrefix(f.Path, "@") { // what it is listed by
				k.concerned[l.values[f.Column].Text] = true
			}
		}
	}
	delete(k.concerned, "")
}

// table is the rows as CSV. Secrets are taken out of each value by itself: with its quotes doubled none would be found.
func (k *keeper) table(t manifest.Table, rows []line) ([]byte, error) {
	probed := slices.ContainsFunc(rows, func(l line) bool { return l.probe != "" })
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	head := []string{"key", "parent", "deleted"}
	for _, f := range t.Fields {
		head = append(head, f.Column)
	}
	if probed {
		head = append([]string{"after"}, head...)
	}
	_ = w.Write(head) // what goes wrong shows below
	for _, l := range rows {
		record := []string{l.key, l.parent, fmt.Sprint(l.deleted)}
		if slices.Contains(l.unread, k.Snapshot.Names.Deleted) {
			record[2] = notJudged
		}
		for _, f := range t.Fields {
			record = append(record, cell(l.values, f.Column))
		}
		if probed {
			record = append([]string{l.probe}, record...)
		}
		for i, c := range record {
			record[i] = k.to.clean.text(c)
		}
		_ = w.Write(record)
	}
	w.Flush()
	return out.Bytes(), w.Error()
}

func cell(values map[string]oracle.Value, column string) string {
	v, ok := values[column]
	switch {
	case !ok:
		return notJudged
	case v.Null:
		return null
	}
	return v.Text
}

// rowSet is the first of many rows, by key.
type rowSet struct {
	most, total int
	lines       []line
}

func (s *rowSet) add(l line) {
	s.total++
	s.lines = append(s.lines, l)
	if len(s.lines) >= 2*s.most { // so that never more than twice as many are held
		s.sort()
		s.lines = slices.Clip(s.lines[:s.most])
	}
}

func (s *rowSet) sort() {
	slices.SortStableFunc(s.lines, func(a, b line) int {
		return cmp.Or(oracle.CompareKeys(a.key, b.key), oracle.CompareKeys(a.parent, b.parent), cmp.Compare(a.probe, b.probe))
	})
}

func (s *rowSet) sorted() []line {
	s.sort()
	return s.lines[:min(len(s.lines), s.most)]
}
