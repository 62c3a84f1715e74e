package report

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/result"
)

// Markdown writes run as the short summary that stands on a CI job's page: the verdict first, then what to look at. Its
// length is bounded whatever the run has found.
func Markdown(w io.Writer, run result.Run) error {
	var b strings.Builder
	verdict, results := run.Verdict(), run.Complete()
	fmt.Fprintf(&b, "## %s: %s\n\n", inMarkdown(cmp.Or(oneLine(run.Title), run.Source)), run.Headline())
	target := inMarkdown(run.Target)
	if run.SelfTest {
		target += " (the bundled reference: this says nothing about any other integration)"
	}
	fmt.Fprintf(&b, "- Target: %s\n- Mode: %s\n", target, inMarkdown(modes(run)))
	if run.Provenance != "" {
		fmt.Fprintf(&b, "- Provenance: %s\n", inMarkdown(run.Provenance))
	}
	if len(run.Excluded) > 0 {
		fmt.Fprintf(&b, "- Objects: %s\n", covered(run))
	}
	fmt.Fprintf(&b, "- Results: %s\n", tally(run.Count()))
	for _, remark := range run.Remarks()[:min(len(run.Remarks()), shown)] {
		fmt.Fprintf(&b, "- Waivers: %s\n", inMarkdown(remark))
	}
	if run.Filtered() {
		consequence := ""
		if verdict == result.Partial {
			consequence = ", so there is no overall verdict"
		}
		s := summary{run: run}
		fmt.Fprintf(&b, "- Filter: %s%s\n", s.extent(), consequence)
	}
	if verdict == result.Void {
		meaning := verified(run)
		fmt.Fprintf(&b, "\n%s%s.\n", strings.ToUpper(meaning[:1]), meaning[1:])
	}
	writeCauses(&b, run, causesOf(run, results))
	writeGroups(&b, run, results, result.Waived, "Waived")
	writeGroups(&b, run, results, result.NotApplicable, "Not applicable")
	writeReasons(&b, "Excluded", len(run.Excluded), "object", excluded(run))
	writeReasons(&b, "Lacks", len(run.Lacks), "notion", lacking(run))
	b.WriteString("\n") // what the step appends next is a paragraph of its own
	_, err := io.WriteString(w, b.String())
	return err
}

// tally counts the results of each status that there are, the worst first.
func tally(counts map[result.Status]int) string {
	var texts []string
	for _, s := range slices.Backward(result.Statuses()) {
		if n := counts[s]; n > 0 {
			texts = append(texts, thousands(n)+" "+statusWord(s))
		}
	}
	if texts == nil {
		return "none"
	}
	return strings.Join(texts, ", ")
}

const (
	// listedCauses is how many causes the table has, toldCauses how many are told in full below it.
	listedCauses = 20
	toldCauses   = 5
)

// writeCauses writes a table of all causes, then the first of them in full.
func writeCauses(b *strings.Builder, run result.Run, causes []cause) {
	if len(causes) == 0 {
		return
	}
	b.WriteString("\n| cause | specs | blocks | subjects |\n|---|---:|---:|---|\n")
	for _, c := range causes[:min(len(causes), listedCauses)] {
		title, about := c.title(), subjects(c.results)
		if c.lacks != "" {
			title, about = c.lacks, checksOf(c.results)
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", inMarkdown(title), thousands(len(c.results)), thousands(c.blocks), inMarkdown(about))
	}
	if more := len(causes) - listedCauses; more > 0 {
		fmt.Fprintf(b, "\nAnd %s.\n", plural(more, "more cause"))
	}
	told := slices.DeleteFunc(slices.Clone(causes), func(c cause) bool { return c.lacks != "" })
	if lacking := causes[len(told):]; len(lacking) > 0 && lacking[0].results[0].Remedy != "" {
		fmt.Fprintf(b, "\nWhat the target lacks: %s\n", inMarkdown(lacking[0].results[0].Remedy))
	}
	if len(told) > 0 {
		b.WriteString("\n### First failures\n")
	}
	for _, c := range told[:min(len(told), toldCauses)] {
		r := c.results[0]
		fmt.Fprintf(b, "\n**%s**: %s%s\n", inMarkdown(r.Key()), inMarkdown(c.summary()), otherMode(run, r))
		separate := "\n"
		fact := func(name, text string) {
			if text != "" {
				fmt.Fprintf(b, "%s- %s: %s\n", separate, name, text)
				separate = ""
			}
		}
		fact("expected", inMarkdown(r.Expected))
		fact("seen", inMarkdown(r.Actual))
		fact("remedy", inMarkdown(r.Remedy))
		fact("by hand", inCode(byHand(r)))
		fact("waiver", inMarkdown(lapse(r)))
		fact("kept in", inCode(r.Artifacts))
	}
}

// writeGroups says what is neither red nor green and why, each reason once.
func writeGroups(b *strings.Builder, run result.Run, results []result.Result, status result.Status, title string) {
	var left []result.Result
	for _, r := range results {
		if r.Status == status {
			left = append(left, r)
		}
	}
	if len(left) == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s: %s\n\n", title, thousands(len(left)))
	lacking, rest := apart(left)
	groups := slices.Concat(lacking, groupBy(rest, terms))
	for i, group := range groups[:min(len(groups), listedCauses)] {
		first := group[0]
		if i < len(lacking) {
			fmt.Fprintf(b, "- %s (%s)", inMarkdown(notion(run, group)), inMarkdown(specsOf(group)))
		} else {
			fmt.Fprintf(b, "- %s: %s (%s)", inMarkdown(first.Check), inMarkdown(summaryOf(first)), inMarkdown(subjects(group)))
		}
		if text := acceptance(first); text != "" {
			fmt.Fprintf(b, ", %s", inMarkdown(text))
		}
		if first.Artifacts != "" {
			fmt.Fprintf(b, "; kept in %s", inCode(first.Artifacts))
		}
		b.WriteString("\n")
	}
	if more := len(groups) - listedCauses; more > 0 {
		fmt.Fprintf(b, "- and %s\n", plural(more, "more reason"))
	}
}

// writeReasons says what the target is not held to, or does not have, and why.
func writeReasons(b *strings.Builder, title string, n int, noun string, all []reason) {
	if n == 0 {
		return
	}
	fmt.Fprintf(b, "\n%s: %s\n\n", title, plural(n, noun))
	for _, r := range all[:min(len(all), listedCauses)] {
		fmt.Fprintf(b, "- %s\n", inMarkdown(r.String()))
	}
	if more := len(all) - listedCauses; more > 0 {
		fmt.Fprintf(b, "- and %s\n", plural(more, "more reason"))
	}
}

// markdown escapes what has a meaning in Markdown or in the HTML that it may hold, so that no text from a target can pose
// as ours.
var markdown = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;", `\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`, "~", `\~`,
	"#", `\#`, "!", `\!`,
)

// inMarkdown is text from elsewhere on one bounded line.
func inMarkdown(text string) string { return markdown.Replace(shorten(oneLine(text))) }

// inCode is a command from elsewhere, to be copied as it is.
func inCode(text string) string {
	if text = oneLine(text); text == "" || strings.Contains(text, "`") {
		return inMarkdown(text)
	}
	return "`" + text + "`"
}
