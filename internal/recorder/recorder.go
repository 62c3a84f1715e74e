// Package recorder records an account into cassettes: everything that its lists offer, before and after a fixed series of
// changes, and the webhook deliveries that the changes make. It walks by the manifest and knows of no target, so that
// what it leaves out is left out by the manifest.
package recorder

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/sandbox"
)

// Options say what is recorded and where to.
type Options struct {
	Manifest *manifest.Manifest
	// Fixtures is the source's folder of fixtures, of which the sandbox's account is made.
	Fixtures fs.FS
	// Dir is the recording's folder. What is in it is replaced as a whole, once the new recording is complete.
	Dir string
	// Force overwrites a recording that is newer, or that was made from a real account.
	Force bool
}

// Summary says what was recorded.
type Summary struct {
	Dir                                 string
	Cassettes, Interactions, Deliveries int
	Bytes                               int64
	RecordedAt                          time.Time
}

// String is the summary in one line.
func (s Summary) String() string {
	return fmt.Sprintf("%s: %d interactions in %d cassettes and %d deliveries, %.1f MiB, as of %s",
		s.Dir, s.Interactions, s.Cassettes, s.Deliveries, float64(s.Bytes)/(1<<20), s.RecordedAt.UTC().Format("2006-01-02 15:04 UTC"))
}

// The account that is recorded. None of it is a secret: the token is scrubbed all the same, and deliveries are signed with
// a secret that stands beside them, so that their signatures can be checked.
const (
	accountName   = "syncspec-example"
	accessToken   = "recorder_access_token"
	webhookSecret = "whsec_test_public"
	webhookURL    = "https://receiver.example.test/webhooks/"
)

// The phases of a recording.
const (
	registrationPhase = "registration"
	backfillPhase     = "backfill"
	changesPhase      = "changes"
	afterPhase        = "after"
)

// Record makes the recording of a sandbox account. The same fixtures give the same bytes, whenever that is.
func Record(ctx context.Context, o Options) (Summary, error) {
	steps, known := scriptOf(o.Manifest.Source)
	if !known {
		return Summary{}, fmt.Errorf("recording %s: the recorder has no series of changes for it yet, only for shopify", o.Manifest.Source)
	}
	seed, err := sandbox.SeedFromFixtures(o.Manifest, o.Fixtures)
	if err != nil {
		return Summary{}, fmt.Errorf("recording %s: %w", o.Manifest.Source, err)
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return Summary{}, fmt.Errorf("recording %s: %w", o.Manifest.Source, err)
	}
	release, err := claim(dir)
	if err != nil {
		return Summary{}, fmt.Errorf("recording %s: %w", o.Manifest.Source, err)
	}
	defer release()
	if err := mayReplace(o.Dir, seed.At, o.Force); err != nil {
		return Summary{}, err
	}
	box, err := sandbox.New(sandbox.Config{Manifest: o.Manifest, Seed: seed})
	if err != nil {
		return Summary{}, fmt.Errorf("recording %s: %w", o.Manifest.Source, err)
	}
	base := strings.TrimSuffix(placeholders.ReplaceAllString(o.Manifest.API.BaseURL, accountName), o.Manifest.BasePath())
	account, err := box.Open(sandbox.AccountConfig{
		Name: accountName, URL: base, Secret: webhookSecret,
		Credentials: map[string]string{o.Manifest.API.Auth.Credentials[0]: accessToken},
	})
	if err != nil {
		return Summary{}, fmt.Errorf("recording %s: %w", o.Manifest.Source, err)
	}
	var s Summary
	err = replace(dir, func(dir string) error {
		r := &recording{
			manifest: o.Manifest, account: account, dir: dir, started: seed.At,
			walker: &walker{manifest: o.Manifest, origin: strings.TrimRight(base, "/"), authorize: authorizer(o.Manifest.API.Auth, accessToken)},
			phases: map[string][]string{},
		}
		var err error
		s, err = r.record(ctx, steps)
		return err
	})
	if err != nil {
		return Summary{}, fmt.Errorf("recording %s: %w", o.Manifest.Source, err)
	}
	s.Dir = o.Dir
	return s, nil
}

// placeholders are what differs per account in a base URL.
var placeholders = regexp.MustCompile(`\{[^}]*\}`)

// recording is a recording being made.
type recording struct {
	manifest *manifest.Manifest
	account  *sandbox.Account
	walker   *walker
	dir      string
	started  time.Time
	// phases are the cassettes of each phase, deliveries the files of all deliveries in the order of their arrival.
	phases     map[string][]string
	deliveries []string
}

func (r *recording) record(ctx context.Context, steps []step) (Summary, error) {
	for _, phase := range []struct {
		name string
		make func(context.Context) error
	}{
		{registrationPhase, r.register},
		{backfillPhase, func(ctx context.Context) error { return r.everything(ctx, backfillPhase) }},
		{changesPhase, func(ctx context.Context) error { return r.change(ctx, steps) }},
		{afterPhase, func(ctx context.Context) error { return r.everything(ctx, afterPhase) }},
	} {
		if err := phase.make(ctx); err != nil {
			return Summary{}, fmt.Errorf("phase %s: %w", phase.name, err)
		}
	}
	if err := r.shareSteady(); err != nil {
		return Summary{}, err
	}
	return r.describe()
}

// tape records what is asked through a client into a cassette of a phase.
func (r *recording) tape(phase, name string, ask func(*http.Client) error) error {
	err := tape(r.dir, name, scrubber(r.manifest.API.Auth, accessToken), handled{r.account}, ask)
	if err != nil {
		return fmt.Errorf("recording %s: %w", name, err)
	}
	r.phases[phase] = append(r.phases[phase], name)
	return nil
}

// register asks for a webhook of every topic, and what webhooks and scopes there are before and afterwards.
func (r *recording) register(ctx context.Context) error {
	reg := r.manifest.Webhooks.Registration
	if o := r.manifest.OAuth; o != nil && o.Granted != nil {
		if err := r.tape(registrationPhase, "granted-scopes", func(c *http.Client) error {
			_, _, err := r.walker.with(c).get(ctx, r.walker.origin+o.Granted.Path)
			return err
		}); err != nil {
			return err
		}
	}
	return r.tape(registrationPhase, "webhooks-registration", func(c *http.Client) error {
		w := r.walker.with(c)
		list := manifest.List{Path: reg.Path, At: reg.ListAt}
		if _, err := w.pages(ctx, list, reg.Path, nil); err != nil {
			return err
		}
		for _, topic := range r.manifest.Registrable() {
			if err := w.subscribe(ctx, *reg, topic, webhookURL+r.manifest.Source); err != nil {
				return err
			}
		}
		_, err := w.pages(ctx, list, reg.Path, nil)
		return err
	})
}

// everything records every list, a cassette for each object, then the counts and for a backfill a few single objects.
func (r *recording) everything(ctx context.Context, phase string) error {
	r.walker.items = map[string][]item{}
	for i := range r.manifest.Objects {
		o := &r.manifest.Objects[i]
		if o.NotApplicable != "" {
			continue
		}
		if err := r.tape(phase, phase+"-"+strings.ReplaceAll(o.Name, "_", "-"), func(c *http.Client) error {
			return r.walker.with(c).object(ctx, o)
		}); err != nil {
			return err
		}
	}
	if slices.ContainsFunc(r.manifest.Objects, func(o manifest.Object) bool { return o.Count != nil }) {
		if err := r.tape(phase, phase+"-counts", func(c *http.Client) error { return r.walker.with(c).counts(ctx) }); err != nil {
			return err
		}
	}
	if phase != backfillPhase {
		return nil
	}
	return r.tape(phase, phase+"-samples", func(c *http.Client) error { return r.walker.with(c).samples(ctx) })
}

// ascending compares ids by number, and as text where they are none.
func ascending(a, b string) int {
	if digits(a) && digits(b) {
		return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
	}
	return cmp.Compare(a, b)
}

func digits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
