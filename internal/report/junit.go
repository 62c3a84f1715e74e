package report

import (
	"encoding/xml"
	"io"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/result"
)

// textLimit keeps one result with huge evidence from making the file unreadable for CI servers; JSON has it all.
const textLimit = 32 << 10

// JUnitSuites is the root of a JUnit file. The counts are those of its test cases.
type JUnitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []JUnitSuite `xml:"testsuite"`
}

// JUnitSuite holds the results of one check.
type JUnitSuite struct {
	Name       string          `xml:"name,attr"`
	Tests      int             `xml:"tests,attr"`
	Failures   int             `xml:"failures,attr"`
	Errors     int             `xml:"errors,attr"`
	Skipped    int             `xml:"skipped,attr"`
	Time       string          `xml:"time,attr"`
	Timestamp  string          `xml:"timestamp,attr,omitempty"`
	Properties []JUnitProperty `xml:"properties>property"`
	Cases      []JUnitCase     `xml:"testcase"`
}

// JUnitProperty is a fact about a result, or about the run, repeated in each suite because servers show suites one at a
// time.
type JUnitProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// JUnitProperties is a list of facts that may be missing altogether.
type JUnitProperties struct {
	List []JUnitProperty `xml:"property"`
}

// JUnitCase is one result: green when it has none of Skipped, Failure and Error.
type JUnitCase struct {
	ClassName string `xml:"classname,attr"`
	Name      string `xml:"name,attr"`
	Time      string `xml:"time,attr"`
	// Properties are the result's own: the mode of the traffic behind it.
	Properties *JUnitProperties `xml:"properties"`
	Skipped    *JUnitMessage    `xml:"skipped"`
	Failure    *JUnitMessage    `xml:"failure"`
	Error      *JUnitMessage    `xml:"error"`
	SystemOut  *JUnitText       `xml:"system-out"`
}

// JUnitText is an element that only holds text.
type JUnitText struct {
	Text string `xml:",cdata"`
}

// JUnitMessage says why a case is not green.
type JUnitMessage struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	// Text is CDATA, so that it can also be read in the file itself; it is clean, which CDATA does not see to.
	Text string `xml:",cdata"`
}

// JUnit writes run as JUnit XML. It has a failure or an error exactly where the run's exit code is not 0.
func JUnit(w io.Writer, run result.Run) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(junitOf(run)); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

// junitOf builds the document, in the order of the plan.
func junitOf(run result.Run) JUnitSuites {
	results := run.Complete()
	roots := rootsOf(results)
	groups := groupBy(results, func(r result.Result) string { return r.Check })
	if run.Verdict() == result.Void { // without this the file would be empty or all skipped, and so green
		groups = append(groups, []result.Result{nothingExecuted(run)})
	}
	doc := JUnitSuites{Name: "syncspec " + oneLine(run.Source), Time: seconds(run.Seconds)}
	properties := propertiesOf(run)
	for _, group := range groups {
		suite := JUnitSuite{Name: oneLine(group[0].Check), Properties: properties}
		if !run.Started.IsZero() {
			suite.Timestamp = run.Started.UTC().Format("2006-01-02T15:04:05")
		}
		total := 0.0
		for _, res := range group {
			suite.add(caseOf(run.Source, res, roots))
			total += res.Seconds
		}
		suite.Time = seconds(total)
		doc.Tests += suite.Tests
		doc.Failures += suite.Failures
		doc.Errors += suite.Errors
		doc.Skipped += suite.Skipped
		doc.Suites = append(doc.Suites, suite)
	}
	return doc
}

// add appends c and counts it.
func (s *JUnitSuite) add(c JUnitCase) {
	s.Cases = append(s.Cases, c)
	s.Tests++
	switch {
	case c.Error != nil:
		s.Errors++
	case c.Failure != nil:
		s.Failures++
	case c.Skipped != nil:
		s.Skipped++
	}
}

// nothingExecuted is what a void run has to show.
func nothingExecuted(run result.Run) result.Result {
	r := result.Result{
		Check: "run/executed", Subject: run.Source, Level: "required",
		Status: result.Error, Cause: "nothing-executed",
		Summary: "no check was executed, so nothing was verified",
		Remedy:  "look at the filter: it may match nothing, or only what does not apply to this source",
	}
	if run.Count()[result.Waived] > 0 {
		r.Cause, r.Summary = "nothing-proven", "nothing passed, for all that was executed is waived, so nothing was verified"
		r.Remedy = "mend some of what is waived, and take it from the file of waivers"
	}
	return r
}

// caseOf renders one result.
func caseOf(source string, r result.Result, roots roots) JUnitCase {
	c := JUnitCase{
		ClassName: oneLine(source + "." + strings.ReplaceAll(r.Check, "/", ".")),
		Name:      oneLine(r.Key()),
		Time:      seconds(r.Seconds),
	}
	if facts := factsOf(r); len(facts) > 0 {
		c.Properties = &JUnitProperties{facts}
	}
	message := JUnitMessage{Type: causeOf(r), Message: summaryOf(r), Text: "\n" + cut(Details(r), textLimit)}
	switch r.Status {
	case result.Pass:
	case result.Warning:
		c.SystemOut = &JUnitText{"warning: " + message.Message + message.Text}
	case result.NotApplicable:
		c.Skipped = &JUnitMessage{Message: statusWord(r.Status) + ": " + message.Message}
	case result.Waived: // servers drop what a skipped case says of itself but for the message
		c.Skipped = &JUnitMessage{Message: "waived: " + causeOf(r) + ": " + message.Message + "; " + acceptance(r)}
		c.SystemOut = &JUnitText{"waived: " + message.Message + message.Text}
	case result.Fail:
		c.Failure = &message
	case result.Unproven:
		message.Type = "unproven"
		c.Failure = &message
	case result.Blocked:
		if root, ok := roots.of(r); ok {
			c.Skipped = &JUnitMessage{Message: "blocked: " + message.Message + "; cause: " + oneLine(root.Key())}
		} else {
			message.Type = "blocked"
			message.Message = withoutCause(r)
			c.Error = &message
		}
	default: // Error, and anything that Complete may ever let through: never green
		c.Error = &message
	}
	return c
}

// factsOf are a result's own properties: the mode of the traffic behind it, whose waiver it is about, and what was kept.
func factsOf(r result.Result) []JUnitProperty {
	var facts []JUnitProperty
	add := func(name, value string) {
		if value = oneLine(value); value != "" {
			facts = append(facts, JUnitProperty{name, value})
		}
	}
	add("mode", string(r.Mode))
	waiver := func(name string, w *result.Waiver) {
		if w != nil {
			add(name+".owner", w.Owner)
			add(name+".issue", w.Issue)
			add(name+".expires", w.Expires)
			add(name+".reason", w.Reason)
			add(name+".at", w.At)
		}
	}
	waiver("waiver", r.WaivedBy)
	waiver("lapsed", r.Lapsed)
	add("artifacts", r.Artifacts)
	return facts
}

// propertiesOf names the conditions of the run and what it came to.
func propertiesOf(run result.Run) []JUnitProperty {
	properties := []JUnitProperty{
		{"source", oneLine(run.Source)},
		{"target", oneLine(run.Target)},
		{"self_test", strconv.FormatBool(run.SelfTest)},
		{"mode", oneLine(string(run.Mode))},
		{"provenance", oneLine(run.Provenance)},
		{"seed", strconv.FormatInt(run.Seed, 10)},
		{"verdict", string(run.Verdict())},
		{"headline", run.Headline()},
		{"partial", strconv.FormatBool(run.Filtered())},
		{"planned", strconv.Itoa(len(run.Planned))},
		{"selected", strconv.Itoa(len(run.Selected))},
	}
	counts := run.Count()
	for _, s := range result.Statuses() {
		properties = append(properties, JUnitProperty{"count." + string(s), strconv.Itoa(counts[s])})
	}
	if run.Objects > 0 {
		properties = append(properties, JUnitProperty{"objects", covered(run)})
	}
	for _, e := range run.Excluded {
		properties = append(properties, JUnitProperty{"excluded." + oneLine(e.Object), oneLine(e.Why)})
	}
	for _, l := range run.Lacks {
		properties = append(properties, JUnitProperty{"lacks." + oneLine(l.What), oneLine(l.Why)})
	}
	for i, note := range notesOf(run) {
		properties = append(properties, JUnitProperty{"note." + strconv.Itoa(i+1), oneLine(note)})
	}
	return properties
}

// statusWord is a status as people read it.
func statusWord(s result.Status) string { return strings.ReplaceAll(string(s), "_", " ") }

// seconds writes a duration as JUnit has it.
func seconds(s float64) string { return strconv.FormatFloat(max(s, 0), 'f', 3, 64) }

// groupBy gathers results by key: groups in the order of their first member, members in theirs.
func groupBy(results []result.Result, key func(result.Result) string) [][]result.Result {
	index := map[string]int{}
	var groups [][]result.Result
	for _, r := range results {
		k := key(r)
		i, ok := index[k]
		if !ok {
			i = len(groups)
			index[k] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}
