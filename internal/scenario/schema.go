package scenario

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/syncspec/syncspec/internal/result"
)

// SchemaMissing returns the failure where err says that a table or column is not there: the target's fault, and not
// the harness's. It returns nil for any other error.
func SchemaMissing(err error) *Failure {
	if missing, ok := errors.AsType[NoTable](err); ok {
		return &Failure{Status: result.Fail, Cause: "schema-missing", Summary: missing.Error(), Remedy: "mend what configuration/tables-exist says first"}
	}
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != undefinedTable && pg.Code != undefinedColumn {
		return nil
	}
	return &Failure{Status: result.Fail, Cause: "schema-missing",
		Summary: fmt.Sprintf("what was to be looked at is not in the target's database: %s", pg.Message),
		Remedy:  "mend what configuration/tables-exist says first"}
}

// NoTable is the error of what cannot be looked at because a table is not there.
type NoTable string

func (t NoTable) Error() string {
	return fmt.Sprintf("the table %s is not in the target's database", string(t))
}

// The SQLSTATEs of a table and of a column that do not exist.
const (
	undefinedTable  = "42P01"
	undefinedColumn = "42703"
)
