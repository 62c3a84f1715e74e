package scenario

import (
	"net/http"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
)

// provider is the source's side of one scenario: who answers the target, what is on offer, and what the source tells of
// its changes. A recording is one, the sandbox another.
type provider interface {
	mode() result.Mode
	// enter lets the source answer as in a phase from now on.
	enter(phase string) error
	// offered returns all that is on offer in a phase; partial are the objects of which it holds a part only, with the
	// reason.
	offered(phase string) (*oracle.Offer, error)
	partial() map[string]string
	// deliveries makes the source change, and calls post with each delivery in the order in which they go out; post tells
	// whether it was answered 2xx.
	deliveries(sign signer, post func(delivery) (bool, error)) error
	// candidates are good deliveries of whole objects of one kind, each of another object, at least need of them.
	candidates(need int) ([]candidate, error)
	// notice is the body of a delivery that tells of no object.
	notice(topic string) ([]byte, error)
	// hooks are the registrations that the source has; nil where it keeps none.
	hooks() []Hook
}

// The phases of a scenario. A recording has cassettes for each.
const (
	phaseRegistration = "registration"
	phaseBackfill     = "backfill"
	phaseChanges      = "changes"
	phaseAfter        = "after"
)

// delivery is what is posted to the target's webhook endpoint.
type delivery struct {
	ref, topic string
	header     http.Header
	body       []byte
	// current is the object as the source gives it at that moment, where the body only refers to it.
	current map[string]any
	// repeats and late say that it is the same again, or was overtaken by a newer one.
	repeats, late bool
}

// candidate is a good body for a delivery of one object.
type candidate struct {
	ref, topic string
	body       []byte
	object     *manifest.Object
	key        string
}

// most returns the candidates of the object that has most of them.
func most(found []candidate) []candidate {
	by := map[string][]candidate{}
	best := ""
	for _, c := range found {
		by[c.object.Name] = append(by[c.object.Name], c)
		if len(by[c.object.Name]) > len(by[best]) {
			best = c.object.Name
		}
	}
	return by[best]
}

// whole tells whether a topic's payload is an object, and one that stands on its own: no parent has to exist before it,
// and one value is its key.
func whole(t manifest.RoutedTopic) bool {
	return t.Object.Applies() && (t.Payload == "" || t.Payload == "object") && t.Object.Parent == nil && len(t.Object.Key) == 1
}
