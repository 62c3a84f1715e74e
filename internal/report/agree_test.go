package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/rand"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/result"
)

// TestReportsAgree proves that the exit code, JUnit, JSON and the console say the same of any run.
func TestReportsAgree(t *testing.T) {
	const seed = 20260704
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewSource(seed))
	seen, about := map[result.Verdict]int{}, map[string]int{}
	for i := range 500 {
		run := randomRun(rng)
		seen[run.Verdict()]++
		if run.Headline() != string(run.Verdict()) {
			about["healthy for some objects"]++
		}
		if run.Verdict() == result.Healthy && run.Count()[result.Waived] > 0 {
			about["healthy but for what is waived"]++
		}
		for _, r := range run.Complete() {
			if r.Was != "" {
				about["waived "+string(r.Was)]++
			}
			if r.Lapsed != nil {
				about["lapsed"]++
			}
			if lacks(r) {
				about["lacking "+string(r.Status)]++
			}
			if r.Check == result.WaiversCheck {
				about[r.Cause]++
			}
		}
		if err := agree(run); err != nil {
			t.Fatalf("run %d of seed %d: %v", i, seed, err)
		}
	}
	for _, v := range []result.Verdict{result.Healthy, result.Critical, result.SelfTest, result.Partial, result.Void} {
		if seen[v] < 5 {
			t.Errorf("only %d random runs were %s: the test proves nothing of it", seen[v], v)
		}
	}
	for _, what := range []string{"healthy for some objects", "healthy but for what is waived", "waived fail", "waived blocked", "lapsed", "lacking fail", "lacking waived",
		result.WaiverUnmatched, result.WaiverHealed} {
		if about[what] < 5 {
			t.Errorf("only %d times %s: the test proves nothing of it", about[what], what)
		}
	}
	t.Logf("verdicts: %v, %v", seen, about)
}

// agree compares all reports of one run.
func agree(run result.Run) error {
	suites, err := parsedJUnit(run)
	if err != nil {
		return err
	}
	var doc Document
	var buf bytes.Buffer
	if err := JSON(&buf, run); err != nil {
		return err
	}
	if err := json.Unmarshal(buf.Bytes(), &doc); err != nil {
		return err
	}
	var console bytes.Buffer
	if err := Summary(&console, run, SummaryOptions{Rerun: result.Result.Key}); err != nil {
		return err
	}
	if !bytes.Equal(console.Bytes(), []byte(clean(console.String()))) {
		return fmt.Errorf("the console has control characters: %q", console.String())
	}

	exit, verdict, counts := run.ExitCode(), run.Verdict(), run.Count()
	readBack := doc.Run.Count()
	if got := suites.Failures+suites.Errors > 0; got != (exit != 0) {
		return fmt.Errorf("exit code %d, but JUnit has %d failures and %d errors", exit, suites.Failures, suites.Errors)
	}
	statuses := regexp.MustCompile(`(?m)^OVERALL STATUS: (.+?) - `).FindAllStringSubmatch(console.String(), -1)
	if len(statuses) != 1 || statuses[0][1] != run.Headline() || !strings.HasPrefix(run.Headline(), string(verdict)) {
		return fmt.Errorf("verdict %q, but the console says %q", verdict, statuses)
	}
	if (verdict == result.Healthy && len(run.Excluded) > 0) != strings.Contains(run.Headline(), covered(run)+" objects") {
		return fmt.Errorf("%d of %d objects are excluded, and the verdict is %q", len(run.Excluded), run.Objects, run.Headline())
	}
	if (verdict == result.Critical || verdict == result.Void) != (exit != 0) {
		return fmt.Errorf("verdict %q with exit code %d", verdict, exit)
	}
	if doc.Headline != run.Headline() || !slices.Equal(doc.Remarks, doc.Run.Remarks()) ||
		!slices.EqualFunc(doc.Remarks, run.Remarks(), func(a, b string) bool { return clean(a) == clean(b) }) {
		return fmt.Errorf("JSON says %q with %q, not %q with %q", doc.Headline, doc.Remarks, run.Headline(), run.Remarks())
	}
	if doc.Verdict != verdict || doc.ExitCode != exit {
		return fmt.Errorf("JSON says %q and %d, not %q and %d", doc.Verdict, doc.ExitCode, verdict, exit)
	}
	if doc.Run.ExitCode() != exit || doc.Run.Verdict() != verdict {
		return fmt.Errorf("read back from JSON the run is %q, not %q", doc.Run.Verdict(), verdict)
	}
	for _, s := range result.Statuses() {
		if doc.Counts[s] != counts[s] || readBack[s] != counts[s] {
			return fmt.Errorf("JSON counts %v, not %v", doc.Counts, counts)
		}
	}
	if err := agreeOnGitHub(run); err != nil {
		return err
	}
	if err := countsInConsole(console.String(), counts); err != nil {
		return err
	}
	if err := agreeOnScope(run, console.String(), suites, doc); err != nil {
		return err
	}
	if err := agreeOnLacks(run, console.String(), doc); err != nil {
		return err
	}
	if err := agreeOnWaivers(run, console.String(), suites, doc); err != nil {
		return err
	}
	return countsInJUnit(suites, run)
}

// agreeOnGitHub holds the job summary and the annotations against the model.
func agreeOnGitHub(run result.Run) error {
	var page, log bytes.Buffer
	if err := Markdown(&page, run); err != nil {
		return err
	}
	title, rest, _ := strings.Cut(page.String(), "\n")
	if !strings.HasSuffix(title, ": "+run.Headline()) {
		return fmt.Errorf("verdict %q, but the job summary begins %q", run.Verdict(), title)
	}
	if n := strings.Count(rest, "\n- Results: "+tally(run.Count())+"\n"); n != 1 {
		return fmt.Errorf("the job summary has %d times %q:\n%s", n, tally(run.Count()), rest)
	}
	if page.Len() > 64<<10 {
		return fmt.Errorf("the job summary has %d bytes", page.Len())
	}
	if err := Annotations(&log, run); err != nil {
		return err
	}
	if got := log.Len() > 0; got != (run.ExitCode() != 0) {
		return fmt.Errorf("exit code %d, but the annotations are\n%s", run.ExitCode(), log.String())
	}
	lines := strings.SplitAfter(log.String(), "\n")
	if len(lines)-1 > annotated || lines[len(lines)-1] != "" {
		return fmt.Errorf("%d annotations:\n%s", len(lines)-1, log.String())
	}
	for _, line := range lines[:len(lines)-1] {
		if !regexp.MustCompile(`^::error title=([^%:,\r\n]|%3A|%2C|%25)+::([^%\r\n]|%0A|%25)+\n$`).MatchString(line) {
			return fmt.Errorf("GitHub reads %q as something else", line)
		}
	}
	return nil
}

// agreeOnScope holds what the target is not held to, and does not have, against the model: everywhere by name and with why.
func agreeOnScope(run result.Run, console string, suites JUnitSuites, doc Document) error {
	var page bytes.Buffer
	if err := Markdown(&page, run); err != nil {
		return err
	}
	objects := "\nObjects:    " + covered(run) + "\n"
	if got := strings.Contains(console, objects); got != (len(run.Excluded) > 0) {
		return fmt.Errorf("with %d objects excluded the console has %q: %v", len(run.Excluded), objects, got)
	}
	properties := map[string]string{}
	for _, p := range suites.Suites[0].Properties {
		properties[p.Name] = p.Value
	}
	for _, part := range []struct {
		heading, property string
		n                 int
		all               []reason
	}{{"Excluded: " + plural(len(run.Excluded), "object"), "excluded.", len(run.Excluded), excluded(run)},
		{"Lacks: " + plural(len(run.Lacks), "notion"), "lacks.", len(run.Lacks), lacking(run)}} {
		for where, text := range map[string]string{"console": console, "job summary": page.String()} {
			if got := strings.Count(text, "\n"+part.heading+"\n"); got != min(part.n, 1) {
				return fmt.Errorf("the %s has %d times %q:\n%s", where, got, part.heading, text)
			}
		}
		names := 0
		for _, r := range part.all {
			if !strings.Contains(console, "\n   "+shorten(r.String())+"\n") || !strings.Contains(page.String(), "\n- "+inMarkdown(r.String())+"\n") {
				return fmt.Errorf("the console or the job summary lacks %q:\n%s\n%s", r, console, page.String())
			}
			for _, name := range r.names {
				names++
				if properties[part.property+name] != r.why {
					return fmt.Errorf("JUnit says of %s%s %q, not %q", part.property, name, properties[part.property+name], r.why)
				}
			}
		}
		if names != part.n {
			return fmt.Errorf("%d of %d %s are told", names, part.n, part.property)
		}
	}
	if len(doc.Run.Excluded) != len(run.Excluded) || len(doc.Run.Lacks) != len(run.Lacks) || doc.Run.Objects != run.Objects {
		return fmt.Errorf("JSON has %v and %v, not %v and %v", doc.Run.Excluded, doc.Run.Lacks, run.Excluded, run.Lacks)
	}
	return nil
}

// agreeOnLacks: for one notion and one waiver the console has one line, whose specs are counted; JSON has them all.
func agreeOnLacks(run result.Run, console string, doc Document) error {
	want, told, lines := 0, 0, map[string]bool{}
	for i, r := range run.Complete() {
		if doc.Run.Results[i].Lacks != strings.ToValidUTF8(r.Lacks, "\uFFFD") {
			return fmt.Errorf("%s lacks %q, in JSON %q", r.Key(), r.Lacks, doc.Run.Results[i].Lacks)
		}
		if lacks(r) {
			want++
			lines[fmt.Sprint(r.Status, r.Lacks, accepted(r))] = true
		}
	}
	found := regexp.MustCompile(`(?m)^   .* \((\d+) specs? of phase/check-`).FindAllStringSubmatch(console, -1)
	for _, line := range found {
		n, _ := strconv.Atoi(line[1])
		told += n
	}
	if told != want || len(found) != len(lines) {
		return fmt.Errorf("%d specs lack something, in %d ways; the console has %d in %d lines:\n%s", want, len(lines), told, len(found), console)
	}
	return nil
}

// agreeOnWaivers: of each waived result, and of each whose waiver expired, everything says who answers for it and until
// when; what was kept of a spec is named with it.
func agreeOnWaivers(run result.Run, console string, suites JUnitSuites, doc Document) error {
	cases := map[string]JUnitCase{}
	for _, suite := range suites.Suites {
		for _, c := range suite.Cases {
			cases[c.Name] = c
		}
	}
	var page bytes.Buffer
	if err := Markdown(&page, run); err != nil {
		return err
	}
	facts := func(c JUnitCase) map[string]string {
		all := map[string]string{}
		if c.Properties != nil {
			for _, p := range c.Properties.List {
				all[p.Name] = p.Value
			}
		}
		return all
	}
	all := run.Complete()
	few := run.Count()[result.Waived] <= listedCauses
	for i, r := range all {
		c := cases[oneLine(r.Key())]
		has := facts(c)
		if has["artifacts"] != oneLine(r.Artifacts) {
			return fmt.Errorf("%s: JUnit has kept %q, not %q", r.Key(), has["artifacts"], oneLine(r.Artifacts))
		}
		read := doc.Run.Results[i]
		if (r.Status == result.Waived) != (r.WaivedBy != nil) || (r.WaivedBy == nil) != (read.WaivedBy == nil) || (r.Lapsed == nil) != (read.Lapsed == nil) {
			return fmt.Errorf("%s is %s by %v, in JSON by %v", r.Key(), r.Status, r.WaivedBy, read.WaivedBy)
		}
		for name, w := range map[string]*result.Waiver{"waiver": r.WaivedBy, "lapsed": r.Lapsed} {
			want := [3]string{}
			if w != nil {
				want = [3]string{oneLine(w.Owner), oneLine(w.Issue), w.Expires}
			}
			if got := [3]string{has[name+".owner"], has[name+".issue"], has[name+".expires"]}; got != want {
				return fmt.Errorf("%s: JUnit has the %s %q, not %q", r.Key(), name, got, want)
			}
		}
		if text := acceptance(r); text != "" {
			if !strings.HasSuffix(c.Skipped.Message, text) || !strings.Contains(console, "      waived:   "+text+"\n") {
				return fmt.Errorf("%s: %q is not in %q or not in the console", r.Key(), text, c.Skipped.Message)
			}
			if few && !strings.Contains(page.String(), inMarkdown(text)) {
				return fmt.Errorf("%s: %q is not in the job summary:\n%s", r.Key(), text, page.String())
			}
		}
		if text := lapse(r); text != "" && !strings.Contains(console, "      waiver:   "+text+"\n") {
			return fmt.Errorf("%s: %q is not in the console:\n%s", r.Key(), text, console)
		}
	}
	for _, remark := range run.Remarks() {
		if !strings.Contains(console, "\n   "+oneLine(remark)+"\n") {
			return fmt.Errorf("the console lacks %q", remark)
		}
	}
	return nil
}

// countsInConsole compares the counts at the heads of the summary's sections.
func countsInConsole(console string, counts map[result.Status]int) error {
	for title, want := range map[string]int{
		"Successes": counts[result.Pass], "Warnings": counts[result.Warning],
		"Issues": counts[result.Fail] + counts[result.Error], "Blocked": counts[result.Blocked],
		"Unproven": counts[result.Unproven], "Waived": counts[result.Waived],
		"Not applicable": counts[result.NotApplicable],
	} {
		found := regexp.MustCompile(`(?m)^`+title+`: ([\d,]+)$`).FindAllStringSubmatch(console, -1)
		got := 0
		if len(found) > 0 {
			got, _ = strconv.Atoi(strings.ReplaceAll(found[0][1], ",", ""))
		}
		if got != want || len(found) > 1 {
			return fmt.Errorf("the console has %d %s (%q), not %d", got, title, found, want)
		}
	}
	return nil
}

// countsInJUnit compares the attributes with the cases, and the cases with the model.
func countsInJUnit(doc JUnitSuites, run result.Run) error {
	var all, sums, fromCases [4]int
	all = [4]int{doc.Tests, doc.Failures, doc.Errors, doc.Skipped}
	names := map[string]bool{}
	counts := run.Count()
	for _, suite := range doc.Suites {
		for i, n := range [4]int{suite.Tests, suite.Failures, suite.Errors, suite.Skipped} {
			sums[i] += n
		}
		for _, c := range suite.Cases {
			fromCases[0]++
			for i, m := range []*JUnitMessage{c.Failure, c.Error, c.Skipped} {
				if m != nil {
					fromCases[i+1]++
				}
			}
			if names[c.ClassName+" "+c.Name] {
				return fmt.Errorf("two cases are named %s", c.Name)
			}
			names[c.ClassName+" "+c.Name] = true
		}
		for _, p := range suite.Properties {
			if status, ok := strings.CutPrefix(p.Name, "count."); ok {
				if want := strconv.Itoa(counts[result.Status(status)]); p.Value != want {
					return fmt.Errorf("property %s is %s, not %s", p.Name, p.Value, want)
				}
			}
		}
	}
	if all != sums || all != fromCases {
		return fmt.Errorf("JUnit counts %v at the root, %v in suites, %v in cases", all, sums, fromCases)
	}
	lost := 0
	roots := rootsOf(run.Complete())
	for _, r := range run.Complete() {
		if _, ok := roots.of(r); r.Status == result.Blocked && !ok {
			lost++
		}
	}
	void := 0
	if run.Verdict() == result.Void {
		void = 1
	}
	want := [4]int{
		len(run.Complete()) + void, counts[result.Fail] + counts[result.Unproven], counts[result.Error] + lost + void,
		counts[result.NotApplicable] + counts[result.Waived] + counts[result.Blocked] - lost,
	}
	if all != want {
		return fmt.Errorf("JUnit counts %v, the model %v", all, want)
	}
	return nil
}

// parsedJUnit renders run and reads it back.
func parsedJUnit(run result.Run) (JUnitSuites, error) {
	var buf bytes.Buffer
	if err := JUnit(&buf, run); err != nil {
		return JUnitSuites{}, err
	}
	var doc JUnitSuites
	if err := xml.Unmarshal(buf.Bytes(), &doc); err != nil {
		return doc, fmt.Errorf("%w in\n%s", err, buf.String())
	}
	return doc, nil
}
