package report

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math/rand"
	"regexp"
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
	seen := map[result.Verdict]int{}
	for i := range 500 {
		run := randomRun(rng)
		seen[run.Verdict()]++
		if err := agree(run); err != nil {
			t.Fatalf("run %d of seed %d: %v", i, seed, err)
		}
	}
	for _, v := range []result.Verdict{result.Healthy, result.Critical, result.SelfTest, result.Partial, result.Void} {
		if seen[v] < 5 {
			t.Errorf("only %d random runs were %s: the test proves nothing of it", seen[v], v)
		}
	}
	t.Logf("verdicts: %v", seen)
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
	statuses := regexp.MustCompile(`(?m)^OVERALL STATUS: ([A-Z -]+) - `).FindAllStringSubmatch(console.String(), -1)
	if len(statuses) != 1 || statuses[0][1] != string(verdict) {
		return fmt.Errorf("verdict %q, but the console says %q", verdict, statuses)
	}
	if (verdict == result.Critical || verdict == result.Void) != (exit != 0) {
		return fmt.Errorf("verdict %q with exit code %d", verdict, exit)
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
	return countsInJUnit(suites, run)
}

// agreeOnGitHub holds the job summary and the annotations against the model.
func agreeOnGitHub(run result.Run) error {
	var page, log bytes.Buffer
	if err := Markdown(&page, run); err != nil {
		return err
	}
	title, rest, _ := strings.Cut(page.String(), "\n")
	if !strings.HasSuffix(title, ": "+string(run.Verdict())) {
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
