// Command gotest runs go test with the given arguments, prints what go test prints, and names every test that was left
// out, with its reason: go test itself says nothing of those unless it says everything.
//
//	gotest -timeout 10m ./...
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
)

func main() {
	// Ctrl-C reaches go test too. Its last words are still wanted, so this process ends after it.
	signal.Notify(make(chan os.Signal, 1), os.Interrupt)
	command := exec.Command("go", append([]string{"test", "-json"}, os.Args[1:]...)...)
	command.Stderr = os.Stderr
	events, err := command.StdoutPipe()
	if err == nil {
		err = command.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "gotest:", err)
		os.Exit(2)
	}
	readErr := show(events, os.Stdout)
	if err := command.Wait(); err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() > 0 {
			os.Exit(exit.ExitCode())
		}
		fmt.Fprintln(os.Stderr, "gotest: go test:", err)
		os.Exit(2)
	}
	if readErr != nil {
		fmt.Fprintln(os.Stderr, "gotest: reading go test's events:", readErr)
		os.Exit(2)
	}
}

// event is one line of go test -json; see go doc cmd/test2json.
type event struct {
	Action, Package, Test, Output string
}

// run collects the output of one package's tests.
type run struct {
	tests map[string]*strings.Builder // by test; "" is the package's own
	order []string
	// fine are the tests that passed or were left out. What is not fine was not only failed: a panic or a kill ends a
	// test without a word.
	fine map[string]bool
	// leftOut are the tests that were left out. said is why, of those that say it by name: of what parallel tests
	// write to standard error, go test does not know which of them wrote it.
	leftOut []string
	said    map[string]string
}

// show prints the events as go test would have printed them, then the tests that were left out.
func show(events io.Reader, out io.Writer) error {
	runs := map[string]*run{}
	var leftOut []string
	lines := bufio.NewReader(events)
	for {
		line, err := lines.ReadString('\n')
		var e event
		switch {
		case line == "":
		case json.Unmarshal([]byte(line), &e) != nil:
			fmt.Fprint(out, line) // not an event: what went wrong before there were any
		case e.Action == "build-output":
			fmt.Fprint(out, e.Output)
		case e.Package != "":
			r := runs[e.Package]
			if r == nil {
				r = &run{tests: map[string]*strings.Builder{}, fine: map[string]bool{}, said: map[string]string{}}
				runs[e.Package] = r
			}
			if r.take(e) {
				fmt.Fprint(out, r.text(e.Action == "fail"))
				for _, test := range r.leftOut {
					leftOut = append(leftOut, e.Package+" "+test+r.reason(test))
				}
				delete(runs, e.Package)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	for _, p := range slices.Sorted(maps.Keys(runs)) { // go test ended before these did
		fmt.Fprint(out, runs[p].text(true))
	}
	if len(leftOut) > 0 {
		fmt.Fprintf(out, "\nNOT RUN on this machine (%d):\n  %s\n", len(leftOut), strings.Join(leftOut, "\n  "))
	}
	return nil
}

// skipped is how a test says to standard error that it is left out.
const skipped = "SKIPPED "

// take takes an event in and tells whether the package is over.
func (r *run) take(e event) (over bool) {
	ended := e.Action == "pass" || e.Action == "fail" || e.Action == "skip"
	switch {
	case e.Action == "output":
		b := r.tests[e.Test]
		if b == nil {
			b = &strings.Builder{}
			r.tests[e.Test] = b
			r.order = append(r.order, e.Test)
		}
		b.WriteString(e.Output)
		if line, ok := strings.CutPrefix(e.Output, skipped); ok {
			test, why, _ := strings.Cut(strings.TrimSpace(line), ": ")
			r.said[test] = why
		}
	case ended && e.Test != "":
		r.fine[e.Test] = e.Action != "fail"
		if e.Action == "skip" {
			r.leftOut = append(r.leftOut, e.Test)
		}
	}
	return ended && e.Test == ""
}

// reason is what a test said when it was left out.
func (r *run) reason(test string) string {
	if why := r.said[test]; why != "" {
		return ": " + why
	}
	var said []string
	if b := r.tests[test]; b != nil {
		for _, line := range strings.Split(b.String(), "\n") {
			line = strings.TrimSpace(line)
			if line != "" && !strings.HasPrefix(line, "=== ") && !strings.HasPrefix(line, "--- ") && !strings.HasPrefix(line, skipped) {
				said = append(said, line)
			}
		}
	}
	if said == nil {
		return ""
	}
	return ": " + strings.Join(said, "; ")
}

// text is a package's output: its closing line alone, or, if it failed, all that was said outside tests that are fine.
func (r *run) text(failed bool) string {
	var b strings.Builder
	if failed {
		for _, test := range r.order {
			if test == "" || r.fine[test] {
				continue
			}
			for line := range strings.Lines(r.tests[test].String()) {
				if !strings.HasPrefix(line, "=== ") { // RUN, PAUSE, CONT: noise once it is over
					b.WriteString(line)
				}
			}
		}
	}
	if own := r.tests[""]; own != nil {
		for line := range strings.Lines(own.String()) {
			if failed || closing(line) {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

// closing tells the line that go test ends a package with.
func closing(line string) bool {
	return strings.HasPrefix(line, "ok  \t") || strings.HasPrefix(line, "?   \t") || strings.HasPrefix(line, "FAIL\t") ||
		strings.HasPrefix(line, "\t")
}
