package target_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/syncspec/syncspec/internal/postgres"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/target"
)

// inDatabase is a client of a target whose verbs are statements, in a database of its own with a table of stores. files are
// the statements by name.
func inDatabase(t *testing.T, dsn string, files map[string]string, verbs *profile.VerbMap) *target.Client {
	t.Helper()
	dir := t.TempDir()
	for name, statement := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(statement), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p := profile.Target{Name: "tables", Verbs: verbs, Dir: dir, Lacks: []profile.Lack{{What: profile.Webhook}}}
	r, err := target.Start(t.Context(), nil, target.Launch{Profile: p.For(shop()), Values: profile.Values{"database.url": dsn}, Call: 10 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Stop(context.WithoutCancel(t.Context())) })
	return r.Client(target.Account{Name: "a", URL: "http://127.0.0.1:1", Credentials: map[string]string{"token": "hush", "api-key": "k"}, Secret: "hush-secret"})
}

func TestSQL(t *testing.T) {
	t.Parallel()
	g := guardian(t)
	server, err := postgres.Start(t.Context(), postgres.FromEnv(os.Getenv, g))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Stop(context.WithoutCancel(t.Context())) })
	dsn, err := server.Clone(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{
		"make.sql": `create table store (id bigint primary key, company uuid not null default gen_random_uuid(), url text, token text, since timestamptz, functions text[], credentials jsonb)`,
		// What looks like a placeholder in a text is none.
		"connect.sql": `insert into store (id, url, token, since, credentials) values (9007199254740993, @account_url || ' a@b', @credentials_token, @start_date, @credentials) returning id as integration_id, company as company_id`,
		"sync.sql": `update store set since = @start_date, functions = @functions where id = @integration_id
			returning jsonb_build_object('orders', jsonb_build_object('fetched', 1, 'ingested', 1.0, 'errors', 0)) as counts, since, credentials->>'token' = token as same, url, id`,
		"poll.sql":  `select case when since is null then 'done' else 'busy' end as state, now() as at, 1.50::numeric as n from store where id = @integration_id`,
		"stats.sql": `select 1 where false`,
		"begin.sql": `select @credentials_api_key::text as begun`,
		"ended.sql": `select 'done' as state where @run_id::text = 'k'`,
		"bad.sql":   `select @acount_url`,
		"wrong.sql": `select colour from store`,
		"slow.sql":  `select pg_sleep(60)`,
	}
	verbs := &profile.VerbMap{
		Describe: &profile.Verb{SQL: "bad.sql"}, Connect: &profile.Verb{SQL: "connect.sql"},
		Sync:  &profile.Verb{SQL: "sync.sql", Poll: &profile.Poll{SQL: "poll.sql", State: "state", Done: []string{"done", "busy"}}},
		Stats: &profile.Verb{SQL: "stats.sql"}, Retry: &profile.Verb{SQL: "slow.sql", Within: "100ms"}, Disconnect: &profile.Verb{SQL: "make.sql"},
		RegisterWebhooks: &profile.Verb{SQL: "wrong.sql"},
	}
	c := inDatabase(t, dsn, files, verbs)
	ctx := t.Context()
	if err := c.Disconnect(ctx); err != nil {
		t.Fatal(err)
	}
	i, err := c.Connect(ctx)
	if err != nil || i.ID != "9007199254740993" || len(i.CompanyID) != 36 || i.WebhookURL != "" {
		t.Fatalf("%v %+v", err, i)
	}
	stats, err := c.Sync(ctx, []string{"fetch_and_ingest_orders"}, time.Unix(0, 0))
	if diff := cmp.Diff(map[string]target.Stats{"fetch_and_ingest_orders": {Fetched: 1, Ingested: 1}}, stats); diff != "" || err != nil {
		t.Errorf("%v %s", err, diff)
	}
	_, err = c.Figures(ctx)
	fails(t, err, "target-garbage", "the statement in stats.sql was executed, but it returned no row")
	_, err = c.Describe(ctx)
	fails(t, err, "target-refused", `bad.sql: there is no placeholder @acount_url; did you mean "account_url"?`, "written @account_url there")
	_, err = c.RegisterWebhooks(ctx)
	fails(t, err, "target-refused", `wrong.sql: ERROR: column "colour" does not exist`)
	_, err = c.Retry(ctx)
	fails(t, err, "target-timeout", "slow.sql: the statement did not end within 100ms")

	begun := &profile.Verb{SQL: "begin.sql", Poll: &profile.Poll{SQL: "ended.sql", State: "state", Done: []string{"done"}}}
	polled := inDatabase(t, dsn, files, &profile.VerbMap{Disconnect: begun})
	fails(t, polled.Disconnect(ctx), "target-garbage", "the statement in begin.sql was executed, and there is no run_id: it has begun")
	begun.Result = map[string]string{"run_id": "begun"}
	if err := polled.Disconnect(ctx); err != nil {
		t.Error(err)
	}

	other := inDatabase(t, "postgres://u:hush@127.0.0.1:1/x", files, &profile.VerbMap{Sync: verbs.Sync, Retry: &profile.Verb{SQL: "missing.sql"}})
	_, err = other.Sync(ctx, nil, time.Time{})
	fails(t, err, "target-unreachable", "sync.sql: the target's database does not answer")
	quiet(t, err)
	_, err = other.Retry(ctx)
	fails(t, err, "target-refused", "missing.sql: it cannot be read")
}
