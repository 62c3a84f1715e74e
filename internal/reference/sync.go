package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"github.com/syncspec/syncspec/internal/manifest"
)

// FunctionResult is what one sync function did.
type FunctionResult struct {
	// Fetched counts the objects received, Ingested the new raw rows, Errors the objects and requests that failed.
	Fetched  int `json:"fetched"`
	Ingested int `json:"ingested"`
	Errors   int `json:"errors"`
	// Error is the first failure.
	Error string `json:"error,omitempty"`
}

func (r *FunctionResult) failed(err error) {
	r.Errors++
	if r.Error == "" {
		r.Error = err.Error()
	}
}

// errUnknownFunction is a request for a function that no manifest names.
var errUnknownFunction = errors.New("unknown function")

const (
	// fanoutWalks is how many walks of one fan-out run at once: enough to hide latency, few enough to stay polite.
	fanoutWalks = 3
	// flushAt is how many objects are written together where walks yield a few each.
	flushAt = 100
)

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

// syncObject walks all lists of an object.
func (e *engine) syncObject(ctx context.Context, in integration, o *object, since time.Time, r *FunctionResult) {
	c := &collector{engine: e, in: in, object: o, result: r}
	for i := range o.Lists {
		list := &o.Lists[i]
		fanouts := []map[string]string{nil}
		if list.Each != nil {
			var err error
			if fanouts, err = e.fanouts(ctx, in, list.Each); err != nil {
				c.fail(err)
				continue
			}
		}
		var walks errgroup.Group
		walks.SetLimit(fanoutWalks)
		for _, fanout := range fanouts {
			walks.Go(func() error {
				e.walk(ctx, c, list, fanout, since)
				return nil
			})
		}
		_ = walks.Wait() // walks report to the collector
	}
	c.flush(ctx)
}

// walk fetches the pages of one list, one after the other.
func (e *engine) walk(ctx context.Context, c *collector, list *manifest.List, fanout map[string]string, since time.Time) {
	req, err := firstPage(c.object, list, c.in.account, fanout, since)
	if err != nil {
		c.fail(err)
		return
	}
	for req != nil && ctx.Err() == nil {
		page, err := e.ports.Fetcher.Fetch(ctx, *req)
		var status *StatusError
		if fanout != nil && errors.As(err, &status) && status.Status == http.StatusNotFound {
			return // the parent is gone, and with it whatever it had
		}
		if err != nil {
			c.fail(fmt.Errorf("page %d of %s: %w", req.Number, list.Path, err))
			return
		}
		c.add(ctx, page.Objects, fanout)
		req = page.Next
	}
}

// fanouts are the values a list is walked with: one for each row there is of the other object, deleted ones too,
// for what hangs below them stays readable.
func (e *engine) fanouts(ctx context.Context, in integration, each *manifest.Each) ([]map[string]string, error) {
	parent := in.src.byName[each.Object]
	column := parent.table.key
	if !slices.Equal(parent.Key, []string{each.Field}) {
		i := slices.IndexFunc(parent.Fields, func(f manifest.Field) bool { return f.Path == each.Field })
		if i < 0 {
			return nil, fmt.Errorf("lists fan out over %s.%s, which is copied to no column: add it to fields", each.Object, each.Field)
		}
		column = parent.Fields[i].Column
	}
	var values []string
	err := e.pool.with(ctx, func(c *pgx.Conn) error {
		rows, err := c.Query(ctx, fmt.Sprintf(`SELECT DISTINCT %[1]s::text FROM (SELECT %[1]s FROM %[2]s WHERE integration_id = $1::uuid AND %[1]s IS NOT NULL ORDER BY %[1]s) AS t`,
			quote(column), quote(parent.table.name)), in.id)
		if err != nil {
			return err
		}
		values, err = pgx.CollectRows(rows, pgx.RowTo[string])
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the %s to fan out over: %w", each.Object, err)
	}
	fanouts := make([]map[string]string, len(values))
	for i, v := range values {
		fanouts[i] = map[string]string{each.As: v}
	}
	return fanouts, nil
}

// collector gathers what walks find, writes it in batches and counts.
type collector struct {
	engine *engine
	in     integration
	object *object

	mu      sync.Mutex
	result  *FunctionResult
	waiting []arrival
}

func (c *collector) add(ctx context.Context, payloads []json.RawMessage, fanout map[string]string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.result.Fetched += len(payloads)
	for _, p := range payloads {
		c.waiting = append(c.waiting, arrival{
			object: c.object, event: manifest.Update, payload: p, fanout: fanout,
			origin: fromBackfill, received: c.engine.clock.Now(),
		})
	}
	if len(c.waiting) >= flushAt {
		c.write(ctx)
	}
}

func (c *collector) flush(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.write(ctx)
}

func (c *collector) fail(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.log(err)
}

func (c *collector) log(err error) {
	c.result.failed(err)
	c.engine.log.Error("sync failure", "integration", c.in.id, "function", c.object.Sync, "error", err)
}

// write is called with the lock held: writers of one object would only wait for each other in the database.
func (c *collector) write(ctx context.Context) {
	if len(c.waiting) == 0 {
		return
	}
	results, err := c.engine.accept(ctx, c.in, c.waiting)
	if err != nil {
		c.log(fmt.Errorf("%d objects are not copied: %w", len(c.waiting), err))
	}
	for _, r := range results {
		if r.new {
			c.result.Ingested++
		}
		if r.err != nil {
			c.log(fmt.Errorf("raw row %d: %w", r.rawID, r.err))
		}
	}
	c.waiting = c.waiting[:0]
}
