package scenario

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/recording"
	"github.com/syncspec/syncspec/internal/result"
)

// recorded is a source that was recorded: its phases are those of the recording.
type recorded struct {
	offers *offers
	route  *gateway.Route
}

// offers are what each phase of a recording offers, read once: several scenarios begin with the same phase.
type offers struct {
	manifest  *manifest.Manifest
	recording *recording.Recording

	mu   sync.Mutex
	read map[string]*oracle.Offer
}

func (r *recorded) mode() result.Mode { return result.Mode(r.offers.recording.Info.Mode) }

func (r *recorded) enter(phase string) error { return r.route.Enter(phase) }

// offered returns what one phase of the recording offers. Offers are only read, so scenarios may share them.
func (r *recorded) offered(phase string) (*oracle.Offer, error) {
	o := r.offers
	o.mu.Lock()
	defer o.mu.Unlock()
	if offer := o.read[phase]; offer != nil {
		return offer, nil
	}
	interactions, err := o.recording.Phase(phase)
	if err != nil {
		return nil, err
	}
	answers := make([]oracle.Answer, len(interactions))
	for i, in := range interactions {
		answers[i] = oracle.Answer{Method: in.Method, URL: in.URL, Status: in.Status, Header: in.Header, Body: in.Body, Ref: in.Ref()}
	}
	offer, err := oracle.Collect(o.manifest, answers)
	if err != nil {
		return nil, fmt.Errorf("reading what the phase %q of %s offers: %w", phase, o.recording.Dir, err)
	}
	o.read[phase] = offer
	return offer, nil
}

func (r *recorded) partial() map[string]string {
	why := map[string]string{}
	for _, p := range r.offers.recording.Partial() {
		why[p.Object] = p.Why
	}
	return why
}

// deliveries posts the recorded deliveries with their recorded headers, signed anew with the scenario's secret; a ping
// has no signature.
func (r *recorded) deliveries(sign signer, post func(delivery) (bool, error)) error {
	rec := r.offers.recording
	if refers(r.offers.manifest) { // the target has to read what such a delivery refers to
		if err := r.enter(phaseChanges); err != nil {
			return err
		}
	}
	all, err := rec.Deliveries()
	if err != nil {
		return err
	}
	for _, d := range all {
		h := http.Header{}
		id := ""
		for _, pair := range d.Header {
			switch strings.ToLower(pair[0]) {
			case "host", "connection", "content-length", "accept-encoding": // these belong to the connection
			default:
				h.Set(pair[0], pair[1])
			}
			if strings.EqualFold(pair[0], sign.hooks.DeliveryIDHeader) {
				id = pair[1]
			}
		}
		next := delivery{ref: d.File, topic: d.Topic, header: h, body: d.Body}
		if d.Topic != "" {
			signed, err := sign.headers(d.Topic, id, d.Body)
			if err != nil {
				return err
			}
			maps.Copy(h, signed)
			if next.current, err = r.referred(d); err != nil {
				return fmt.Errorf("finding what the recorded delivery %s refers to: %w", d.File, err)
			}
		}
		if _, err := post(next); err != nil {
			return err
		}
	}
	return nil
}

// referred returns the object that a delivery refers to as the recording's phase of changes has it; nil for a delivery
// that is the object itself.
func (r *recorded) referred(d recording.Delivery) (map[string]any, error) {
	obj, id, err := reference(r.offers.manifest, d.Topic, d.Body)
	if obj == nil || err != nil {
		return nil, err
	}
	interactions, err := r.offers.recording.Phase(phaseChanges)
	if err != nil {
		return nil, err
	}
	path := manifest.MatchPath(r.offers.manifest.BasePath() + obj.One)
	for _, in := range interactions {
		if match := path.FindStringSubmatch(in.URL.Path); in.Method != http.MethodGet || in.Status != http.StatusOK ||
			match == nil || match[path.SubexpIndex("id")] != id {
			continue
		}
		body, err := object(in.Body)
		if err != nil {
			return nil, err
		}
		one, _ := at(body, obj.OneAt)
		if body, ok := one.(map[string]any); ok {
			return body, nil
		}
		return nil, fmt.Errorf("%s has no object at %q", in.Ref(), obj.OneAt)
	}
	return nil, fmt.Errorf("the phase %q of %s has no answer for %s with the id %s", phaseChanges, r.offers.recording.Dir, obj.One, id)
}

// candidates are recorded deliveries of distinct objects.
func (r *recorded) candidates(need int) ([]candidate, error) {
	m := r.offers.manifest
	all, err := r.offers.recording.Deliveries()
	if err != nil {
		return nil, err
	}
	empty := &oracle.State{Manifest: m, Objects: map[string]map[string]*oracle.Object{}}
	var found []candidate
	for _, d := range all {
		if !slices.ContainsFunc(m.Topics(), func(t manifest.RoutedTopic) bool { return t.Topic == d.Topic && whole(t) }) {
			continue
		}
		body, err := object(d.Body)
		if err != nil {
			return nil, fmt.Errorf("reading the recorded delivery %s: %w", d.File, err)
		}
		effect, err := empty.Apply(oracle.Event{Topic: d.Topic, Body: body, Ref: d.File})
		if err != nil {
			return nil, err
		}
		obj, ok := m.Object(effect.Object)
		if !ok || !effect.Applied || obj.Parent != nil ||
			slices.ContainsFunc(found, func(c candidate) bool { return c.object == obj && c.key == effect.Key }) {
			continue
		}
		found = append(found, candidate{ref: d.File, topic: d.Topic, body: d.Body, object: obj, key: effect.Key})
	}
	if found = most(found); len(found) < need {
		return nil, fmt.Errorf("the recording has deliveries of %d distinct objects of one kind, %d are needed to probe the webhook endpoint", len(found), need)
	}
	return found, nil
}

// notice is the body of a recorded delivery of the topic, if there is one.
func (r *recorded) notice(topic string) ([]byte, error) {
	all, err := r.offers.recording.Deliveries()
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if d.Topic == topic {
			return d.Body, nil
		}
	}
	return madeUp(topic), nil
}

func (*recorded) hooks() []Hook { return nil }
