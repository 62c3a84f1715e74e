package reference

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"github.com/syncspec/syncspec/internal/manifest"
)

// flushAt is how many objects are written together where walks yield a few each.
const flushAt = 100

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

// note says what is no failure, once for an object however many lists it has.
func (c *collector) note(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.Contains(c.result.Note, text) {
		return
	}
	c.result.Note = strings.TrimPrefix(c.result.Note+"; "+text, "; ")
	c.engine.log.Info("not available", "integration", c.in.id, "function", c.object.Sync, "why", text)
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
