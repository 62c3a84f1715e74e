package kills_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/syncspec/syncspec/internal/kills"
	"github.com/syncspec/syncspec/internal/reference/defects"
	"github.com/syncspec/syncspec/internal/result"
)

var broken = defects.Defect{Name: "broken", Breaks: "it breaks", Needs: "luck", KilledBy: "phase/check", Cause: "the-cause"}

func found(check, cause string, status result.Status) result.Result {
	return result.Result{Check: check, Subject: "orders", Status: status, Cause: cause}
}

var works = found("phase/other", "", result.Pass)

// TestJudge holds the judge against runs that prove nothing.
func TestJudge(t *testing.T) {
	for name, c := range map[string]struct {
		fired   bool
		results []result.Result
		want    string // empty: killed
		fate    kills.Fate
	}{
		"killed":            {true, []result.Result{works, found("phase/check", "the-cause", result.Fail)}, "", kills.Killed},
		"others fail too":   {true, []result.Result{works, found("phase/check", "the-cause", result.Fail), found("phase/third", "x", result.Error)}, "", kills.Killed},
		"did not fire":      {false, []result.Result{works, found("phase/check", "the-cause", result.Fail)}, "VOID", kills.Void},
		"nothing ran":       {true, nil, "goes unnoticed", kills.Survives},
		"passed":            {true, []result.Result{works, found("phase/check", "", result.Pass)}, "goes unnoticed", kills.Survives},
		"for another cause": {true, []result.Result{works, found("phase/check", "other", result.Fail)}, "phase/check [orders] is fail for \"other\"", kills.Survives},
		"by another check":  {true, []result.Result{works, found("phase/third", "the-cause", result.Fail)}, "phase/third [orders] is fail", kills.Survives},
		"warned only":       {true, []result.Result{works, found("phase/check", "the-cause", result.Warning)}, "goes unnoticed", kills.Survives},
		"blocked only":      {true, []result.Result{works, found("phase/check", "the-cause", result.Blocked)}, "goes unnoticed", kills.Survives},
		"harness failed":    {true, []result.Result{works, found("phase/check", "the-cause", result.Error)}, "goes unnoticed", kills.Survives},
		"harness failed, too": {true, []result.Result{works, found("phase/check", "the-cause", result.Fail),
			{Check: "phase/check", Subject: "x", Status: result.Error, Cause: "harness"}}, "the harness failed", kills.Survives},
		"target dead": {true, []result.Result{found("phase/check", "the-cause", result.Fail), found("phase/other", "x", result.Fail)}, "nothing else works", kills.Survives},
		"nobody else asked": {true, []result.Result{found("phase/check", "the-cause", result.Fail), {Check: "phase/check", Subject: "x", Status: result.Pass}},
			"nothing else works", kills.Survives},
	} {
		t.Run(name, func(t *testing.T) {
			run := result.Run{Results: c.results}
			err := kills.Judge(broken, c.fired, run)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("it is a kill, but was judged: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("judged %v, want %q in it", err, c.want)
			}
			row := kills.NewRow(broken, "shop", c.fired, run)
			if row.Fate != c.fate || (row.Why == "") != (c.fate == kills.Killed) {
				t.Errorf("the row says %s: %s", row.Fate, row.Why)
			}
			if err != nil && strings.Contains(err.Error(), " is blocked for ") {
				t.Errorf("what is blocked is told beside what blocks it: %v", err)
			}
			if proved := kills.Proved([]kills.Row{row}); proved != (c.fate == kills.Killed) {
				t.Errorf("proved: %v", proved)
			}
		})
	}
}

// TestWrite pins the matrix: a row per defect and source, what else was red, and why something was not killed.
func TestWrite(t *testing.T) {
	run := result.Run{Results: []result.Result{works, found("phase/check", "the-cause", result.Fail),
		{Check: "phase/check", Subject: "customers", Status: result.Fail, Cause: "the-cause"},
		found("phase/third", "x", result.Fail), {Check: "phase/third", Subject: "customers", Status: result.Fail, Cause: "x"}, found("phase/fourth", "blocked", result.Blocked)}}
	rows := []kills.Row{
		kills.NewRow(broken, "shop", true, run),
		kills.NewRow(broken, "a-longer-name", true, result.Run{Results: []result.Result{works}}),
		kills.NewRow(broken, "third", false, run),
		{Defect: broken, Source: "fourth", Fate: kills.NotApplicable},
	}
	var got strings.Builder
	if err := kills.Write(&got, rows); err != nil {
		t.Fatal(err)
	}
	const want = `defect  source         fate            killed by    for the cause  also red
broken  shop           killed          phase/check  the-cause      phase/third: x
broken  a-longer-name  SURVIVES        –            –              
broken  third          VOID            –            –              phase/third: x
broken  fourth         not applicable  –            –              

broken in a-longer-name SURVIVES: phase/check did not fail for "the-cause", so it goes unnoticed that it breaks; instead:

broken in third VOID: broken: VOID: the defect never struck, or found nothing to change when it was seeded, so the run measured nothing

broken is not applicable to fourth: it needs luck

1 killed, 1 survive, 1 VOID, 1 not applicable
`
	if got.String() != want {
		t.Errorf("got\n%s", got.String())
	}
	for i, proved := range []bool{true, false, false, false} {
		if kills.Proved(rows[i:i+1]) != proved {
			t.Errorf("row %d alone proves: %v", i, !proved)
		}
	}
	if kills.Proved(rows) || kills.Proved(nil) || !kills.Proved([]kills.Row{rows[0], rows[3]}) {
		t.Error("a matrix proves something exactly where all are killed that apply, and there is one")
	}
}

// TestBaseline: where the unbroken target fails, a kill means nothing.
func TestBaseline(t *testing.T) {
	planned := []result.Planned{{Check: "phase/other", Subject: "orders"}}
	good := result.Run{SelfTest: true, Planned: planned, Selected: []string{"phase/other [orders]"}, Results: []result.Result{works}}
	if err := kills.Baseline(good); err != nil {
		t.Error(err)
	}
	for name, results := range map[string][]result.Result{
		"fails":    {found("phase/other", "x", result.Fail)},
		"unproven": {found("phase/other", "x", result.Unproven)},
		"not run":  nil,
	} {
		bad := good
		bad.Results = results
		if kills.Baseline(bad) == nil {
			t.Errorf("%s is a baseline", name)
		}
	}
	if kills.Baseline(result.Run{}) == nil {
		t.Error("nothing is a baseline")
	}
}

// TestErrVoidIsKept: whoever judges can tell a run that measured nothing from one in which the defect survived.
func TestErrVoidIsKept(t *testing.T) {
	if err := kills.Judge(broken, false, result.Run{}); !errors.Is(err, kills.ErrVoid) {
		t.Error(err)
	}
}
