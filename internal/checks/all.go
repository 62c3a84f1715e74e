// Package checks lists the conformance checks. Each is a file in the folder of its SOP phase, under the name that
// its id has.
package checks

import (
	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/checks/accuracy"
	"github.com/syncspec/syncspec/internal/checks/configuration"
	"github.com/syncspec/syncspec/internal/checks/dedupe"
	"github.com/syncspec/syncspec/internal/checks/failure"
	"github.com/syncspec/syncspec/internal/checks/realtime"
	"github.com/syncspec/syncspec/internal/checks/sync"
	"github.com/syncspec/syncspec/internal/checks/webhook"
)

// All returns every check, in the order of the SOP.
func All() []check.Check {
	return []check.Check{
		configuration.PermissionsGranted(),
		configuration.ScopesAuthorized(),
		configuration.LeastPrivilege(),
		configuration.CallbackVerified(),
		configuration.TablesExist(),
		configuration.UniqueKey(),
		configuration.ForeignKeys(),
		configuration.Stamps(),
		sync.FunctionInventory(),
		sync.PaginationComplete(),
		sync.ReportedCounts(),
		sync.IncrementalBoundary(),
		sync.IncrementalKeeps(),
		webhook.Registered(),
		webhook.RegistrationRetried(),
		webhook.RegistrationStored(),
		webhook.SignatureRefused(),
		webhook.OddPayloads(),
		webhook.NoticeAcknowledged(),
		webhook.ReferenceRefetched(),
		webhook.StaleDelivery(),
		webhook.StatsRecalculated(),
		dedupe.HashUnique(),
		dedupe.HashKeyOrder(),
		dedupe.HashEveryChange(),
		dedupe.HashRecipe(),
		dedupe.UpdateTracking(),
		dedupe.RawImmutable(),
		accuracy.Counts(),
		accuracy.Fields(),
		accuracy.Explained(),
		realtime.DeliveryApplied(),
		realtime.SameTime(),
		realtime.EndState(),
		failure.RefinementKept(),
		failure.AnsweredOK(),
		failure.RetryHeals(),
		sync.RateLimitHonoured(),
		sync.BackoffGrows(),
		sync.FaultsSurvived(),
	}
}
