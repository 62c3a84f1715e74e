package report

import (
	"bytes"
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/syncspec/syncspec/internal/result"
)

// FuzzClean checks that cleaned text is fit for XML and terminals whatever it was, and that good text is not touched.
func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x00\x1b[31m\x7f\u0085", "\xff\xc3", "\ufffe\uffff\ufffd", "a\r\nb\rc\td", "]]>", "日本 🙂"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := clean(text)
		if !utf8.ValidString(got) {
			t.Fatalf("%q became %q, which is no UTF-8", text, got)
		}
		for _, r := range got {
			if r < 0x20 && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0xfffe || r == 0xffff {
				t.Fatalf("%q became %q with %U in it", text, got, r)
			}
		}
		if clean(got) != got {
			t.Fatalf("cleaning %q twice changes it", text)
		}
		if line := oneLine(text); strings.ContainsAny(line, "\n\t") {
			t.Fatalf("%q became two lines: %q", text, line)
		}
		if short := cut(got, 16); !utf8.ValidString(short) {
			t.Fatalf("%q was cut inside a character: %q", got, short)
		}
		encoded, err := xml.Marshal(JUnitMessage{Message: oneLine(text), Text: got})
		if err != nil {
			t.Fatal(err)
		}
		var back JUnitMessage
		if err := xml.Unmarshal(encoded, &back); err != nil || back.Text != got || back.Message != oneLine(text) {
			t.Fatalf("%q came back as %q: %v", got, back.Text, err)
		}
	})
}

// TestThousands pins the form of numbers.
func TestThousands(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000", -12: "-12"} {
		if got := thousands(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}

// TestLongEvidence checks that JUnit is cut and says where the rest is.
func TestLongEvidence(t *testing.T) {
	run := sampleRun()
	var buf, short bytes.Buffer
	must(t, JUnit(&short, run))
	run.Results[3].Evidence[0].Text = strings.Repeat("é", textLimit)
	must(t, JUnit(&buf, run))
	if buf.Len() > short.Len()+textLimit || !strings.Contains(buf.String(), "more bytes in results.json)") {
		t.Errorf("%d bytes", buf.Len())
	}
}

// TestColor checks that colours are there only if wanted, and change nothing else.
func TestColor(t *testing.T) {
	var without, with bytes.Buffer
	must(t, Summary(&without, sampleRun(), SummaryOptions{}))
	must(t, Summary(&with, sampleRun(), SummaryOptions{Color: true}))
	stripped := with.String()
	for _, code := range []string{"\x1b[31m", "\x1b[32m", "\x1b[33m", "\x1b[0m"} {
		stripped = strings.ReplaceAll(stripped, code, "")
	}
	if stripped != without.String() || with.Len() == without.Len() {
		t.Error("colours change more than colours")
	}
}

// TestMetrics checks that what was not proved does not count as good, and that nothing is rounded up to 100.
func TestMetrics(t *testing.T) {
	run := result.Run{}
	add := func(n int, status result.Status) {
		for range n {
			r := result.Result{Check: "accuracy/counts", Subject: thousands(len(run.Results)), SOP: []string{"5.1-4"}, Status: status}
			run.Results = append(run.Results, r)
		}
	}
	add(1999, result.Pass)
	add(1, result.Unproven)
	add(7, result.NotApplicable)
	got := Metrics(run)
	if len(got) != 1 || got[0].ID != "M-5" || got[0].Good != 1999 || got[0].Total != 2000 || !got[0].Met {
		t.Fatalf("%+v", got)
	}
	if want := "Data accuracy:   1999/2000 (99.9 %), target at least 99 % match: met"; got[0].String() != want {
		t.Errorf("%q, want %q", got[0], want)
	}
}
