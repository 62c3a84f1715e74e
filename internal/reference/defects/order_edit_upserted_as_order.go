package defects

import "github.com/syncspec/syncspec/internal/manifest"

func orderEditUpsertedAsOrder() Defect {
	return Defect{
		Name:     "order-edit-upserted-as-order",
		Breaks:   "a topic whose deliveries only name what changed is handled like its sisters, which bring the object itself",
		Needs:    "topics that only name an object",
		KilledBy: "webhook/reference-refetched", Cause: "body-taken-for-object",
		applies: func(m *manifest.Manifest) bool {
			for _, t := range m.Topics() {
				if t.Payload == "reference" {
					return true
				}
			}
			return false
		},
		mutate: func(m *manifest.Manifest, fired func()) {
			for i := range m.Objects {
				for j := range m.Objects[i].Webhooks {
					if t := &m.Objects[i].Webhooks[j]; t.Payload == "reference" {
						t.Payload, t.At = "object", ""
						fired()
					}
				}
			}
		},
	}
}
