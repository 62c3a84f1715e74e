package defects

import (
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/reference"
)

func uninstallNoticeRefused() Defect {
	return Defect{
		Name:     "uninstall-notice-refused",
		Breaks:   "the secret is looked up among the objects that a topic is about, so a delivery that is about none cannot be verified and is refused",
		Needs:    "topics that tell of no object",
		KilledBy: "webhook/notice-acknowledged", Cause: "notice-refused",
		applies: func(m *manifest.Manifest) bool { return len(m.Webhooks.Notices) > 0 },
		wrap: func(p reference.Ports, fired func()) reference.Ports {
			p.Verifier = objectsOnly{p.Verifier, fired}
			return p
		},
	}
}

type objectsOnly struct {
	reference.Verifier
	fired func()
}

func (v objectsOnly) Verify(d reference.Delivery) error {
	hooks := d.Manifest.Webhooks
	topic := d.Header.Get(hooks.TopicHeader)
	if slices.ContainsFunc(hooks.Notices, func(n manifest.Notice) bool { return n.Topic == topic }) {
		v.fired()
		return fmt.Errorf("%w: no secret for %s", reference.ErrSignature, topic)
	}
	return v.Verifier.Verify(d)
}
