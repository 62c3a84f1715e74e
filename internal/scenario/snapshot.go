package scenario

import (
	"context"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/target"
)

// Snapshot is what a scenario leaves for checks to look at.
type Snapshot struct {
	Scenario    Name
	Manifest    *manifest.Manifest
	Names       profile.Names
	Mode        result.Mode
	Integration target.Integration
	Reader      *Reader

	// Described and Registered are claims of the target.
	Described  target.Described
	Registered []target.Registered

	Steps []*Step

	// Offer is all that the source offered, Expected the rows that must exist in the end. Both are nil in scenarios
	// without a sync.
	Offer    *oracle.Offer
	Expected *oracle.State
	// Partial names the objects of which the recording holds a part only, with the reason.
	Partial map[string]string
	// After is what the source offered after the recorded changes, Drift what differs between it and Expected
	// because no route offers the change. Only in Updated.
	After *oracle.State
	Drift []oracle.Drift
	// AfterUnread are the lists that the later reading does not hold whole.
	AfterUnread []oracle.Gap

	// Deliveries are what was posted to the webhook endpoint, in order.
	Deliveries []*Delivery
	// Probes are the deliveries of Probed with what was seen after each.
	Probes map[ProbeName]*Probe
}

// The names of the steps.
const (
	Registration = "registration of webhooks"
	FirstSync    = "first sync"
	SecondSync   = "second sync"
	Deliveries   = "deliveries"
)

// Exchange is one request to the source and how it was answered.
type Exchange = gateway.Exchange

// Step is one act upon the target and the traffic that it caused.
type Step struct {
	Name    string
	Stats   map[string]target.Stats
	Traffic []Exchange
	// RawRows counts the integration's raw rows by object type when the step was over.
	RawRows map[string]int
}

// Delivery is one post to the webhook endpoint.
type Delivery struct {
	// Ref names the recorded delivery it was made from.
	Ref, Topic string
	Header     http.Header
	Body       []byte
	Answer     target.Answer
	// Effect is what it must do to the rows.
	Effect oracle.Effect
}

// Step returns the named step; an empty one where the scenario has none.
func (s *Snapshot) Step(name string) *Step {
	for _, st := range s.Steps {
		if st.Name == name {
			return st
		}
	}
	return &Step{Name: name}
}

// Requests returns all exchanges of all steps.
func (s *Snapshot) Requests() []Exchange {
	var all []Exchange
	for _, st := range s.Steps {
		all = append(all, st.Traffic...)
	}
	return all
}

// RawCounts counts the integration's raw rows by object type.
func (r *Reader) RawCounts(ctx context.Context) (map[string]int, error) {
	n := r.names.Raw
	sql := fmt.Sprintf("SELECT %s::text, count(*) FROM %s WHERE %s::text = $1 GROUP BY 1", ident(n.ObjectType), r.table(n.Table), ident(r.names.Integration))
	rows, err := r.pool.Query(ctx, sql, r.integration)
	if err != nil {
		return nil, fmt.Errorf("counting %s: %w", n.Table, err)
	}
	counts := map[string]int{}
	var typ string
	var count int
	if _, err := pgx.ForEachRow(rows, []any{&typ, &count}, func() error { counts[typ] = count; return nil }); err != nil {
		return nil, fmt.Errorf("counting %s: %w", n.Table, err)
	}
	return counts, nil
}
