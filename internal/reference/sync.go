package reference

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// FunctionResult is what one sync function did.
type FunctionResult struct {
	// Fetched counts the objects received, Ingested the new raw rows, Errors the objects and requests that failed.
	Fetched  int `json:"fetched"`
	Ingested int `json:"ingested"`
	Errors   int `json:"errors"`
	// Error is the first failure.
	Error string `json:"error,omitempty"`
	// Note says why there was nothing to fetch where that is no failure.
	Note string `json:"note,omitempty"`
}

func (r *FunctionResult) failed(err error) {
	r.Errors++
	if r.Error == "" {
		r.Error = err.Error()
	}
}

// errUnknownFunction is a request for a function that no manifest names.
var errUnknownFunction = errors.New("unknown function")

// sync runs functions, parents first; none given means all. One that fails does not stop the others.
func (e *engine) sync(ctx context.Context, in integration, only []string, since time.Time) (map[string]*FunctionResult, error) {
	known := in.src.functions()
	for _, name := range only {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("%w %q: %s has %s", errUnknownFunction, name, in.src.m.Source, strings.Join(known, ", "))
		}
	}
	results := map[string]*FunctionResult{}
	for _, o := range in.src.objects {
		if len(only) > 0 && !slices.Contains(only, o.Sync) {
			continue
		}
		if results[o.Sync] == nil {
			results[o.Sync] = &FunctionResult{}
		}
		r := results[o.Sync]
		started := e.clock.Now()
		e.syncObject(ctx, in, o, since, r)
		e.log.Info("synced", "integration", in.id, "function", o.Sync, "object", o.Name,
			"fetched", r.Fetched, "ingested", r.Ingested, "errors", r.Errors, "took", e.clock.Now().Sub(started).Round(time.Millisecond))
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("sync was stopped in %s: %w", o.Sync, err)
		}
	}
	if err := e.integrations.recalculate(ctx, in); err != nil {
		e.log.Error("stats are not up to date", "integration", in.id, "error", err)
	}
	return results, nil
}
