package defects

import "github.com/syncspec/syncspec/internal/manifest"

func topicForgotten() Defect {
	return Defect{
		Name:     "topic-forgotten",
		Breaks:   "the list of topics was copied from an older version of the provider's page, which ends one topic earlier",
		KilledBy: "webhook/registered", Cause: "topic-not-registered",
		mutate: func(m *manifest.Manifest, fired func()) {
			topics := m.Topics()
			if len(topics) == 0 {
				return
			}
			last := topics[len(topics)-1].Topic
			for i := range m.Objects {
				m.Objects[i].Webhooks = without(m.Objects[i].Webhooks, fired, func(t manifest.Topic) bool { return t.Topic == last })
			}
		},
	}
}
