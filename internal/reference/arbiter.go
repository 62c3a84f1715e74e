package reference

import (
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// arbiter is the Arbiter for providers that promise no order and may deliver twice.
type arbiter struct{}

// Decide orders events by the source's own time of change. A delete by key carries no time, so the moment it was
// received stands for it: a body that is not newer was true before the delete and cannot bring the object back.
func (arbiter) Decide(s State, in Incoming) Decision {
	stale := s.Exists && s.UpdatedAt != nil && in.UpdatedAt != nil && in.UpdatedAt.Before(*s.UpdatedAt)
	if in.Event == manifest.Delete {
		inBody := s.DeletedAt != nil && (s.Deletion == nil || s.Deletion.InBody)
		return Decision{
			Write:     !in.KeyOnly && !stale,
			DeletedAt: &in.Received,
			Deletion:  &Deletion{ReceivedAt: in.Received, InBody: inBody},
		}
	}

	deletion := s.Deletion
	if deletion != nil && lifts(in, *deletion) {
		deletion = nil
	}
	if stale {
		// The values are old news, but a late restore still undoes a delete event.
		tombstone := s.DeletedAt
		if s.Deletion != nil && deletion == nil && !s.Deletion.InBody {
			tombstone = nil
		}
		return Decision{DeletedAt: tombstone, Deletion: deletion}
	}
	d := Decision{Write: true}
	if deletion != nil {
		d.Deletion = &Deletion{ReceivedAt: deletion.ReceivedAt, InBody: in.Deleted}
	}
	if !in.Deleted && deletion == nil {
		return d
	}
	switch {
	case s.DeletedAt != nil: // deleted already: keep since when
		d.DeletedAt = s.DeletedAt
	case deletion != nil:
		d.DeletedAt = &deletion.ReceivedAt
	default:
		d.DeletedAt = &in.Received
	}
	return d
}

func lifts(in Incoming, d Deletion) bool {
	return in.Event == manifest.Restore || in.UpdatedAt == nil || in.UpdatedAt.After(d.ReceivedAt)
}

// clampTime keeps times comparable with what Postgres gives back.
func clampTime(t time.Time) time.Time { return t.UTC().Round(time.Microsecond) }
