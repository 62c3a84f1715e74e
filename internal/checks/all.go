// Package checks lists the conformance checks. Each is a file in the folder of its SOP phase, under the name that
// its id has.
package checks

import (
	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks/accuracy"
	"github.com/syncspec/syncspec/internal/checks/configuration"
	"github.com/syncspec/syncspec/internal/checks/dedupe"
	"github.com/syncspec/syncspec/internal/checks/realtime"
	"github.com/syncspec/syncspec/internal/checks/sync"
	"github.com/syncspec/syncspec/internal/checks/webhook"
)

// All returns every check, in the order of the SOP.
func All() []check.Check {
	return []check.Check{
		configuration.PermissionsGranted(),
		configuration.TablesExist(),
		configuration.UniqueKey(),
		configuration.ForeignKeys(),
		configuration.Stamps(),
		sync.FunctionInventory(),
		sync.PaginationComplete(),
		sync.ReportedCounts(),
		webhook.Registered(),
		webhook.SignatureRefused(),
		webhook.OddPayloads(),
		dedupe.HashUnique(),
		dedupe.HashKeyOrder(),
		dedupe.HashEveryChange(),
		dedupe.HashRecipe(),
		dedupe.UpdateTracking(),
		accuracy.Counts(),
		accuracy.Fields(),
		accuracy.Explained(),
		realtime.DeliveryApplied(),
		realtime.EndState(),
	}
}
