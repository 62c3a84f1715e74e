package engine

import (
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/plan"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/sources"
)

// byHand adds to a failure that one delivery can show the command which sends that delivery.
func (j *Job) byHand(res *result.Result, spec plan.Spec) {
	m := j.Plan.Manifest
	about := spec.Subject.Kind == "topic"
	// The command takes its bodies from what the program carries.
	if res.Status != result.Fail || res.Cause == check.TargetLacks || !about && spec.Check.ByHand == "" || sources.Known(m.Source) != nil {
		return
	}
	topic := spec.Subject.Name
	if !about {
		topic = updateTopic(m)
	}
	words := []string{"syncspec webhook send", m.Source, topic, "--to URL"}
	if spec.Check.ByHand != "" {
		words = append(words, spec.Check.ByHand)
	}
	res.Evidence = append(slices.Clip(res.Evidence), result.Evidence{Kind: result.ByHand, Text: strings.Join(words, " ")})
}

// updateTopic is a topic that tells of a change in full: the one with which most can be tried.
func updateTopic(m *manifest.Manifest) string {
	topics := m.Topics()
	for _, t := range topics {
		if t.Event == manifest.Update && t.Payload == "object" && t.Object.UpdatedAt != nil {
			return t.Topic
		}
	}
	if len(topics) == 0 {
		return "TOPIC"
	}
	return topics[0].Topic
}
