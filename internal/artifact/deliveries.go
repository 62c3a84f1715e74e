package artifact

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/scenario"
)

// posted is a delivery to the webhook endpoint, and what it was for.
type posted struct {
	*scenario.Delivery
	// probe is the probe that it was; object what it is about, empty where that is nothing.
	probe, object string
}

// deliveries are those that matter for the spec: of its subject or named in the evidence, and all if there are none.
func (k *keeper) deliveries() []posted {
	all := allPosted(k.Snapshot)
	a, named := aboutOf(k.Snapshot, k.Subject), k.named()
	matter := slices.DeleteFunc(slices.Clone(all), func(p posted) bool { return !a.delivered(p) && !named(p.Ref) })
	if len(matter) == 0 {
		return all
	}
	return matter
}

// allPosted are all deliveries of a scenario in their order, as far as there is one.
func allPosted(s *scenario.Snapshot) []posted {
	var all []posted
	add := func(d *scenario.Delivery, probe, object string) {
		if d != nil {
			all = append(all, posted{d, probe, object})
		}
	}
	for _, d := range s.Deliveries {
		add(d, "", d.Effect.Object)
	}
	for _, name := range slices.Sorted(maps.Keys(s.Probes)) {
		p := s.Probes[name]
		add(p.Delivery, string(name), p.Object)
		add(p.Proper, string(name), p.Object)
	}
	for _, n := range s.Notices {
		add(n.Bad, "", "")
		add(n.Good, "", "")
	}
	if r := s.Refusal; r != nil {
		add(r.Delivery, "", r.Object)
	}
	return all
}

// deliveryFile is the form of delivery-N.json.
type deliveryFile struct {
	Ref   string `json:"ref"`
	Topic string `json:"topic"`
	// Probe is what the delivery was to find out, Repeats and Late are as in scenario.Delivery.
	Probe   string `json:"probe,omitempty"`
	Repeats bool   `json:"repeats,omitempty"`
	Late    bool   `json:"late,omitempty"`
	// Object and Key are what it is about; Applied says that it must change rows.
	Object  string              `json:"object,omitempty"`
	Key     string              `json:"key,omitempty"`
	Applied bool                `json:"applied,omitempty"`
	Header  map[string][]string `json:"header"`
	// Body is the body itself where it is JSON, and else a text with it.
	Body   any           `json:"body"`
	Answer deliveryReply `json:"answer"`
}

type deliveryReply struct {
	Status  int     `json:"status"`
	Body    string  `json:"body,omitempty"`
	Seconds float64 `json:"seconds"`
}

// told writes a file per delivery.
func (k *keeper) told(all []posted) {
	for n, p := range all {
		if n == k.bounds.deliveries {
			k.problems = append(k.problems, fmt.Errorf("%d of %d deliveries are not kept: there is room for %d", len(all)-n, len(all), n))
			return
		}
		k.put(fmt.Sprintf("delivery-%d.json", n+1), "a delivery of "+p.Topic, func() ([]byte, error) { return indented(k.delivery(p)) })
	}
}

func (k *keeper) delivery(p posted) deliveryFile {
	body := k.to.clean.text(strings.ToValidUTF8(string(p.Body), "\uFFFD"))
	f := deliveryFile{Ref: p.Ref, Topic: p.Topic, Probe: p.probe, Repeats: p.Repeats, Late: p.Late,
		Object: p.object, Key: p.Effect.Key, Applied: p.Effect.Applied, Header: k.to.clean.header(p.Header), Body: body,
		Answer: deliveryReply{p.Answer.Status, k.to.clean.text(p.Answer.Body), p.Answer.Elapsed.Seconds()}}
	if json.Valid([]byte(body)) {
		f.Body = json.RawMessage(body)
	}
	return f
}
