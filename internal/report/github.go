package report

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/syncspec/syncspec/internal/result"
)

// GitHub tells GitHub Actions of run where the environment says that it is what runs this: annotations, which are commands
// in the log w, and a summary on the job's page. Neither needs a right to write. Elsewhere it does nothing.
func GitHub(w io.Writer, run result.Run, getenv func(string) string) error {
	if getenv("GITHUB_ACTIONS") != "true" {
		return nil
	}
	if err := Annotations(w, run); err != nil {
		return err
	}
	path := getenv("GITHUB_STEP_SUMMARY")
	if path == "" {
		return nil
	}
	// Appended: the step may have something else to say on its page.
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o644)
	if err != nil {
		return explain("the job summary cannot be opened", err)
	}
	if err := errors.Join(Markdown(file, run), file.Close()); err != nil {
		return explain("the job summary cannot be written", err)
	}
	return nil
}

// annotated is how many errors of one step GitHub shows; it drops the rest.
const annotated = 10

// Annotations writes one error per cause as a command of GitHub's log, the causes first that block most. There is one
// exactly where the run's exit code is not 0.
func Annotations(w io.Writer, run result.Run) error {
	var lines []string
	source := oneLine(run.Source)
	if run.Verdict() == result.Void {
		nothing := nothingExecuted(run)
		lines = append(lines, annotation(source+" "+nothing.Cause, nothing.Summary+"\n"+nothing.Remedy))
	}
	causes := causesOf(run, run.Complete())
	for i, c := range causes {
		if left := len(causes) - i; len(lines) == annotated-1 && left > 1 {
			lines = append(lines, annotation(source+" and more", fmt.Sprintf("%d more causes: see the summary and %s", left, JUnitFile)))
			break
		}
		lines = append(lines, annotation(source+" "+c.title(), c.text()))
	}
	_, err := io.WriteString(w, strings.Join(lines, ""))
	return err
}

// text is a cause as an annotation tells it.
func (c cause) text() string {
	r := c.results[0]
	lines := []string{oneLine(r.Key()) + ": " + shorten(c.summary())}
	add := func(name, text string) {
		if text = oneLine(text); text != "" {
			lines = append(lines, name+": "+shorten(text))
		}
	}
	add("expected", r.Expected)
	add("seen", r.Actual)
	add("remedy", r.Remedy)
	add("waiver", lapse(r))
	add("kept in", r.Artifacts)
	if more := len(c.results) - 1; more > 0 {
		lines = append(lines, plural(more, "more spec")+" for the same cause")
	}
	if c.blocks > 0 {
		lines = append(lines, "blocks "+plural(c.blocks, "other spec"))
	}
	return strings.Join(lines, "\n")
}

// inCommand and inProperty escape what GitHub's log commands give a meaning to.
var (
	inCommand  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	inProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// annotation writes one error as a command, on a line of its own.
func annotation(title, text string) string {
	return fmt.Sprintf("::error title=%s::%s\n", inProperty.Replace(oneLine(title)), inCommand.Replace(clean(text)))
}

// shorten bounds a line that others have to find their way past.
func shorten(line string) string {
	const most = 300
	runes := []rune(line)
	if len(runes) <= most {
		return line
	}
	return string(runes[:most]) + "…"
}
