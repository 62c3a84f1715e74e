package recorder

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dnaeon/go-vcr/v2/cassette"
)

// shareSteady moves what was answered alike before and after the changes into cassettes that both phases name: most of a
// shop does not change, and would be kept twice.
func (r *recording) shareSteady() error {
	for _, name := range slices.Clone(r.phases[afterPhase]) {
		what, _ := strings.CutPrefix(name, afterPhase+"-")
		before := backfillPhase + "-" + what
		if !slices.Contains(r.phases[backfillPhase], before) {
			continue
		}
		if err := r.share(before, name, "steady-"+what); err != nil {
			return fmt.Errorf("finding what %s and %s share: %w", before, name, err)
		}
	}
	return nil
}

// share splits two cassettes into what is in the one, in the other, and in both.
func (r *recording) share(before, after, both string) error {
	old, oldForms, err := load(filepath.Join(r.dir, before))
	if err != nil {
		return err
	}
	recent, recentForms, err := load(filepath.Join(r.dir, after))
	if err != nil {
		return err
	}
	steady := cassette.New(filepath.Join(r.dir, both))
	for n, i := range old.Interactions {
		if slices.Contains(recentForms, oldForms[n]) {
			steady.Interactions = append(steady.Interactions, i)
		}
	}
	if len(steady.Interactions) == 0 {
		return nil
	}
	if err := r.without(backfillPhase, before, old, oldForms, recentForms, both); err != nil {
		return err
	}
	if err := r.without(afterPhase, after, recent, recentForms, oldForms, both); err != nil {
		return err
	}
	return steady.Save()
}

// without takes out of a phase's cassette what another has too, and lets the phase have what both share in its place.
func (r *recording) without(phase, name string, c *cassette.Cassette, forms, others []string, both string) error {
	var own []*cassette.Interaction
	for n, i := range c.Interactions {
		if !slices.Contains(others, forms[n]) {
			own = append(own, i)
		}
	}
	at := slices.Index(r.phases[phase], name)
	if c.Interactions = own; len(own) > 0 {
		r.phases[phase] = slices.Insert(r.phases[phase], at+1, both)
		return c.Save()
	}
	r.phases[phase][at] = both
	return os.Remove(c.File)
}

// load reads a cassette, and all that is in each of its exchanges as one text.
func load(name string) (*cassette.Cassette, []string, error) {
	c, err := cassette.Load(name)
	if err != nil {
		return nil, nil, err
	}
	forms := make([]string, len(c.Interactions))
	for n, i := range c.Interactions {
		forms[n] = fmt.Sprintf("%+v %+v", i.Request, i.Response) // fmt prints maps in the order of their keys
	}
	return c, forms, nil
}
