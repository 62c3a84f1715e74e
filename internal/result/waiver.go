package result

import (
	"fmt"
	"strings"
	"time"
)

// Waiver is an accepted failure: of which specs, who answers for it, and until when.
type Waiver struct {
	// Check and Subject say which specs, Cause for which cause; in each * stands for any text. An empty Cause is any cause
	// of a failure, but accepts no Unproven result: who accepts that nothing is known must say so.
	Check   string `json:"check"`
	Subject string `json:"subject"`
	Cause   string `json:"cause,omitempty"`
	Reason  string `json:"reason"`
	Owner   string `json:"owner"`
	Issue   string `json:"issue"`
	// Expires is the last day on which the waiver holds, by UTC: 2026-12-31.
	Expires string `json:"expires"`
	// At is where it stands: file:line.
	At string `json:"at,omitempty"`
}

// Matches tells whether the waiver is about a spec, whatever came of it.
func (w Waiver) Matches(check, subject string) bool {
	return glob(w.Check, check) && glob(w.Subject, subject)
}

// accepts tells whether the waiver is about what r found. An Error is never accepted: the harness could not judge, so
// nobody knows what it would be that is accepted. A Blocked result is by the waiver of what blocks it.
func (w Waiver) accepts(r Result) bool {
	switch r.Status {
	case Fail:
		return w.Matches(r.Check, r.Subject) && (w.Cause == "" || glob(w.Cause, r.Cause))
	case Unproven:
		return w.Matches(r.Check, r.Subject) && w.Cause != "" && glob(w.Cause, r.Cause)
	}
	return false
}

// Expired tells whether the waiver's last day is over.
func (w Waiver) Expired(now time.Time) bool { return now.UTC().Format(time.DateOnly) > w.Expires }

// String names what is waived: accuracy/fields [orders] (value-differs).
func (w Waiver) String() string {
	text := w.Check + " [" + w.Subject + "]"
	if w.Cause != "" {
		text += " (" + w.Cause + ")"
	}
	return text
}

// Terms says who accepted it, until when, and why.
func (w Waiver) Terms() string {
	return fmt.Sprintf("accepted by %s until %s (%s): %s", w.Owner, w.Expires, w.Issue, w.Reason)
}

// Lapse says of a waiver that has expired since when it waives no more, and who has to do something.
func (w Waiver) Lapse() string {
	return fmt.Sprintf("expired on %s (%s): %s has to mend what it waived (%s), or renew it", w.Expires, w.At, w.Owner, w.Issue)
}

// Waive returns what res comes to with the waivers. The first one that accepts it and holds on the day of now counts; the
// others of those that accept it have no say. Without enforce one that has expired holds still. It may be applied again.
func Waive(res Result, waivers []Waiver, now time.Time, enforce bool) Result {
	res = res.unwaived()
	for _, w := range waivers {
		if !w.accepts(res) {
			continue
		}
		if enforce && w.Expired(now) {
			if res.Lapsed == nil {
				res.Lapsed = &w
			}
			continue
		}
		return res.waived(w)
	}
	return res
}

// waived returns r as accepted by w. Its cause and all that was seen stay.
func (r Result) waived(w Waiver) Result {
	r.Status, r.Was, r.WaivedBy, r.Lapsed = Waived, r.Status, &w, nil
	return r
}

// unwaived returns r as it was before any waiver was looked at.
func (r Result) unwaived() Result {
	if r.Status == Waived {
		r.Status = Fail
		if r.Was == Unproven || r.Was == Blocked {
			r.Status = r.Was
		}
	}
	r.Was, r.WaivedBy, r.Lapsed = "", nil, nil
	return r
}

// glob tells whether text is of the pattern, in which * stands for any text.
func glob(pattern, text string) bool {
	parts := strings.Split(pattern, "*")
	last := len(parts) - 1
	if last == 0 {
		return pattern == text
	}
	rest, ok := strings.CutPrefix(text, parts[0])
	for _, part := range parts[1:last] {
		if !ok {
			break
		}
		_, rest, ok = strings.Cut(rest, part)
	}
	return ok && strings.HasSuffix(rest, parts[last])
}
