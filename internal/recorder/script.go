package recorder

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/sandbox"
)

// step is one group of changes at the source, and the order in which what it tells of them arrives.
type step struct {
	name string
	do   func(*stage) error
	// arrival are the places of the deliveries that were made, in the order in which they come in; one that is there twice
	// comes twice. nil is as they were made.
	arrival []int
}

// scriptOf is the series of changes for a source.
func scriptOf(source string) ([]step, bool) {
	if source == "shopify" {
		return shopifyScript(), true
	}
	return nil, false
}

// stage is where a script is played.
type stage struct {
	account  *sandbox.Account
	manifest *manifest.Manifest
	// made are the keys of objects that a step made, by a name of the script's own.
	made map[string]string
	// noticed are deliveries that tell of no object.
	noticed []sandbox.Delivery
}

// change plays the script, keeps what the account tells, and records what a delivery refers to as it is at that moment.
func (r *recording) change(ctx context.Context, steps []step) error {
	s := &stage{account: r.account, manifest: r.manifest, made: map[string]string{}}
	r.account.Outbox()
	return r.tape(changesPhase, changesPhase, func(c *http.Client) error {
		w := r.walker.with(c)
		for _, one := range steps {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := one.do(s); err != nil {
				return fmt.Errorf("step %s: %w", one.name, err)
			}
			sent, err := arrive(append(s.account.Outbox(), s.noticed...), one.arrival)
			if err != nil {
				return fmt.Errorf("step %s: %w", one.name, err)
			}
			s.noticed = nil
			for n, d := range sent {
				if err := r.keep(one.name, n, d); err != nil {
					return err
				}
				if err := r.referred(ctx, w, d); err != nil {
					return fmt.Errorf("step %s: reading what %s refers to: %w", one.name, d.Topic, err)
				}
			}
		}
		return nil
	})
}

// arrive puts deliveries into the order of their arrival.
func arrive(made []sandbox.Delivery, order []int) ([]sandbox.Delivery, error) {
	if order == nil {
		return made, nil
	}
	seen := map[int]bool{}
	out := make([]sandbox.Delivery, len(order))
	for i, n := range order {
		if n >= len(made) {
			return nil, fmt.Errorf("delivery %d is to arrive and %d were made", n, len(made))
		}
		out[i], seen[n] = made[n], true
	}
	if len(seen) != len(made) {
		return nil, fmt.Errorf("%d deliveries were made and %d arrive", len(made), len(seen))
	}
	return out, nil
}

// referred reads the object that a delivery names and does not bring.
func (r *recording) referred(ctx context.Context, w *walker, d sandbox.Delivery) error {
	i := slices.IndexFunc(r.manifest.Topics(), func(t manifest.RoutedTopic) bool { return t.Topic == d.Topic && t.Payload == "reference" })
	if i < 0 {
		return nil
	}
	t := r.manifest.Topics()[i]
	doc, err := decode(d.Body)
	if err != nil {
		return err
	}
	body, _ := doc.(map[string]any)
	return w.one(ctx, t.Object, item{key: scalarAt(body, t.At)})
}

// where finds the newest object that has a value in a field.
func (s *stage) where(object, field, value string) (sandbox.Object, error) {
	for _, o := range slices.Backward(s.account.Objects(object)) {
		doc, err := decode(o.Body)
		if err != nil {
			return sandbox.Object{}, err
		}
		if body, _ := doc.(map[string]any); scalarAt(body, field) == value {
			return o, nil
		}
	}
	return sandbox.Object{}, fmt.Errorf("none of %s has the %s %q, which the script expects", object, field, value)
}

// update changes the newest object that has a value in a field.
func (s *stage) update(object, field, value string, change map[string]any) error {
	o, err := s.where(object, field, value)
	if err != nil {
		return err
	}
	_, err = s.account.Update(object, o.Key, change)
	return err
}

// like makes an object like another one, with some fields of its own, and remembers its key by a name. Without gives the
// fields that it does not take over.
func (s *stage) like(o sandbox.Object, object, name string, own map[string]any, context map[string]string, without ...string) error {
	var fields map[string]json.RawMessage // nested values keep the order of their keys
	if err := json.Unmarshal(o.Body, &fields); err != nil {
		return err
	}
	body := map[string]any{}
	for field, value := range fields {
		body[field] = value
	}
	for _, field := range append([]string{"id", "created_at", "updated_at", "processed_at", "admin_graphql_api_id"}, without...) {
		delete(body, field)
	}
	maps.Copy(body, own)
	made, err := s.account.Create(object, body, context)
	s.made[name] = made.Key
	return err
}

// raw is the value of a field as it is written, with some text replaced by other.
func raw(o sandbox.Object, field string, replace ...string) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(o.Body, &fields); err != nil {
		return nil, err
	}
	value, ok := fields[field]
	if !ok {
		return nil, fmt.Errorf("%s has no %s", o.Key, field)
	}
	return []byte(strings.NewReplacer(replace...).Replace(string(bytes.TrimSpace(value)))), nil
}
