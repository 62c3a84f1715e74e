package report

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/result"
)

// env makes a getenv of pairs.
func env(pairs ...string) func(string) string {
	return func(name string) string {
		for _, p := range pairs {
			if value, ok := strings.CutPrefix(p, name+"="); ok {
				return value
			}
		}
		return ""
	}
}

// TestGitHub: where it runs on GitHub the run is told there, after what the step said before; elsewhere nothing is.
func TestGitHub(t *testing.T) {
	page := filepath.Join(t.TempDir(), "summary.md")
	must(t, os.WriteFile(page, []byte("said before\n"), 0o644))
	var log bytes.Buffer
	for _, getenv := range []func(string) string{env(), env("GITHUB_STEP_SUMMARY=" + page), env("GITHUB_ACTIONS=false", "GITHUB_STEP_SUMMARY="+page)} {
		must(t, GitHub(&log, sampleRun(), getenv))
	}
	if text, err := os.ReadFile(page); err != nil || string(text) != "said before\n" || log.Len() != 0 {
		t.Errorf("not on GitHub, and yet: %q, %q, %v", text, log.String(), err)
	}

	must(t, GitHub(&log, sampleRun(), env("GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+page)))
	must(t, GitHub(&log, greenRun(), env("GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+page)))
	text, err := os.ReadFile(page)
	must(t, err)
	var want, annotations bytes.Buffer
	must(t, Markdown(&want, sampleRun()))
	must(t, Markdown(&want, greenRun()))
	must(t, Annotations(&annotations, sampleRun()))
	if string(text) != "said before\n"+want.String() || log.String() != annotations.String() {
		t.Errorf("the page is\n%s\nand the log\n%s", text, log.String())
	}

	log.Reset()
	must(t, GitHub(&log, sampleRun(), env("GITHUB_ACTIONS=true"))) // an older runner, without a page
	if log.String() != annotations.String() {
		t.Errorf("the log is\n%s", log.String())
	}
	missing := filepath.Join(page, "no", "folder")
	if err := GitHub(&log, sampleRun(), env("GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY="+missing)); err == nil || !strings.Contains(err.Error(), "the job summary cannot be opened") {
		t.Errorf("a page that cannot be written: %v", err)
	}
}

// manyCauses is a run with that many causes, each of them of three subjects.
func manyCauses(n int) result.Run {
	run := greenRun()
	run.Planned, run.Selected, run.Results = nil, nil, nil
	for i := range n {
		for _, subject := range []string{"a", "b", "c"} {
			r := result.Result{Check: fmt.Sprintf("phase/check-%02d", i+1), Subject: subject, Level: "required", Status: result.Fail,
				Cause: "broken", Summary: strings.Repeat("so much to say, ", 100), Actual: strings.Repeat("x", 10_000)}
			run.Results = append(run.Results, r)
			run.Planned = append(run.Planned, result.Planned{Check: r.Check, Subject: r.Subject, Level: r.Level})
			run.Selected = append(run.Selected, r.Key())
		}
	}
	return run
}

// TestGitHubIsBounded: GitHub shows ten errors and drops the rest, so the tenth says that there are more.
func TestGitHubIsBounded(t *testing.T) {
	for causes, last := range map[int]string{
		1:  "title=shopify phase/check-01%3A broken::phase/check-01 [a]: so much",
		10: "title=shopify phase/check-10%3A broken::phase/check-10 [a]: so much",
		11: "title=shopify and more::2 more causes: see the summary and junit.xml",
		50: "title=shopify and more::41 more causes: see the summary and junit.xml",
	} {
		var log, page bytes.Buffer
		must(t, Annotations(&log, manyCauses(causes)))
		lines := strings.Split(strings.TrimSuffix(log.String(), "\n"), "\n")
		if len(lines) != min(causes, 10) || !strings.HasPrefix(lines[len(lines)-1], "::error "+last) {
			t.Errorf("of %d causes %d are annotated, the last is %q", causes, len(lines), lines[len(lines)-1])
		}
		must(t, Markdown(&page, manyCauses(causes)))
		if page.Len() > 32<<10 {
			t.Errorf("the page of %d causes has %d bytes", causes, page.Len())
		}
		if more := strings.Contains(page.String(), "\nAnd 30 more causes.\n"); more != (causes == 50) {
			t.Errorf("the page of %d causes:\n%s", causes, page.String())
		}
	}
}

// TestNothingPosesAsOurs: what a target says can neither end a command and begin another, nor make a heading or a link.
func TestNothingPosesAsOurs(t *testing.T) {
	run := manyCauses(1)
	for i := range run.Results {
		run.Results[i].Cause = "x,file=a.go::forged"
		run.Results[i].Summary = "100%\n::error::forged\r\n## HEALTHY <b>[link](https://example.com)</b> | x `y`"
	}
	var log, page bytes.Buffer
	must(t, Annotations(&log, run))
	want := "::error title=shopify phase/check-01%3A x%2Cfile=a.go%3A%3Aforged::phase/check-01 [a]: 100%25 ::error::forged ## HEALTHY "
	if !strings.HasPrefix(log.String(), want) || strings.Count(log.String(), "\n") != 1 {
		t.Errorf("the log is\n%s", log.String())
	}
	must(t, Markdown(&page, run))
	want = `**phase/check-01 \[a\]**: 100% ::error::forged \#\# HEALTHY &lt;b&gt;\[link\](https://example.com)&lt;/b&gt; \| x \` + "`y\\`\n"
	if !strings.Contains(page.String(), want) {
		t.Errorf("the page is\n%s\nand lacks\n%s", page.String(), want)
	}
}
