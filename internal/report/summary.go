package report

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/result"
)

const (
	// shown is how many subjects with one and the same cause are listed before the rest is only counted.
	shown = 5
	// shownText is how much of one value the console shows; the JSON has it all.
	shownText = 600
)

// SummaryOptions says how the console summary is written.
type SummaryOptions struct {
	// Color adds ANSI colours.
	Color bool
	// Rerun returns the command that runs the one spec of a result again, or "" where there is none. It may be nil.
	Rerun func(result.Result) string
	// Folder is where the reports are, for the last lines; "" leaves them out.
	Folder string
}

// Summary writes the SOP's verification summary of run: what a person reads at the end.
func Summary(w io.Writer, run result.Run, opts SummaryOptions) error {
	s := summary{run: run, opts: opts, results: run.Complete(), byStatus: map[result.Status][]result.Result{}}
	for _, r := range s.results {
		s.byStatus[r.Status] = append(s.byStatus[r.Status], r)
	}
	s.roots = rootsOf(s.results)
	s.banner(strings.ToUpper(oneLine(run.Source)) + " DATA INTEGRITY VERIFICATION")
	s.header()
	s.banner("VERIFICATION SUMMARY")
	s.successes()
	s.listed(result.Warning, "Warnings", yellow)
	s.issues()
	s.blocked()
	s.listed(result.Unproven, "Unproven", red)
	s.listed(result.Waived, "Waived", yellow)
	s.listed(result.NotApplicable, "Not applicable", plain)
	s.reasons("Excluded", len(run.Excluded), "object", excluded(run))
	s.reasons("Lacks", len(run.Lacks), "notion", lacking(run))
	s.metrics()
	s.notes()
	s.overall()
	_, err := io.WriteString(w, s.text.String())
	return err
}

// summary is a summary while it is written.
type summary struct {
	run      result.Run
	opts     SummaryOptions
	results  []result.Result
	byStatus map[result.Status][]result.Result
	roots    roots
	text     strings.Builder
}

// color is an ANSI code.
type color string

const (
	plain  color = ""
	red    color = "31"
	green  color = "32"
	yellow color = "33"
)

// paint colours text if colours are wanted.
func (s *summary) paint(c color, text string) string {
	if !s.opts.Color || c == plain {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}

// printf writes one line.
func (s *summary) printf(format string, args ...any) {
	fmt.Fprintf(&s.text, format+"\n", args...)
}

// banner writes a heading as the SOP's script has it.
func (s *summary) banner(title string) {
	rule := strings.Repeat("=", 80)
	s.printf("\n%s\n %s\n%s\n", rule, title, rule)
}

// header says under which conditions the results hold.
func (s *summary) header() {
	fact := func(name, text string) {
		if text = oneLine(text); text != "" {
			s.printf("%-12s%s", name+":", text)
		}
	}
	fact("Source", s.run.Title+" ("+s.run.Source+")")
	fact("Target", s.target())
	fact("Mode", modes(s.run))
	fact("Provenance", s.run.Provenance)
	if len(s.run.Excluded) > 0 {
		fact("Objects", covered(s.run))
	}
	if !s.run.Started.IsZero() {
		fact("Ran", fmt.Sprintf("%s, %.1f s, seed %d",
			s.run.Started.UTC().Format("2006-01-02 15:04:05 UTC"), s.run.Seconds, s.run.Seed))
	} else {
		fact("Seed", fmt.Sprint(s.run.Seed))
	}
	if s.run.Filtered() {
		fact("Filter", s.extent())
	}
}

// target names the target, and that it is the reference if it is.
func (s *summary) target() string {
	if s.run.SelfTest {
		return s.run.Target + " (the bundled reference)"
	}
	return s.run.Target
}

// extent says how much of the plan ran.
func (s *summary) extent() string {
	selected := map[string]bool{}
	for _, key := range s.run.Selected {
		selected[key] = true
	}
	planned, left := map[string]bool{}, 0
	for _, p := range s.run.Planned {
		if !planned[p.Key()] && !selected[p.Key()] {
			left++
		}
		planned[p.Key()] = true
	}
	return fmt.Sprintf("left out %s of %s planned specs", thousands(left), thousands(len(planned)))
}

// successes writes one line per check, for nobody reads hundreds of green ones.
func (s *summary) successes() {
	passed := s.byStatus[result.Pass]
	s.printf("%s", s.paint(green, "Successes: "+thousands(len(passed))))
	for _, group := range groupBy(passed, func(r result.Result) string { return r.Check }) {
		checked := 0
		for _, r := range group {
			checked += r.Checked
		}
		weight := ""
		if checked > 0 {
			weight = ", " + thousands(checked) + " checked"
		}
		s.printf("   %s: %s%s", oneLine(group[0].Check), plural(len(group), "subject"), weight)
	}
}

// listed writes the results of one status, those with the same check and cause together.
func (s *summary) listed(status result.Status, title string, c color) {
	results := s.byStatus[status]
	if len(results) == 0 {
		return
	}
	s.printf("\n%s", s.paint(c, title+": "+thousands(len(results))))
	lacking, rest := apart(results)
	s.lacking(lacking, nil)
	for _, group := range groupBy(rest, terms) {
		first := group[0]
		s.printf("   %s: %s (%s)%s", oneLine(first.Check), summaryOf(first), subjects(group), otherMode(s.run, first))
		s.fact("waived", acceptance(first))
		s.fact("waiver", lapse(first))
		s.fact("kept in", s.kept(first))
		// Only what is red needs an answer here; the rest is for information.
		if status.Red() && first.Remedy != "" {
			s.printf("      remedy:   %s", s.value(first.Remedy))
		}
	}
}

// lacking writes a line for each notion that the target lacks. What is the same for several in a row stands below them once.
func (s *summary) lacking(groups [][]result.Result, blocks map[string]int) {
	for i, group := range groups {
		s.printf("   %s (%s)", notion(s.run, group), specsOf(group))
		s.blocks(group, blocks)
		first := group[0]
		if i+1 < len(groups) && accepted(groups[i+1][0]) == accepted(first) {
			continue
		}
		s.fact("waived", acceptance(first))
		s.fact("waiver", lapse(first))
		if first.Status.Red() && first.Remedy != "" {
			s.printf("      remedy:   %s", s.value(first.Remedy))
		}
	}
}

// blocks writes how many other specs a group keeps from being judged.
func (s *summary) blocks(group []result.Result, blocks map[string]int) {
	if n := weight(group, blocks); n > 0 {
		s.printf("      blocks:   %s", plural(n, "other spec"))
	}
}

// weight is how many other specs a group keeps from being judged; blocks says it of each result.
func weight(group []result.Result, blocks map[string]int) (n int) {
	for _, r := range group {
		n += blocks[r.Key()]
	}
	return n
}

// terms groups results that say the same of different subjects, and are accepted on the same terms.
func terms(r result.Result) string { return checkAndCause(r) + "\x00" + accepted(r) }

// fact writes what else there is to say of a result, if there is anything.
func (s *summary) fact(name, text string) {
	if text != "" {
		s.printf("      %-9s %s", name+":", text)
	}
}

// kept is the folder with what was kept of r, from where the reports are.
func (s *summary) kept(r result.Result) string {
	if r.Artifacts == "" {
		return ""
	}
	return oneLine(filepath.Join(s.opts.Folder, r.Artifacts))
}

// reasons writes what the target is not held to, or does not have, and why.
func (s *summary) reasons(title string, n int, noun string, all []reason) {
	if n == 0 {
		return
	}
	s.printf("\n%s: %s", title, plural(n, noun))
	for _, r := range all {
		s.printf("   %s", shorten(r.String()))
	}
}

// checkAndCause groups results that say the same of different subjects.
func checkAndCause(r result.Result) string { return r.Check + "\x00" + causeOf(r) }

// subjects lists the first few subjects of a group.
func subjects(group []result.Result) string {
	var names []string
	for _, r := range group {
		names = append(names, oneLine(r.Subject))
	}
	return strings.Join(few(names), ", ")
}

// issues writes failures and errors, those first that keep most others from running, and last what the target lacks.
func (s *summary) issues() {
	var found, unfinished []result.Result
	for _, r := range s.results {
		switch {
		case r.Cause == result.NotCompleted:
			unfinished = append(unfinished, r)
			found = append(found, r)
		case r.Status == result.Fail || r.Status == result.Error:
			found = append(found, r)
		}
	}
	if len(found) == 0 {
		if s.run.Verdict() != result.Critical && s.run.Verdict() != result.Void {
			s.printf("\n%s", s.paint(green, "NO CRITICAL ISSUES FOUND!"))
		}
		return
	}
	blocks := s.blockedBy()
	finished := slices.DeleteFunc(slices.Clone(found), func(r result.Result) bool { return r.Cause == result.NotCompleted })
	lacking, rest := apart(finished)
	groups := groupBy(rest, checkAndCause)
	slices.SortStableFunc(groups, func(a, b []result.Result) int { return weight(b, blocks) - weight(a, blocks) })
	s.printf("\n%s", s.paint(red, "Issues: "+thousands(len(found))))
	for _, group := range groups {
		for _, r := range group[:min(len(group), shown)] {
			s.issue(r)
		}
		if more := len(group) - shown; more > 0 {
			s.printf("   %s: and %s more with cause %s", oneLine(group[0].Check), thousands(more), causeOf(group[0]))
		}
		if remedy := group[0].Remedy; remedy != "" {
			s.printf("      remedy:   %s", s.value(remedy))
		}
		s.blocks(group, blocks)
	}
	s.lacking(lacking, blocks)
	if len(unfinished) > 0 { // one thing to look at, however many checks it cut short
		s.printf("   %s did not complete: %s", plural(len(unfinished), "spec"), keys(unfinished))
		s.printf("      remedy:   %s", s.value(unfinished[0].Remedy))
	}
}

// keys lists the first few keys of results.
func keys(results []result.Result) string {
	var names []string
	for _, r := range results {
		names = append(names, oneLine(r.Key()))
	}
	return strings.Join(few(names), ", ")
}

// issue writes one failure or error.
func (s *summary) issue(r result.Result) {
	s.printf("   %s: %s%s: %s%s", oneLine(r.Key()), whose(r), causeOf(r), summaryOf(r), otherMode(s.run, r))
	if r.Expected != "" {
		s.printf("      expected: %s", s.value(r.Expected))
	}
	if r.Actual != "" {
		s.printf("      seen:     %s", s.value(r.Actual))
	}
	if command := byHand(r); command != "" {
		s.printf("      by hand:  %s", command)
	}
	if s.opts.Rerun != nil {
		if command := oneLine(s.opts.Rerun(r)); command != "" {
			s.printf("      again:    %s", command)
		}
	}
	s.fact("waiver", lapse(r))
	s.fact("kept in", s.kept(r))
}

// value is text as a value in the list: shortened, further lines indented, so that none can pose as a line of ours.
func (s *summary) value(text string) string {
	return indent(cut(strings.TrimSpace(clean(text)), shownText), strings.Repeat(" ", 16))
}

// blockedBy counts the blocked results by the key of what holds their cause.
func (s *summary) blockedBy() map[string]int {
	n := map[string]int{}
	for _, r := range s.byStatus[result.Blocked] {
		if root, ok := s.roots.of(r); ok {
			n[root.Key()]++
		}
	}
	return n
}

// blocked writes how many results each cause keeps from being known.
func (s *summary) blocked() {
	results := s.byStatus[result.Blocked]
	if len(results) == 0 {
		return
	}
	s.printf("\n%s", s.paint(red, "Blocked: "+thousands(len(results))))
	for _, group := range groupBy(results, func(r result.Result) string { return s.cause(r) }) {
		s.printf("   %s blocked by %s", thousands(len(group)), s.cause(group[0]))
	}
}

// cause names what blocks r.
func (s *summary) cause(r result.Result) string {
	if root, ok := s.roots.of(r); ok {
		return oneLine(root.Key())
	}
	return fmt.Sprintf("%q, which holds no cause in this run", oneLine(r.BlockedBy))
}

// metrics writes the SOP's success metrics.
func (s *summary) metrics() {
	metrics := Metrics(s.run)
	if len(metrics) == 0 {
		return
	}
	title := "Metrics"
	if s.run.Filtered() {
		title = "Metrics, of the selected specs only"
	}
	s.printf("\n%s:", title)
	for _, m := range metrics {
		s.printf("   %s", m)
	}
}

// notes writes the facts about the run.
func (s *summary) notes() {
	notes := notesOf(s.run)
	if len(notes) == 0 {
		return
	}
	s.printf("\nNotes:")
	for _, note := range notes {
		s.printf("   %s", oneLine(note))
	}
}

// overall writes the verdict, and of whom it is true.
func (s *summary) overall() {
	verdict := s.run.Verdict()
	c := red
	switch verdict {
	case result.Healthy, result.SelfTest:
		c = green
	case result.Partial:
		c = yellow
	}
	s.printf("\n%s", s.paint(c, fmt.Sprintf("OVERALL STATUS: %s - %s", s.run.Headline(), verified(s.run))))
	s.printf("Target: %s, mode: %s, source: %s", oneLine(s.target()), modes(s.run), oneLine(s.run.Source))
	if s.opts.Folder != "" {
		s.printf("Reports: %s", oneLine(s.opts.Folder))
	}
}
