package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/report"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/waiver"
)

type waiveCmd struct {
	From    string `required:"" placeholder:"FILE" help:"The results of a run: reports/<source>/results.json."`
	Owner   string `required:"" placeholder:"NAME" help:"Who answers for the failures."`
	Issue   string `required:"" placeholder:"ID" help:"Where mending them is planned."`
	Expires string `required:"" placeholder:"DATE" help:"The last day on which they are accepted: 2026-12-31."`
	Reason  string `default:"failed already when the baseline was made" placeholder:"TEXT" help:"Why they are accepted."`
	Out     string `default:"waivers.yaml" placeholder:"FILE" help:"Where the waivers go; what stands there stays."`
}

// Run writes a baseline: waivers of all that fails today, so that what fails tomorrow is seen.
func (c *waiveCmd) Run(std streams) error {
	if err := c.check(time.Now()); err != nil {
		return err
	}
	run, err := report.Load(c.From)
	if err != nil {
		return failure{exitUsage, err.Error()}
	}
	there, err := waiver.Load(c.Out)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return explained(std, err)
	}
	groups := waiver.Baseline(run, there)
	now := there
	if len(groups) > 0 {
		terms := waiver.Terms{Owner: c.Owner, Issue: c.Issue, Expires: c.Expires, Reason: c.Reason}
		if err := waiver.Add(c.Out, groups, terms, baselineOf(run)); err != nil {
			return explained(std, err)
		}
		if now, err = waiver.Load(c.Out); err != nil {
			return explained(std, err)
		}
	}
	c.tell(std, groups)
	run.Waivers = joined(now, run.Waivers)
	return tellRest(std, run)
}

// joined are the waivers of a file and those of a run that the file does not have, from wherever the run took them.
func joined(file, run []result.Waiver) []result.Waiver {
	all := slices.Clone(file)
	for _, w := range run {
		if !slices.ContainsFunc(file, func(other result.Waiver) bool { return other.String() == w.String() }) {
			all = append(all, w)
		}
	}
	return all
}

// check looks at what the flags' types cannot say.
func (c *waiveCmd) check(now time.Time) error {
	for _, flag := range [][2]string{{"--owner", c.Owner}, {"--issue", c.Issue}, {"--reason", c.Reason}} {
		if strings.TrimSpace(flag[1]) == "" {
			return failure{exitUsage, flag[0] + " is blank: it must be known who answers for what is accepted, and why"}
		}
	}
	if _, err := time.Parse(time.DateOnly, c.Expires); err != nil {
		return failure{exitUsage, fmt.Sprintf("--expires: %q is no date; write the last day on which the waivers hold, such as %s", c.Expires, now.AddDate(0, 3, 0).Format(time.DateOnly))}
	}
	if (result.Waiver{Expires: c.Expires}).Expired(now) {
		return failure{exitUsage, fmt.Sprintf("--expires: %s is past; write a day to come, such as %s", c.Expires, now.AddDate(0, 3, 0).Format(time.DateOnly))}
	}
	return nil
}

// baselineOf says where a baseline comes from.
func baselineOf(run result.Run) string {
	partial := ""
	if run.Filtered() {
		partial = ", of the selected specs only"
	}
	return fmt.Sprintf("Baseline of %s by %s on %s%s.", cmp.Or(run.Title, run.Source), run.Target, run.Started.UTC().Format(time.DateOnly), partial)
}

// tell says what was written.
func (c *waiveCmd) tell(std streams, groups []waiver.Group) {
	specs := 0
	for _, g := range groups {
		specs += len(g.Subjects)
	}
	if len(groups) == 0 {
		fmt.Fprintf(std.out, "nothing to waive: nothing was written to %s\n", c.Out)
		return
	}
	fmt.Fprintf(std.out, "%s: %s of %s added, until %s (%s, %s)\n", c.Out, count(len(groups), "waiver"), count(specs, "failure"), c.Expires, c.Owner, c.Issue)
	for _, g := range groups {
		fmt.Fprintf(std.out, "   %s\n", report.OneLine(fmt.Sprintf("%s: %s (%s)", g.Check, g.Cause, g.Extent())))
	}
}

// tellRest names what stays red with the waivers: somebody has to mend it.
func tellRest(std streams, run result.Run) error {
	red := 0
	var texts []string
	index, more := map[string]int{}, map[string]int{}
	for _, r := range run.Complete() {
		if !r.Status.Red() {
			continue
		}
		red++
		key := strings.Join([]string{r.Check, r.Cause, r.BlockedBy}, "\x00")
		if _, ok := index[key]; ok {
			more[key]++
			continue
		}
		index[key] = len(texts)
		texts = append(texts, report.OneLine(fmt.Sprintf("%s: %s", r.Key(), whyNot(r))))
	}
	if red == 0 {
		return nil
	}
	for key, n := range more {
		texts[index[key]] += fmt.Sprintf(" (and %d more)", n)
	}
	fmt.Fprintf(std.out, "stays red: %s\n   %s\n", count(red, "result"), strings.Join(texts, "\n   "))
	return failure{code: exitProblems}
}

// whyNot says why no waiver accepts r.
func whyNot(r result.Result) string {
	switch {
	case r.Check == result.WaiversCheck:
		return r.Summary
	case r.Lapsed != nil:
		return "its waiver " + r.Lapsed.Lapse()
	case r.Status == result.Error:
		return "the harness could not judge: " + r.Summary
	case r.Status == result.Blocked:
		return "blocked by " + r.BlockedBy
	}
	return "everything hangs on it, so mend it first: " + r.Summary
}
