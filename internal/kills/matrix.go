package kills

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/syncspec/syncspec/internal/reference/defects"
	"github.com/syncspec/syncspec/internal/result"
)

// Fate is what became of a defect in one source.
type Fate string

// The fates. Only Killed proves something; NotApplicable says why nothing can be proved.
const (
	Killed        Fate = "killed"
	Survives      Fate = "SURVIVES"
	Void          Fate = "VOID"
	NotApplicable Fate = "not applicable"
)

// Row is a defect in one source.
type Row struct {
	Defect defects.Defect
	Source string
	Fate   Fate
	// Why says why it was not killed.
	Why string
	// Others are the other checks that were red, each with its causes.
	Others []string
}

// NewRow judges the run of a defect.
func NewRow(d defects.Defect, source string, fired bool, run result.Run) Row {
	row := Row{Defect: d, Source: source, Fate: Killed, Others: others(d, run)}
	if err := Judge(d, fired, run); err != nil {
		row.Fate, row.Why = Survives, err.Error()
		if errors.Is(err, ErrVoid) {
			row.Fate = Void
		}
	}
	return row
}

// others lists what else was red, but for what was only blocked by it.
func others(d defects.Defect, run result.Run) []string {
	var out []string
	for _, r := range run.Complete() {
		text := r.Check + ": " + r.Cause
		if r.Status.Red() && r.Status != result.Blocked && text != d.KilledBy+": "+d.Cause && !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}

// Baseline tells why the unbroken target proves nothing: where it fails, a kill means nothing. It is nil where all is
// well.
func Baseline(run result.Run) error {
	for _, r := range run.Complete() {
		if r.Status.Red() {
			return fmt.Errorf("the unbroken target fails too: %s is %s for %q: %s", r.Key(), r.Status, r.Cause, r.Summary)
		}
	}
	if v := run.Verdict(); v != result.SelfTest && v != result.Partial {
		return fmt.Errorf("the run of the unbroken target is %s", v)
	}
	return nil
}

// Write writes the matrix: who kills whom, for what cause, and who else noticed. What was not killed is explained below.
func Write(w io.Writer, rows []Row) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "defect\tsource\tfate\tkilled by\tfor the cause\talso red")
	counts := map[Fate]int{}
	for _, r := range rows {
		counts[r.Fate]++
		by, cause := r.Defect.KilledBy, r.Defect.Cause
		if r.Fate != Killed {
			by, cause = "–", "–"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", r.Defect.Name, r.Source, r.Fate, by, cause, strings.Join(r.Others, ", "))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, r := range rows {
		switch {
		case r.Why != "":
			fmt.Fprintf(w, "\n%s in %s %s: %s\n", r.Defect.Name, r.Source, r.Fate, strings.TrimSpace(r.Why))
		case r.Fate == NotApplicable && r.Defect.Needs != "":
			fmt.Fprintf(w, "\n%s is not applicable to %s: it needs %s\n", r.Defect.Name, r.Source, r.Defect.Needs)
		}
	}
	_, err := fmt.Fprintf(w, "\n%d killed, %d survive, %d VOID, %d not applicable\n", counts[Killed], counts[Survives], counts[Void], counts[NotApplicable])
	return err
}

// Proved tells whether every defect was killed that applies, and there was one.
func Proved(rows []Row) bool {
	killed := 0
	for _, r := range rows {
		switch r.Fate {
		case Killed:
			killed++
		case Survives, Void:
			return false
		}
	}
	return killed > 0
}
