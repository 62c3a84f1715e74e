package scenario

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/syncspec/syncspec/internal/gateway"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/sandbox"
)

// imitated is a source that the sandbox imitates: what it offers is what its store holds at that moment, in every phase.
type imitated struct {
	manifest *manifest.Manifest
	account  *sandbox.Account
	route    *gateway.Route
	initial  *initial
	// credentials are those with which the API is called.
	credentials map[string]string
	// shared says that the account's app is that of all accounts.
	shared bool
	// secret is told what was issued and granted.
	secret func(...string)

	mu sync.Mutex
	// token is the last one that the account issued, and err why it could not be admitted.
	token string
	err   error
}

// issued takes note of a token that the account issued, and lets its requests in.
func (i *imitated) issued(token string) {
	i.secret(token)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.token, i.err = token, errors.Join(i.err, i.route.Admit(token))
}

// granted takes note of a code or refresh token: where all accounts share an app it tells whose token is asked for with it.
func (i *imitated) granted(grant string) {
	i.secret(grant)
	if !i.shared {
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.err = errors.Join(i.err, i.route.AdmitGrant(grant))
}

// issuedToken is the last token that the account issued; empty if it has issued none.
func (i *imitated) issuedToken() (string, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.token, i.err
}

func (i *imitated) mode() result.Mode { return result.Sandbox }

func (i *imitated) enter(phase string) error {
	i.route.Serve(phase, i.account)
	return nil
}

// initial is what every account of the sandbox offers before anything changed. It is read once, and only read.
type initial struct {
	mu    sync.Mutex
	offer *oracle.Offer
}

func (i *imitated) offered(phase string) (*oracle.Offer, error) {
	if phase != phaseBackfill {
		return i.inStore()
	}
	i.initial.mu.Lock()
	defer i.initial.mu.Unlock()
	if i.initial.offer != nil {
		return i.initial.offer, nil
	}
	var err error
	i.initial.offer, err = i.inStore()
	return i.initial.offer, err
}

func (i *imitated) inStore() (*oracle.Offer, error) {
	stored := map[string][]oracle.Stored{}
	for n := range i.manifest.Objects {
		obj := &i.manifest.Objects[n]
		if obj.NotApplicable != "" {
			continue
		}
		for _, o := range i.account.Objects(obj.Name) { // also of what a target leaves out: other objects hang on it
			stored[obj.Name] = append(stored[obj.Name], oracle.Stored{Body: o.Body, Context: o.Context, Ref: inSandbox(obj.Name, o.Key)})
		}
	}
	offer, err := oracle.FromStore(i.manifest, stored)
	if err != nil {
		return nil, fmt.Errorf("reading what the sandbox offers: %w", err)
	}
	counts, err := i.counts(i.credentials)
	if err != nil {
		return nil, err
	}
	return offer, offer.Counted(counts)
}

// partial is empty: nothing of the sandbox is left out.
func (i *imitated) partial() map[string]string { return map[string]string{} }

// candidates are deliveries of objects in the store that are not deleted, of the longest kind that has enough.
func (i *imitated) candidates(need int) ([]candidate, error) {
	kinds := i.applicable()
	slices.SortStableFunc(kinds, func(a, b *manifest.Object) int {
		return len(i.account.Objects(b.Name)) - len(i.account.Objects(a.Name))
	})
	for _, obj := range kinds {
		var found []candidate
		for _, o := range i.account.Objects(obj.Name) {
			body, err := object(o.Body)
			if err != nil {
				return nil, fmt.Errorf("reading %s: %w", inSandbox(obj.Name, o.Key), err)
			}
			topic := i.updates(obj, body)
			if topic == "" || obj.DeletedWhen != nil && oracle.Holds(obj.DeletedWhen, body) || editable(obj, body).path == "" {
				continue
			}
			found = append(found, candidate{ref: inSandbox(obj.Name, o.Key), topic: topic, body: o.Body, object: obj, key: o.Key})
			if len(found) == need {
				return found, nil
			}
		}
	}
	if slices.ContainsFunc(i.manifest.Objects, func(o manifest.Object) bool { return o.Excluded != "" }) {
		return nil, &Failure{Status: result.Unproven, Cause: "too-little-data",
			Summary: fmt.Sprintf("among what the target is held to copy there are no %d objects of one kind that a delivery can bring whole, which is what it takes to probe the webhook endpoint", need),
			Remedy:  "cover an object with a topic that tells of its changes, or have no webhook at all: lacks"}
	}
	return nil, fmt.Errorf("the sandbox has no %d objects of one kind that a delivery can bring whole, which is what it takes to probe the webhook endpoint: add some to its seed", need)
}

// updates returns the topic that brings a changed object whole; empty where there is none.
func (i *imitated) updates(obj *manifest.Object, body map[string]any) string {
	for _, t := range i.manifest.Topics() {
		if t.Object == obj && t.Event == manifest.Update && whole(t) && oracle.Holds(t.When, body) {
			return t.Topic
		}
	}
	return ""
}

func (i *imitated) notice(topic string) ([]byte, error) {
	made, err := i.account.Notice(topic)
	if err != nil {
		return nil, fmt.Errorf("making a notice of %s: %w", topic, err)
	}
	if len(made) == 0 { // no webhook has the topic
		return madeUp(topic), nil
	}
	return made[0].Body, nil
}

func (i *imitated) hooks() []Hook {
	hooks := []Hook{}
	for _, r := range i.account.Registrations() {
		hooks = append(hooks, Hook{Topic: r.Topic, Address: r.Address})
	}
	return hooks
}

// applicable are the objects that the source has and the target is held to copy: what happens happens to them.
func (i *imitated) applicable() []*manifest.Object {
	var all []*manifest.Object
	for n := range i.manifest.Objects {
		if obj := &i.manifest.Objects[n]; obj.Applies() {
			all = append(all, obj)
		}
	}
	return all
}

// inSandbox says where an object was offered.
func inSandbox(object, key string) string { return "sandbox: " + object + " " + key }
