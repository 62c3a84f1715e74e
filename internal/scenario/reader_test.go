package scenario_test

import (
	"errors"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/checks/checktest"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/scenario"
)

// books is a source as a target with names of its own has it: orders with lines, which refer to a key of the target's own.
func books() *manifest.Manifest {
	return &manifest.Manifest{Source: "books", Objects: []manifest.Object{{
		Name: "orders", Sync: "orders", Table: "bestellung", Key: []string{"id"}, IDColumn: "nummer",
		Fields: manifest.Fields{
			{Path: "total", Column: "summe", Type: manifest.Decimal}, {Path: "paid", Column: "bezahlt", Type: manifest.Timestamp},
			{Path: "sent", Column: "versandt", Type: manifest.Timestamp}, {Path: "seen", Column: "gesehen", Type: manifest.Timestamp},
			{Path: "note", Column: "notiz", Type: manifest.Text},
		},
		Children: []manifest.Child{{At: "lines", Table: "zeile", Key: []string{"id"}, KeyScope: "parent", IDColumn: "stelle", ParentColumn: "bestellung_id",
			Fields: manifest.Fields{{Path: "title", Column: "titel", Type: manifest.Text}}}},
	}}}
}

func names(schema string) profile.Names {
	n := profile.Reference(books()).Names
	n.Schema, n.Integration, n.Company, n.Created, n.Updated, n.Deleted = schema, "mandant", "", "", "geschrieben", "entfernt"
	n.Kept = map[profile.Place]profile.Kept{
		{Table: "bestellung", Column: "summe"}: profile.MinorUnits, {Table: "bestellung", Column: "bezahlt"}: profile.Unix,
		{Table: "bestellung", Column: "versandt"}: profile.UnixMillis, {Table: "bestellung", Column: "gesehen"}: profile.NaiveUTC,
	}
	n.ParentBy = map[string]string{"zeile": "id"}
	return n
}

const booksSQL = `
CREATE TABLE bestellung (id serial PRIMARY KEY, mandant int, nummer bigint, summe bigint, bezahlt double precision, versandt bigint,
	gesehen timestamp, notiz text, entfernt timestamptz, geschrieben timestamptz DEFAULT now());
CREATE TABLE zeile (id serial PRIMARY KEY, mandant int, stelle bigint, bestellung_id int REFERENCES bestellung, titel text, geschrieben timestamptz DEFAULT now());
INSERT INTO bestellung (id, mandant, nummer, summe, bezahlt, versandt, gesehen, notiz, entfernt) VALUES
	(71, 1, 5001, 1999, 1767225600.5, 1767225600250, '2026-01-01 00:00:00.125', 'eilig', NULL),
	(72, 1, 5002, -5, NULL, NULL, NULL, NULL, now()), (73, 2, 5001, 1, NULL, NULL, NULL, 'fremd', NULL);
INSERT INTO zeile (mandant, stelle, bestellung_id, titel) VALUES (1, 1, 71, 'Faust'), (1, 1, 72, 'Emilia'), (2, 1, 73, 'fremd')`

// rows reads all rows of a table, by parent and key.
func rows(t *testing.T, r *scenario.Reader, table string) map[string]scenario.Row {
	t.Helper()
	found, _ := books().Table(table)
	all := map[string]scenario.Row{}
	if err := r.Rows(t.Context(), found, func(row scenario.Row) error { all[row.Parent+"/"+row.Key] = row; return nil }); err != nil {
		t.Fatal(err)
	}
	return all
}

func value(text string) oracle.Value { return oracle.Value{Text: text} }

// TestReaderOfAnotherTarget reads what is called otherwise and kept in another form.
func TestReaderOfAnotherTarget(t *testing.T) {
	t.Parallel()
	db := checktest.Start(t)
	null := oracle.Value{Null: true}
	n := names(db.Schema(t, booksSQL))
	r := scenario.NewReader(db.Reading, n, "1")

	t.Run("kept forms", func(t *testing.T) {
		want := map[string]scenario.Row{
			"/5001": {Key: "5001", Values: map[string]oracle.Value{"summe": value("19.99"), "bezahlt": value("2026-01-01T00:00:00.5Z"),
				"versandt": value("2026-01-01T00:00:00.25Z"), "gesehen": value("2026-01-01T00:00:00.125Z"), "notiz": value("eilig")}},
			"/5002": {Key: "5002", Deleted: true, Values: map[string]oracle.Value{"summe": value("-0.05"), "bezahlt": null, "versandt": null, "gesehen": null, "notiz": null}},
		}
		if diff := cmp.Diff(want, rows(t, r, "bestellung")); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("a parent by a key of the target's own", func(t *testing.T) {
		want := map[string]scenario.Row{
			"5001/1": {Key: "1", Parent: "5001", Values: map[string]oracle.Value{"titel": value("Faust")}},
			"5002/1": {Key: "1", Parent: "5002", Values: map[string]oracle.Value{"titel": value("Emilia")}},
		}
		if diff := cmp.Diff(want, rows(t, r, "zeile")); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("stamps that are not there are not looked at", func(t *testing.T) {
		got, err := r.Stamps(t.Context(), "bestellung", "c1")
		if diff := cmp.Diff(scenario.Stamped{Rows: 2}, got); diff != "" || err != nil {
			t.Error(err, diff)
		}
	})
	t.Run("no tenant column", func(t *testing.T) {
		n := names(n.Schema)
		n.Integration, n.HardDeletes, n.Deleted = "", true, ""
		all := scenario.NewReader(db.Reading, n, "")
		orders, _ := books().Table("bestellung")
		count, err := all.Count(t.Context(), orders)
		if diff := cmp.Diff(scenario.Count{Rows: 3}, count); diff != "" || err != nil {
			t.Error(err, diff)
		}
		if got := rows(t, all, "zeile"); len(got) != 2 { // two of them are of orders with one number
			t.Errorf("%v", got)
		}
		if got, err := all.Stamps(t.Context(), "bestellung", ""); err != nil || got.Rows != 3 || got.Bad != 0 || got.Orphans != 0 {
			t.Errorf("%+v %v", got, err)
		}
	})
}

// TestReaderOfWhatIsThere: a column that is missing hides no other.
func TestReaderOfWhatIsThere(t *testing.T) {
	t.Parallel()
	db := checktest.Start(t)
	for name, c := range map[string]struct {
		alter, table string
		unread       []string
		has          string
	}{
		"a field":      {"ALTER TABLE bestellung DROP notiz", "bestellung", []string{"notiz"}, "summe"},
		"several":      {"ALTER TABLE bestellung DROP notiz, DROP entfernt, DROP gesehen", "bestellung", []string{"entfernt", "gesehen", "notiz"}, "summe"},
		"the parent's": {"ALTER TABLE zeile DROP bestellung_id", "zeile", []string{"bestellung_id"}, "titel"},
	} {
		t.Run(name, func(t *testing.T) {
			r := scenario.NewReader(db.Reading, names(db.Schema(t, booksSQL+";"+c.alter)), "1")
			all := rows(t, r, c.table)
			if len(all) == 0 {
				t.Fatal("no row was read")
			}
			for id, row := range all {
				got := slices.Sorted(slices.Values(row.Unread))
				_, has := row.Values[c.has]
				if diff := cmp.Diff(c.unread, got); diff != "" || !has {
					t.Errorf("%s: it has %v, unread are %s", id, row.Values, diff)
				}
			}
		})
	}
	t.Run("without its key a table cannot be read", func(t *testing.T) {
		r := scenario.NewReader(db.Reading, names(db.Schema(t, booksSQL+"; ALTER TABLE bestellung DROP nummer")), "1")
		orders, _ := books().Table("bestellung")
		err := r.Rows(t.Context(), orders, func(scenario.Row) error { return nil })
		if f := scenario.SchemaMissing(err); f == nil {
			t.Errorf("%v, want the failure of a schema that is not as it must be", err)
		}
	})
	t.Run("a column that comes later is read then", func(t *testing.T) {
		n := names(db.Schema(t, booksSQL+"; ALTER TABLE bestellung DROP notiz"))
		r := scenario.NewReader(db.Reading, n, "1")
		if row := rows(t, r, "bestellung")["/5001"]; len(row.Unread) != 1 {
			t.Fatalf("%+v", row)
		}
		if _, err := db.Writing.Exec(t.Context(), "ALTER TABLE "+n.Schema+".bestellung ADD notiz text DEFAULT 'da'"); err != nil {
			t.Fatal(err)
		}
		if row := rows(t, r, "bestellung")["/5001"]; len(row.Unread) != 0 || row.Values["notiz"] != value("da") {
			t.Errorf("%+v", row)
		}
	})
}

const rawSQL = `CREATE TABLE eingang (mandant int, art text, nummer text, pruefsumme text, inhalt jsonb, stand text, fehler text, thema text);
INSERT INTO eingang VALUES (1, 'Order', '5001', 'h1', '{"id":5001}', 'done', NULL, NULL), (1, 'Order', '5002', 'h2', '{"id":5002}', 'new', NULL, NULL),
	(1, 'Order', '5003', 'h3', '{"id":5003}', 'broken', 'no luck', 'orders/create'), (1, 'app/gone', NULL, 'h4', '{}', 'odd', NULL, 'app/gone'), (2, 'Order', '1', 'h', '{}', 'new', NULL, NULL)`

func rawNames(schema string) profile.Names {
	n := names(schema)
	n.Raw = profile.RawNames{Table: "eingang", ObjectType: "art", ObjectID: "nummer", Hash: "pruefsumme", Payload: "inhalt", Status: "stand", Error: "fehler", Topic: "thema",
		Types: map[string]string{"orders": "Order"}, Pending: "new", Processed: "done", Failed: "broken"}
	return n
}

// TestReaderOfAnotherRawLayer: types and statuses come in the manifest's words, whatever the target calls them.
func TestReaderOfAnotherRawLayer(t *testing.T) {
	t.Parallel()
	db := checktest.Start(t)
	r := scenario.NewReader(db.Reading, rawNames(db.Schema(t, rawSQL)), "1")
	raw, err := r.RawRows(t.Context(), "orders", "", true)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, w := range raw {
		got = append(got, w.ObjectType+" "+w.ObjectID+" "+w.Status+" "+w.Error+string(w.Payload))
	}
	if diff := cmp.Diff([]string{`orders 5001 processed {"id": 5001}`, `orders 5002 pending {"id": 5002}`, `orders 5003 error no luck{"id": 5003}`}, got); diff != "" {
		t.Error(diff)
	}
	counts, err := r.RawCounts(t.Context())
	if diff := cmp.Diff(map[string]int{"orders": 3, "app/gone": 1}, counts); diff != "" || err != nil {
		t.Error(err, diff)
	}
	digests, err := r.RawDigests(t.Context())
	if _, there := digests[scenario.RawKey{ObjectType: "orders", ObjectID: "5001", Hash: "h1"}]; !there || err != nil {
		t.Error(err, digests)
	}
	if pending, err := r.Pending(t.Context()); pending != 1 || err != nil {
		t.Error(pending, err)
	}

	t.Run("columns that it lacks", func(t *testing.T) {
		r := scenario.NewReader(db.Reading, rawNames(db.Schema(t, rawSQL+"; ALTER TABLE eingang DROP fehler, DROP thema, DROP stand, DROP pruefsumme")), "1")
		raw, err := r.RawRows(t.Context(), "orders", "5003", true)
		if err != nil || len(raw) != 1 || raw[0].Error != "" || raw[0].Status != "" || string(raw[0].Payload) != `{"id": 5003}` {
			t.Errorf("%v %+v", err, raw)
		}
		if pending, err := r.Pending(t.Context()); pending != 0 || err != nil {
			t.Error(pending, err)
		}
		if digests, err := r.RawDigests(t.Context()); len(digests) != 4 || err != nil {
			t.Error(err, digests)
		}
	})
	t.Run("no raw layer", func(t *testing.T) {
		n := names(db.Schema(t, booksSQL))
		n.Raw.Table = ""
		r := scenario.NewReader(db.Reading, n, "1")
		raw, rawErr := r.RawRows(t.Context(), "orders", "", true)
		pending, pendingErr := r.Pending(t.Context())
		digests, digestsErr := r.RawDigests(t.Context())
		if len(raw) != 0 || pending != 0 || len(digests) != 0 || rawErr != nil || pendingErr != nil || digestsErr != nil {
			t.Error(raw, pending, digests, rawErr, pendingErr, digestsErr)
		}
	})
}

// TestKnown looks for the integration that connect named.
func TestKnown(t *testing.T) {
	t.Parallel()
	db := checktest.Start(t)
	n := names(db.Schema(t, "CREATE TABLE konto (id int); INSERT INTO konto VALUES (1)"))
	for id, c := range map[string]struct {
		table string
		known bool
	}{"1": {"konto", true}, "2": {"konto", false}, "3": {"", true}, "4": {"kontos", true}} {
		n.Integrations = profile.IntegrationNames{Table: c.table, ID: "id", Metadata: "meta"}
		if known, err := scenario.NewReader(db.Reading, n, id).Known(t.Context()); known != c.known || err != nil {
			t.Errorf("%s in %q: %v %v", id, c.table, known, err)
		}
	}
}

// TestStrays tells rows that were written under another integration from those which that one has of its own.
func TestStrays(t *testing.T) {
	t.Parallel()
	db := checktest.Start(t)
	began := time.Now().Add(-time.Minute)
	over := time.Now().Add(time.Minute)
	orders, _ := books().Table("bestellung")
	for name, c := range map[string]struct {
		sql     string
		tenants map[string]scenario.Tenant
		names   func(*profile.Names)
		want    []string
	}{
		"an integration that nobody made": {"INSERT INTO bestellung (mandant, nummer) VALUES (9, 5005)", nil, nil, []string{"5005 the integration 9, which no scenario made"}},
		"a row that nobody lacks, of nobody": {"INSERT INTO bestellung (mandant, nummer) VALUES (9, 1)", nil, nil,
			[]string{"1 the integration 9, which no scenario made"}},
		"rows of nobody from before": {"INSERT INTO bestellung (mandant, nummer, geschrieben) VALUES (9, 5005, now() - interval '1 day')", nil, nil, nil},
		"rows of nobody without times": {"INSERT INTO bestellung (mandant, nummer) VALUES (9, 1)", nil,
			func(n *profile.Names) { n.Updated = "" }, nil},
		"another's own row": {"INSERT INTO bestellung (mandant, nummer) VALUES (2, 5005)",
			map[string]scenario.Tenant{"2": {Scenario: scenario.Faulted, Began: began, Over: over}}, nil, nil},
		"another copies nothing": {"INSERT INTO bestellung (mandant, nummer) VALUES (2, 5005)",
			map[string]scenario.Tenant{"2": {Scenario: scenario.Connected, Began: began, Over: over}}, nil, []string{"5005 the integration 2 of the scenario connected"}},
		"another was over by then": {"INSERT INTO bestellung (mandant, nummer) VALUES (2, 5005)",
			map[string]scenario.Tenant{"2": {Scenario: scenario.Faulted, Began: began.Add(-time.Hour), Over: began}}, nil, []string{"5005 the integration 2 of the scenario faulted"}},
		"another had it all along": {"INSERT INTO bestellung (mandant, nummer, geschrieben) VALUES (2, 5005, now() - interval '30 minutes')",
			map[string]scenario.Tenant{"2": {Scenario: scenario.Faulted, Began: began.Add(-time.Hour), Over: began}}, nil, nil},
		"a time of writing in another form": {"ALTER TABLE bestellung DROP geschrieben, ADD geschrieben bigint; INSERT INTO bestellung (mandant, nummer, geschrieben) VALUES (9, 5005, 1767225600), (9, 1, 1767225600)",
			nil, nil, []string{"5005 the integration 9, which no scenario made"}},
		"rows of nobody among many of others": {"ALTER SEQUENCE bestellung_id_seq RESTART 1000; INSERT INTO bestellung (mandant, nummer) SELECT 2, 5005 FROM generate_series(1, 2000); INSERT INTO bestellung (mandant, nummer) VALUES (9, 5005)",
			map[string]scenario.Tenant{"2": {Scenario: scenario.Faulted, Began: began, Over: over}}, nil, []string{"5005 the integration 9, which no scenario made"}},
		"no tenants": {"INSERT INTO bestellung (mandant, nummer) VALUES (9, 5005)", nil, func(n *profile.Names) { n.Integration = "" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			n := names(db.Schema(t, booksSQL+"; DELETE FROM zeile WHERE mandant = 2; DELETE FROM bestellung WHERE mandant = 2;"+c.sql))
			if c.names != nil {
				c.names(&n)
			}
			tenants := map[string]scenario.Tenant{"1": {Scenario: scenario.Backfilled, Began: began, Over: over}}
			for id, other := range c.tenants {
				tenants[id] = other
			}
			s := &scenario.Snapshot{Manifest: books(), Names: n, Reader: scenario.NewReader(db.Reading, n, "1"), Tenants: func() map[string]scenario.Tenant { return tenants }}
			s.Integration.ID = "1"
			strays, err := s.Strays(t.Context(), orders, []string{"5005"})
			var got []string
			for _, o := range strays {
				got = append(got, o.Key+" "+o.String())
			}
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
}

// TestRefinedInTheBackground: a sync is over when a worker has refined what it brought, and not before.
func TestRefinedInTheBackground(t *testing.T) {
	t.Parallel()
	db := checktest.Start(t)
	n := rawNames(db.Schema(t, rawSQL+"; UPDATE eingang SET stand = 'new'"))
	r := scenario.NewReader(db.Reading, n, "1")
	worked := make(chan error, 1)
	go func() {
		for _, step := range []string{"'5001'", "'5002'", "'5003'"} {
			time.Sleep(50 * time.Millisecond) // the work
			if _, err := db.Writing.Exec(t.Context(), "UPDATE "+n.Schema+".eingang SET stand = 'done' WHERE nummer = "+step); err != nil {
				worked <- err
				return
			}
		}
		_, err := db.Writing.Exec(t.Context(), "UPDATE "+n.Schema+".eingang SET stand = 'broken' WHERE nummer IS NULL")
		worked <- err
	}()
	if err := scenario.Refined(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if pending, err := r.Pending(t.Context()); pending != 0 || err != nil {
		t.Errorf("%d raw rows still wait: %v", pending, err)
	}
	if err := <-worked; err != nil {
		t.Fatal(err)
	}
}

// TestRefusing: one row of one integration is refused, and only for the time being, whatever an earlier run left behind.
func TestRefusing(t *testing.T) {
	t.Parallel()
	db := checktest.Start(t)
	n := names(db.Schema(t, booksSQL+"; ALTER SEQUENCE bestellung_id_seq RESTART 1000; ALTER TABLE bestellung ADD CONSTRAINT syncspec_refuses CHECK (nummer < 6000)"))
	r, dsn := scenario.NewReader(db.Reading, n, "1"), db.Writing.Config().ConnString()
	insert := func(tenant, number int) error {
		_, err := db.Writing.Exec(t.Context(), "INSERT INTO "+n.Schema+".bestellung (mandant, nummer) VALUES ($1, $2)", tenant, number)
		return err
	}
	err := scenario.Refusing(t.Context(), books(), n, r, dsn, "orders", "7000", func() error {
		if err := insert(1, 7000); err == nil {
			t.Error("the row was not refused")
		}
		return errors.Join(insert(1, 7001), insert(2, 7000))
	})
	if err := errors.Join(err, insert(1, 7000)); err != nil {
		t.Error(err)
	}

	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("options", "-crole=pg_read_all_data") // a user that may read, and owns nothing
	u.RawQuery = q.Encode()
	var f *scenario.Failure
	err = scenario.Refusing(t.Context(), books(), n, r, u.String(), "orders", "7000", func() error { t.Error("nothing is refused"); return nil })
	if !errors.As(err, &f) || f.Cause != "database-rights" {
		t.Errorf("%v, want a failure that says what the user may not do", err)
	}
}
