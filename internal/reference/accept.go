package reference

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"github.com/syncspec/syncspec/internal/manifest"
)

// arrival is a payload that came in, by a list or by a webhook.
type arrival struct {
	// object is what the payload is of; nil where it is kept as a raw row only, whose object type and id are as and
	// about, and whose status is keep.
	object   *object
	as       string
	about    string
	keep     string
	rivals   []*object
	event    manifest.Event
	keyOnly  bool
	payload  json.RawMessage
	fanout   map[string]string
	origin   string
	topic    string
	received time.Time
	diff     json.RawMessage
	// rejected is why the payload is kept as a raw row only.
	rejected error
}

// accepted is what became of an arrival.
type accepted struct {
	rawID int64
	new   bool
	err   error
}

// Where a payload came from, and how far it got.
const (
	fromBackfill = "backfill"
	fromWebhook  = "webhook"

	statusPending   = "pending"
	statusProcessed = "processed"
	statusError     = "error"
)

// accept stores the raw rows and then refines them: whatever goes wrong later, what was received is kept. All
// arrivals are of one object. The error is for when not even that was possible.
func (e *engine) accept(ctx context.Context, in integration, arrivals []arrival) ([]accepted, error) {
	raws := make([]RawRow, len(arrivals))
	items := make([]*item, len(arrivals))
	for i := range arrivals {
		raws[i], items[i] = e.prepare(in, &arrivals[i])
	}
	results, err := e.ingest(ctx, raws)
	if err != nil {
		return nil, err
	}
	var good []*item
	var places []int
	var failed []FailedRow
	for i, it := range items {
		switch {
		case results[i].err != nil:
		case arrivals[i].rejected != nil:
			results[i].err = arrivals[i].rejected
			if !results[i].new { // an equal payload was fine before, and is not now
				failed = append(failed, FailedRow{results[i].rawID, arrivals[i].rejected})
			}
		case arrivals[i].object == nil: // there is nothing to refine
		default:
			it.rawID = results[i].rawID
			good, places = append(good, it), append(places, i)
		}
	}
	errs, err := e.applier.apply(ctx, in, good)
	if err != nil {
		return nil, err
	}
	for i, err := range errs {
		if err != nil {
			results[places[i]].err = err
			failed = append(failed, FailedRow{good[i].rawID, err})
		}
	}
	return results, e.failed(ctx, in, failed...)
}

// failed has the Ledger note why raw rows could not be refined.
func (e *engine) failed(ctx context.Context, in integration, rows ...FailedRow) error {
	if len(rows) == 0 {
		return nil
	}
	err := e.pool.with(ctx, func(c *pgx.Conn) error { return e.ports.Ledger.Failed(ctx, c, in.src.m.Source, rows) })
	if err != nil {
		return fmt.Errorf("marking %d raw rows as failed: %w", len(rows), err)
	}
	return nil
}

// ingest stores raw rows. One that Postgres refuses (a number of digits, a depth it does not take) must not cost
// the page, so after a refusal they go one by one.
func (e *engine) ingest(ctx context.Context, raws []RawRow) ([]accepted, error) {
	results := make([]accepted, len(raws))
	stored, err := e.ports.Ingester.Ingest(ctx, raws)
	if err == nil && len(stored) != len(raws) {
		err = fmt.Errorf("the ingester answered %d rows for %d", len(stored), len(raws))
	}
	if err == nil {
		for i, s := range stored {
			results[i] = accepted{rawID: s.ID, new: s.New}
		}
		return results, nil
	}
	if !refused(err) || len(raws) < 2 {
		return nil, err
	}
	for i := range raws {
		one, err := e.ingest(ctx, raws[i:i+1])
		switch {
		case err == nil:
			results[i] = one[0]
		case refused(err):
			results[i].err = err
		default:
			return nil, err
		}
	}
	return results, nil
}

// prepare reads what can be known of a payload before anything is stored. What cannot be read makes it rejected: a
// raw row with an error.
func (e *engine) prepare(in integration, a *arrival) (RawRow, *item) {
	raw := RawRow{
		Source: in.src.m.Source, IntegrationID: in.id, CompanyID: in.companyID, ObjectType: unknownObject,
		Payload: a.payload, Fanout: a.fanout, Origin: a.origin, Topic: pgText(a.topic), Status: statusPending, Diff: a.diff,
	}
	it := &item{object: a.object, rivals: a.rivals}
	switch {
	case a.object != nil:
		raw.ObjectType = a.object.Name
	case a.as != "":
		raw.ObjectType, raw.ObjectID, raw.Status = a.as, a.about, a.keep
	}
	reject := func(err error) {
		if a.rejected == nil {
			a.rejected = err
		}
		raw.Status, raw.Error = statusError, a.rejected.Error()
	}
	if a.rejected != nil {
		reject(a.rejected)
	}
	if !utf8.Valid(a.payload) || !json.Valid(a.payload) {
		// The raw column takes JSON in UTF-8 only; wrapped, the bytes are kept all the same.
		raw.Hash = hashBytes(a.payload)
		raw.Payload, _ = json.Marshal(map[string][]byte{"body_base64": a.payload})
		reject(errors.New("the body is no JSON in UTF-8: kept in base64"))
		return raw, it
	}
	hash, err := e.ports.Hasher.Hash(Document{Manifest: in.src.m, Object: objectOrNone(a.object), Payload: a.payload, Fanout: a.fanout})
	if err != nil {
		raw.Hash = hashBytes(a.payload)
		reject(fmt.Errorf("hashing: %w", err))
		return raw, it
	}
	raw.Hash = hash
	if a.rejected != nil || a.object == nil {
		return raw, it
	}
	if err := e.read(in, a, it, &raw); err != nil {
		reject(err)
	}
	return raw, it
}

const unknownObject = "unknown"

func objectOrNone(o *object) *manifest.Object {
	if o == nil {
		return &manifest.Object{Name: unknownObject}
	}
	return o.Object
}

// read fills in what the payload says of its object, and refines it.
func (e *engine) read(in integration, a *arrival, it *item, raw *RawRow) error {
	f, err := parseFields(a.payload)
	if err != nil {
		return err
	}
	if it.key, err = f.key(a.object.Key, a.object.table.keyType); err != nil {
		return err
	}
	raw.ObjectID = it.key
	updated, err := a.object.updatedAt(f)
	raw.SourceUpdatedAt = updated
	if err != nil {
		return err
	}
	it.in = Incoming{
		Event: a.event, KeyOnly: a.keyOnly, UpdatedAt: updated,
		Deleted: f.holds(a.object.DeletedWhen), Received: clampTime(a.received),
	}
	if a.keyOnly {
		return nil
	}
	it.row, err = e.ports.Refiner.Refine(Document{Manifest: in.src.m, Object: a.object.Object, Payload: a.payload, Fanout: a.fanout})
	return err
}
