package recorder

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/dnaeon/go-vcr/v2/cassette"

	made "github.com/syncspec/syncspec/internal/recording"
)

// What made the recording, as its sidecar says it.
const (
	mode     = "recorded-sandbox"
	software = "syncspec sandbox"
)

// describe writes the sidecar, which lists every file, and the README, and loads the whole once.
func (r *recording) describe() (Summary, error) {
	s := Summary{RecordedAt: r.started, Deliveries: len(r.deliveries)}
	var out bytes.Buffer
	fmt.Fprintf(&out, `# What is in this folder, where it came from, and which of it may be served together. Written by "syncspec record";
# checked whenever the recording is loaded: every file is listed, with its checksum.
apiVersion: syncspec/v1
kind: Recording
source: %s
mode: %s
recorder: %s
recorded_at: %s
recorded_until: %s
software: %s
api_version: %q
base_url: %s

# Sets of cassettes that show one state of the account. What both backfill and after name did not change in between.
phases:
`, r.manifest.Source, mode, madeWith, stamp(r.started), stamp(r.account.Now()), software, r.manifest.API.Version.Value, r.walker.origin)
	var names []string
	listed := map[string]bool{}
	for _, phase := range []string{registrationPhase, backfillPhase, changesPhase, afterPhase} {
		fmt.Fprintf(&out, "  %s:\n", phase)
		for _, name := range r.phases[phase] {
			fmt.Fprintf(&out, "    - %s\n", name)
			if !listed[name] {
				listed[name] = true
				names = append(names, name)
			}
		}
	}
	out.WriteString("\ncassettes:\n")
	for _, name := range names {
		c, err := cassette.Load(filepath.Join(r.dir, name))
		if err != nil {
			return s, err
		}
		sum, size, err := r.sum(name + ".yaml")
		if err != nil {
			return s, err
		}
		s.Cassettes, s.Interactions, s.Bytes = s.Cassettes+1, s.Interactions+len(c.Interactions), s.Bytes+size
		fmt.Fprintf(&out, "  - {file: %s.yaml, interactions: %d, sha256: %s}\n", name, len(c.Interactions), sum)
	}
	if len(r.deliveries) > 0 {
		out.WriteString("\ndeliveries:\n")
	}
	for _, file := range r.deliveries {
		sum, size, err := r.sum(file)
		if err != nil {
			return s, err
		}
		s.Bytes += size
		fmt.Fprintf(&out, "  - {file: %s, sha256: %s}\n", file, sum)
	}
	if err := os.WriteFile(filepath.Join(r.dir, made.SidecarName), out.Bytes(), 0o644); err != nil {
		return s, err
	}
	if err := os.WriteFile(filepath.Join(r.dir, "README.md"), []byte(readme(r.manifest.Title, r.manifest.Source, s)), 0o644); err != nil {
		return s, err
	}
	return s, r.sound()
}

// sound loads the recording as others will, and refuses it where anything in it looks like a credential.
func (r *recording) sound() error {
	rec, err := made.Load(r.dir)
	if err != nil {
		return err
	}
	found, err := rec.Secrets()
	if err != nil {
		return err
	}
	var all []error
	for _, f := range found {
		all = append(all, fmt.Errorf("it would put a credential on the disk: %s: %s: %s", filepath.Base(f.File), f.Where, f.What))
	}
	return errors.Join(all...)
}

func stamp(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// sum is the checksum and size of one of the recording's files.
func (r *recording) sum(file string) (string, int64, error) {
	data, err := os.ReadFile(filepath.Join(r.dir, file))
	if err != nil {
		return "", 0, err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), int64(len(data)), nil
}

// readme says to people what the sidecar says to the program.
func readme(title, source string, s Summary) string {
	return strings.NewReplacer("{title}", title, "{source}", source, "{interactions}", fmt.Sprint(s.Interactions),
		"{cassettes}", fmt.Sprint(s.Cassettes), "{deliveries}", fmt.Sprint(s.Deliveries)).Replace(
		`# {title}, recorded from syncspec's own sandbox

No real account was recorded: this is what the sandbox answered, seeded with the made-up objects of fixtures/{source}. It is
as true of the provider as the sandbox is, and whatever is judged by it says recorded-sandbox.

    syncspec record {source}

makes it anew: {interactions} interactions in {cassettes} cassettes, and {deliveries} webhook deliveries. The same fixtures, manifest and
sandbox give the same bytes, so a difference in a review is a difference in one of these.

| files | what |
|---|---|
| granted-scopes, webhooks-registration | what the account grants, a webhook for every topic, and the list of them before and after |
| backfill-* | every list before the changes, with the largest pages; the counts; three samples of each object by itself |
| changes | what a delivery refers to and does not bring, read when it came |
| after-* | every list and count once more, after the changes |
| steady-* | what was answered alike before and after |
| deliveries | the webhooks, in the order of their arrival; some come twice, some in the wrong order |

- Times are the sandbox's own. It moves by a second with each change.
- The access token reads [scrubbed]. Deliveries are signed with whsec_test_public, a public test value.
- A payout and a customer's totals change without a delivery, as they do at the provider.
`)
}
