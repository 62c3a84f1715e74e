package engine

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// TestDatabaseValues: whichever form a dsn has, the address that a target is given leads to the same database, and the parts of
// it are the address's.
func TestDatabaseValues(t *testing.T) {
	for name, dsn := range map[string]string{
		"URL":       "postgres://acme:p%40ss%20w%2Frd@127.0.0.1:5433/shop?sslmode=disable",
		"IPv6":      "postgres://acme:secret@[::1]:5433/shop",
		"socket":    "host=/var/run/postgresql port=5433 user=acme dbname=shop password='it\\'s'",
		"key=value": "host=127.0.0.1 port=5432 user=acme dbname='a shop'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("PGPASSFILE", "/dev/null")
			want, err := pgx.ParseConfig(dsn)
			if err != nil {
				t.Fatal(err)
			}
			values, err := databaseValues(dsn)
			if err != nil {
				t.Fatal(err)
			}
			got, err := pgx.ParseConfig(fmt.Sprint(values["database.url"]))
			if err != nil {
				t.Fatal(err)
			}
			if got.Host != want.Host || got.Port != want.Port || got.User != want.User || got.Password != want.Password || got.Database != want.Database {
				t.Errorf("%s leads to %s@%s:%d/%s", values["database.url"], got.User, got.Host, got.Port, got.Database)
			}
			parts := fmt.Sprint(values["database.host"], " ", values["database.port"], " ", values["database.name"], " ", values["database.user"], " ", values["database.password"])
			if parts != fmt.Sprint(want.Host, " ", want.Port, " ", want.Database, " ", want.User, " ", want.Password) {
				t.Errorf("the parts are %s", parts)
			}
		})
	}
	if _, err := databaseValues("mysql://acme:geheim@h/shop:x"); err == nil || strings.Contains(err.Error(), "geheim") {
		t.Errorf("of what is no dsn: %v", err)
	}
}
