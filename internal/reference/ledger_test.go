package reference_test

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/reference"
)

// The wrappers below are what defects of keeping failed raw rows may be written as.

type rollsBack struct{ reference.Ledger }

func (rollsBack) Failed(ctx context.Context, db *pgx.Conn, source string, rows []reference.FailedRow) error {
	for _, r := range rows {
		if _, err := db.Exec(ctx, `DELETE FROM `+source+`_raw_ingest WHERE id = $1`, r.RawID); err != nil {
			return err
		}
	}
	return nil
}

type saysNoMore struct{ reference.Ledger }

func (l saysNoMore) Failed(ctx context.Context, db *pgx.Conn, source string, rows []reference.FailedRow) error {
	for i := range rows {
		rows[i].Err = errors.New("")
	}
	return l.Ledger.Failed(ctx, db, source, rows)
}

type seesNothing struct{ reference.Ledger }

func (seesNothing) Unrefined(context.Context, *pgx.Conn, string, string) ([]reference.UnrefinedRow, error) {
	return nil, nil
}

func TestLedgerCanBeWrapped(t *testing.T) {
	broken := func(t *testing.T, wrap func(reference.Ledger) reference.Ledger) *shop {
		s := newShop(t, wrapped(func(p *reference.Ports) { p.Ledger = wrap(p.Ledger) }))
		s.exec(`ALTER TABLE shopify_customer ADD CONSTRAINT no CHECK (first_name <> 'Ada')`)
		s.stored("customers/create", `{"id":1,"first_name":"Ada"}`, "violates")
		s.exec(`ALTER TABLE shopify_customer DROP CONSTRAINT no`)
		return s
	}
	t.Run("as it is", func(t *testing.T) {
		s := broken(t, func(l reference.Ledger) reference.Ledger { return l })
		s.want("error true", `SELECT processing_status || ' ' || (error_message LIKE '%violates check constraint%') FROM shopify_raw_ingest`)
		s.retry(1, 1)
		s.want("Ada", `SELECT first_name FROM shopify_customer`)
	})
	t.Run("rolled back", func(t *testing.T) {
		s := broken(t, func(l reference.Ledger) reference.Ledger { return rollsBack{l} })
		s.want("0", `SELECT count(*)::text FROM shopify_raw_ingest`)
	})
	t.Run("without its text", func(t *testing.T) {
		s := broken(t, func(l reference.Ledger) reference.Ledger { return saysNoMore{l} })
		s.want("error", `SELECT processing_status || COALESCE(error_message, '') FROM shopify_raw_ingest`)
	})
	t.Run("never again", func(t *testing.T) {
		s := broken(t, func(l reference.Ledger) reference.Ledger { return seesNothing{l} })
		s.retry(0, 0)
		s.want("error", `SELECT processing_status FROM shopify_raw_ingest`)
	})
}
