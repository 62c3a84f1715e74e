package defects

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

func moneyColumnFloat() Defect {
	return Defect{
		Name:     "money-column-float",
		Breaks:   "the ORM made every number a double precision, and amounts look right until somebody adds them up",
		KilledBy: "configuration/tables-exist", Cause: "column-type",
		execute: func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error {
			var statements []string
			for _, t := range m.Tables() {
				var columns []string
				for _, f := range t.Fields {
					if f.Type == manifest.Decimal {
						columns = append(columns, fmt.Sprintf("ALTER COLUMN %s TYPE double precision", quote(f.Column)))
					}
				}
				if len(columns) > 0 {
					statements = append(statements, fmt.Sprintf("ALTER TABLE %s %s", quote(t.Name), strings.Join(columns, ", ")))
				}
			}
			return execute(ctx, db, fired, statements...)
		},
	}
}
