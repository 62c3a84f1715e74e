package scenario

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
)

// fingerprint returns the values of every row of the integration's refined tables, by table and key.
func (b *builder) fingerprint(ctx context.Context) (map[string]string, error) {
	rows := map[string]string{}
	for _, t := range b.env.Manifest.Tables() {
		if !t.Object.Applies() {
			continue
		}
		err := b.snap.Reader.Rows(ctx, t, func(r Row) error {
			rows[rowName(t.Name, r.Parent, r.Key)] = fmt.Sprint(r.Deleted, r.Values) // fmt prints maps in the order of their keys
			return nil
		})
		if err != nil && SchemaMissing(err) == nil { // a missing table is another check's matter
			return nil, err
		}
	}
	return rows, nil
}

// settledRows is the fingerprint once nothing waits for its refinement: what a worker is still at would look like the next
// delivery's doing.
func (b *builder) settledRows(ctx context.Context) (map[string]string, error) {
	if err := b.await(ctx, func() (bool, error) { return b.settled(ctx) }); err != nil {
		return nil, err
	}
	return b.fingerprint(ctx)
}

// rowsOf names the rows that a good delivery makes: the object's own, its children's, and those of objects inside it.
func (b *builder) rowsOf(c candidate) (map[string]bool, error) {
	state, err := b.told(c.topic, c.body)
	if err != nil {
		return nil, err
	}
	own := map[string]bool{}
	for _, objects := range state.Objects {
		for _, o := range objects {
			own[rowName(o.Row.Table, b.parentOf(o), o.Key)] = true
			for table, rows := range o.Children {
				for _, r := range rows {
					own[rowName(table, r.Parent, r.Key)] = true
				}
			}
		}
	}
	return own, nil
}

// parentOf is the key of the object that another one hangs on, empty where it hangs on none.
func (b *builder) parentOf(o *oracle.Object) string {
	obj, ok := b.env.Manifest.Object(o.Name)
	if !ok || obj.Parent == nil {
		return ""
	}
	return o.Row.Values[obj.Parent.Column].Text
}

// brought is what deliveries of one object make of it that was not there before; nil where they make nothing.
func (b *builder) brought(obj *manifest.Object, key, topic string, bodies ...[]byte) (*oracle.Object, error) {
	state, err := b.told(topic, bodies...)
	if err != nil {
		return nil, err
	}
	return state.Objects[obj.Name][key], nil
}

// told is what deliveries make where nothing was before.
func (b *builder) told(topic string, bodies ...[]byte) (*oracle.State, error) {
	state := &oracle.State{Manifest: b.env.Manifest, Objects: map[string]map[string]*oracle.Object{}}
	for _, data := range bodies {
		body, err := object(data)
		if err != nil {
			return nil, err
		}
		if _, err := state.Apply(oracle.Event{Topic: topic, Body: body, Ref: topic, Received: time.Now()}); err != nil {
			return nil, fmt.Errorf("computing what a delivery of %s must do: %w", topic, err)
		}
	}
	return state, nil
}

// rowName is a row's table and key, the parent's in front for a child.
func rowName(table, parent, key string) string {
	if parent != "" {
		key = parent + "/" + key
	}
	return table + " " + key
}

// differences names the rows that appeared, changed or went between two fingerprints, but for those that may.
func differences(before, after map[string]string, may map[string]bool) []string {
	var found []string
	for row, was := range before {
		switch is, there := after[row]; {
		case !there:
			found = append(found, row+" is gone")
		case is != was && !may[row]:
			found = append(found, row+" changed")
		}
	}
	for row := range after {
		if _, there := before[row]; !there && !may[row] {
			found = append(found, row+" appeared")
		}
	}
	slices.Sort(found)
	return found
}

// found returns an object's raw rows and its refined row, nil where there is none.
func (b *builder) found(ctx context.Context, name, key string) (raw []RawRow, refined *Row, err error) {
	if raw, err = b.snap.Reader.RawRows(ctx, name, key, true); err != nil {
		return nil, nil, err
	}
	obj, ok := b.env.Manifest.Object(name)
	if !ok {
		return raw, nil, nil
	}
	table, ok := b.env.Manifest.Table(obj.Table)
	if !ok {
		return raw, nil, nil
	}
	err = b.snap.Reader.Rows(ctx, table, func(r Row) error {
		if r.Key == key {
			refined = &r
		}
		return nil
	})
	return raw, refined, err
}
