package report

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/syncspec/syncspec/internal/result"
)

// clean makes text that came from a target fit for XML and for a terminal: bytes that are no UTF-8 and characters that
// XML 1.0 cannot hold become visible stand-ins, and so do escape sequences, which could else repaint the console.
// Line breaks and tabs stay; CR LF becomes LF.
func clean(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r < 0x20:
			return 0x2400 + r // the picture of that control character, such as ␛
		case r == 0x7f:
			return '␡'
		case r >= 0x80 && r < 0xa0, r == 0xfffe, r == 0xffff:
			return utf8.RuneError
		}
		return r // Map has turned what was no UTF-8 into RuneError already
	}, text)
}

// OneLine is text from elsewhere made fit for one line of a terminal.
func OneLine(text string) string { return oneLine(text) }

// oneLine is clean text without line breaks, for attributes and list entries.
func oneLine(text string) string {
	return strings.Join(strings.Fields(clean(text)), " ")
}

// cut shortens text to about limit bytes at a character's end, and says so.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	end := limit
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return fmt.Sprintf("%s\n(%s more bytes in %s)", text[:end], thousands(len(text)-end), JSONFile)
}

// indent puts prefix before every line but the first.
func indent(text, prefix string) string {
	return strings.ReplaceAll(text, "\n", "\n"+prefix)
}

// thousands writes n with commas: 1,234.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// plural writes a count with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

// causeOf is why r is what it is, in one slug.
func causeOf(r result.Result) string {
	if cause := oneLine(r.Cause); cause != "" {
		return cause
	}
	return string(r.Status)
}

// summaryOf is what r saw, in one line.
func summaryOf(r result.Result) string {
	if summary := oneLine(r.Summary); summary != "" {
		return summary
	}
	return causeOf(r)
}

// byHand is the command with which a person sees the same as r, if there is one.
func byHand(r result.Result) string {
	for _, e := range r.Evidence {
		if e.Kind == result.ByHand {
			return oneLine(e.Text)
		}
	}
	return ""
}

// Details is all that r has to say, as a block of text: for JUnit, and for the message of a failed spec.
func Details(r result.Result) string {
	var b strings.Builder
	field := func(name, text string) {
		if text = strings.TrimSpace(clean(text)); text != "" {
			fmt.Fprintf(&b, "%-10s%s\n", name, indent(text, strings.Repeat(" ", 10)))
		}
	}
	field("cause", causeOf(r))
	field("seen", r.Summary)
	field("expected", r.Expected)
	field("actual", r.Actual)
	for _, e := range r.Evidence {
		field("evidence", "["+oneLine(e.Kind)+"] "+e.Text)
	}
	field("why", r.Why)
	field("remedy", r.Remedy)
	field("waived", acceptance(r))
	field("waiver", lapse(r))
	field("kept in", r.Artifacts)
	field("settles", settles(r))
	field("basis", string(r.Basis))
	field("mode", string(r.Mode))
	return b.String()
}

// acceptance says who accepted a waived result, until when and why; it is empty for any other.
func acceptance(r result.Result) string {
	if r.WaivedBy == nil {
		return ""
	}
	return shorten(oneLine(r.WaivedBy.Terms()))
}

// lapse says of a red result that it was accepted and is no more; it is empty for any other.
func lapse(r result.Result) string {
	if r.Lapsed == nil {
		return ""
	}
	return shorten(oneLine(r.Lapsed.Lapse()))
}

// notesOf are the facts about the run, and what people should know of its waivers.
func notesOf(run result.Run) []string { return slices.Concat(run.Notes, run.Remarks()) }

// settles names the SOP's lines that r is about.
func settles(r result.Result) string {
	if len(r.SOP) == 0 {
		return ""
	}
	return "SOP " + strings.Join(r.SOP, ", ") + " (" + oneLine(r.Level) + ")"
}
