// Package defects holds the faults that are seeded into the reference target to prove that checks can fail. Each is a
// file: a wrapper around one of the reference's ports, a statement against its database, or a misreading of its
// manifest. It breaks one thing the way real integrations break it, and says when it fired, which is not the same for
// each kind: see Defect. The reference knows nothing of them.
package defects

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

// Defect is one seeded fault. It has one of wrap, execute and mutate.
//
// A wrapper calls fired when it strikes: when something goes through the port that it gets wrong. The other two cannot
// see that happen; they call fired when they are seeded, if there was anything to change. That they had an effect is
// shown by the check that fails for their cause, and does not on the unbroken target.
type Defect struct {
	Name string
	// Breaks says what goes wrong, in the words of somebody who met it.
	Breaks string
	// Needs says what a source must have for the fault to be possible; empty where every source has it.
	Needs string
	// KilledBy is the check that must name it and Cause the cause it must give.
	KilledBy, Cause string
	// applies tells whether a source has what the fault needs; nil is always.
	applies func(m *manifest.Manifest) bool
	// wrap puts the fault around the target's ports, and fires when it strikes.
	wrap func(p reference.Ports, fired func()) reference.Ports
	// execute puts it into the migrated database, and fires when it is seeded there.
	execute func(ctx context.Context, db *pgx.Conn, m *manifest.Manifest, fired func()) error
	// mutate makes the target one that was built from a wrong understanding of the source: it changes what the
	// target is driven by, while the harness keeps the whole manifest. It fires when it is seeded there.
	mutate func(m *manifest.Manifest, fired func())
}

// All lists every defect, in the order of the checks that kill them.
func All() []Defect {
	return []Defect{
		scopeForgotten(),
		scopeListCut(),
		tooManyScopes(),
		callbackUnsigned(),
		columnForgotten(),
		moneyColumnFloat(),
		uniqueKeyMissing(),
		foreignKeyMissing(),
		companyNotStamped(),
		functionForgotten(),
		stopsAfterFirstPage(),
		filterBesideCursor(),
		countsUntrue(),
		boundaryExclusive(),
		startDateInLocalTime(),
		sweepsAfterEverySync(),
		topicForgotten(),
		wrongWebhookURL(),
		registrationNotRetried(),
		registrationStatusNotStored(),
		signatureUnchecked(),
		pingRefused(),
		errorStoredAsObject(),
		brokenBodyRefused(),
		uninstallNoticeRefused(),
		orderEditUpsertedAsOrder(),
		noDedupe(),
		hashWithFetchTime(),
		hashEscapesHTML(),
		hashUnsortedKeys(),
		hashIDAndTimeOnly(),
		rawRowPerObject(),
		supersededPayloadEmptied(),
		staleOverwrites(),
		trashNotListed(),
		compositeKeyByFirstPart(),
		otherTenant(),
		moneyThroughFloat(),
		timeAsLocal(),
		offsetDropped(),
		indexChildrenAppended(),
		insertOnly(),
		signatureOverReserialisedBody(),
		lastWriteLost(),
		deleteIgnored(),
		restoreIgnored(),
		statsByNight(),
		failedRefinementRolledBack(),
		errorTextSwallowed(),
		webhook500OnRefinementError(),
		retryDoesNothing(),
		retryAfterIgnored(),
		backoffConstant(),
		noRetryOn5xx(),
		cutBodyAccepted(),
	}
}

// Names lists the names of all defects.
func Names() []string {
	var names []string
	for _, d := range All() {
		names = append(names, d.Name)
	}
	return names
}

// AppliesTo tells whether a target of this source can have the fault at all.
func (d Defect) AppliesTo(m *manifest.Manifest) bool { return d.applies == nil || d.applies(m) }

// Kind says in a word where the fault is seeded: a wrapper, SQL, or a misreading of the manifest.
func (d Defect) Kind() string {
	switch {
	case d.wrap != nil:
		return "wrapper"
	case d.execute != nil:
		return "SQL"
	}
	return "misreading"
}

// Seeded is a defect that was chosen, or none.
type Seeded struct {
	defect *Defect
	// firedFile, if set, is written to when the defect fires for the first time.
	firedFile string
	once      *sync.Once
}

// Named returns the named defect; an empty name is none. firedFile is where it says that it fired.
func Named(name, firedFile string) (Seeded, error) {
	if name == "" {
		return Seeded{}, nil
	}
	for _, d := range All() {
		if d.Name == name {
			return Seeded{defect: &d, firedFile: firedFile, once: &sync.Once{}}, nil
		}
	}
	return Seeded{}, fmt.Errorf("there is no defect %q; there are %s", name, strings.Join(Names(), ", "))
}

// Wrap puts the fault around the ports.
func (s Seeded) Wrap(p reference.Ports) reference.Ports {
	if s.defect == nil || s.defect.wrap == nil {
		return p
	}
	return s.defect.wrap(p, s.fired)
}

// Execute puts the fault into the migrated database.
func (s Seeded) Execute(ctx context.Context, m *manifest.Manifest, databaseURL string) (err error) {
	if s.defect == nil || s.defect.execute == nil {
		return nil
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("seeding the defect %s: %w", s.defect.Name, err)
		}
	}()
	db, err := pgx.Connect(ctx, databaseURL)
	if err != nil {
		return err
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		err = errors.Join(err, db.Close(closing))
	}()
	return s.defect.execute(ctx, db, m, s.fired)
}

// Mutate puts the fault into what the target takes for the truth about its source.
func (s Seeded) Mutate(m *manifest.Manifest) {
	if s.defect != nil && s.defect.mutate != nil {
		s.defect.mutate(m, s.fired)
	}
}

func (s Seeded) fired() {
	s.once.Do(func() {
		if s.firedFile == "" {
			return
		}
		if err := os.WriteFile(s.firedFile, []byte(s.defect.Name+"\n"), 0o600); err != nil {
			// Nobody waits for this error but the kill run, which then finds that nothing fired and says so.
			fmt.Fprintf(os.Stderr, "noting that the defect %s fired: %v\n", s.defect.Name, err)
		}
	})
}
