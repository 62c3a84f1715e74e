package artifact

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// chosen is a request that may be kept.
type chosen struct {
	scenario.Exchange
	step int
	// weight is the more the sooner it is left out.
	weight int
}

// The weights: what the result itself names, what has an id of a row that differs, what went wrong, and all others.
const (
	namedInResult = iota
	concerning
	wentWrong
	ordinary
)

// traffic writes the requests that matter and the deliveries.
func (k *keeper) traffic(told []posted) {
	matter := k.matter()
	total := len(matter) + len(told)
	if total == 0 {
		return
	}
	deliveries := told[:min(len(told), k.bounds.deliveries, k.entries/2)]
	kept := slices.Clone(matter)
	slices.SortStableFunc(kept, func(a, b chosen) int { return cmp.Compare(a.weight, b.weight) })
	kept = kept[:min(len(kept), k.entries-len(deliveries))]
	note := ""
	if left := total - len(kept) - len(deliveries); left > 0 {
		note = fmt.Sprintf("%d of %d requests and deliveries are left out", left, total)
	}
	har := harOf(note)
	room := k.bodies
	entries := make([]harEntry, len(kept))
	for i, x := range kept { // the weightiest have their bodies first
		entries[i] = k.exchange(x, &room)
	}
	order := make([]int, len(kept))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(kept[a].step, kept[b].step), cmp.Compare(kept[a].Seq, kept[b].Seq))
	})
	var last time.Time
	for _, i := range order {
		har.Log.Entries = append(har.Log.Entries, entries[i])
		k.page(&har.Log, kept[i].step, entries[i].Started)
		last = entries[i].Started
	}
	if last.IsZero() {
		last = time.Now()
	}
	for _, p := range deliveries {
		har.Log.Entries = append(har.Log.Entries, k.posting(p, last))
	}
	holds := fmt.Sprintf("%d requests of the target", len(kept))
	if len(deliveries) > 0 {
		holds += fmt.Sprintf(" and %d deliveries to it", len(deliveries))
	}
	if note != "" {
		holds += "; " + note
	}
	k.put("traffic.har", holds, func() ([]byte, error) { return indented(har) })
}

// matter are the requests of the subject and those that the result names; all if there are none.
func (k *keeper) matter() []chosen {
	a := aboutOf(k.Snapshot, k.Subject)
	asks, named := a.requests(), k.named()
	var all, matter []chosen
	for n, step := range k.Snapshot.Steps {
		for _, x := range step.Traffic {
			c := chosen{Exchange: x, step: n, weight: ordinary}
			isNamed := named(x.Method+" "+x.URL()) || named(x.Interaction)
			switch {
			case isNamed:
				c.weight = namedInResult
			case k.concerns(x.Path):
				c.weight = concerning
			case x.Fault != "" || x.Miss || x.Status >= 400 || x.Status == 0 || x.Panic != "" || x.Aborted:
				c.weight = wentWrong
			}
			all = append(all, c)
			if isNamed || asks(x) {
				matter = append(matter, c)
			}
		}
	}
	if len(matter) == 0 {
		return all
	}
	return matter
}

// concerns tells whether a path has the id of something that differs.
func (k *keeper) concerns(path string) bool {
	for part := range strings.SplitSeq(path, "/") {
		id, _, _ := strings.Cut(part, ".")
		if k.concerned[id] {
			return true
		}
	}
	return false
}

// named tells of a text whether the result names it, as a whole word.
func (k *keeper) named() func(string) bool {
	texts := []string{k.Result.Summary, k.Result.Expected, k.Result.Actual}
	for _, e := range k.Result.Evidence {
		if e.Kind != result.ByHand && e.Kind != "log" {
			texts = append(texts, e.Text)
		}
	}
	all := strings.Join(texts, "\n")
	return func(what string) bool {
		for rest := all; what != ""; {
			_, after, found := strings.Cut(rest, what)
			if !found {
				return false
			}
			if after == "" || !strings.ContainsRune("?&=%/_-.", rune(after[0])) && !isAlnum(after[0]) {
				return true
			}
			rest = after
		}
		return false
	}
}

func isAlnum(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// page adds the page of a step where it is not there yet.
func (k *keeper) page(log *harLog, step int, at time.Time) {
	id := pageID(step)
	if !slices.ContainsFunc(log.Pages, func(p harPage) bool { return p.ID == id }) {
		log.Pages = append(log.Pages, harPage{Started: at, ID: id, Title: k.Snapshot.Steps[step].Name})
	}
}

func pageID(step int) string { return fmt.Sprintf("step_%d", step+1) }

// exchange is the entry of a request of the target. room is what bodies there is room for.
func (k *keeper) exchange(x chosen, room *int) harEntry {
	clean := k.to.clean
	address := clean.text(strings.TrimRight(origin(k.Snapshot), "/") + x.URL())
	e := entry(pageID(x.step), x.At, x.Took, x.Method, address, clean.header(x.RequestHeader))
	e.Request.BodySize = x.RequestBytes
	if x.RequestBytes > 0 {
		text, cut := whole(x.RequestBody, x.RequestBytes, clean, room)
		e.Request.Post = &harPosted{MimeType: mimeOf(x.RequestHeader), Text: text, Comment: cut}
	}
	e.answer(x.Status, clean.header(x.FullResponseHeader()))
	e.Response.BodySize = x.ResponseBytes
	content := &e.Response.Content
	content.Size = x.ResponseBytes
	body, err := x.ResponseBody()
	switch {
	case utf8.Valid(trimmed(body)):
		content.Text, content.Comment = whole(string(trimmed(body)), x.ResponseBytes, clean, room)
	case len(body) <= *room:
		*room -= len(body)
		content.Text, content.Encoding = base64.StdEncoding.EncodeToString([]byte(clean.text(string(body)))), "base64"
	}
	if err != nil {
		content.Comment = clean.text(err.Error())
	}
	e.Interaction, e.Fault = x.Interaction, x.Fault
	for _, remark := range []string{x.Phase, clean.text(x.Why), clean.text(firstLine(x.Panic))} {
		e.remark(remark)
	}
	if x.Status == 0 {
		e.remark("the connection ended without an answer")
	}
	if x.Aborted {
		e.remark("the client went away before it had the whole answer")
	}
	return e
}

// posting is the entry of a delivery.
func (k *keeper) posting(p posted, at time.Time) harEntry {
	d := k.delivery(p)
	e := entry("", at, p.Answer.Elapsed, http.MethodPost, k.to.clean.text(endpoint(k.Snapshot)), d.Header)
	e.Request.BodySize = len(p.Body)
	body := k.to.clean.text(strings.ToValidUTF8(string(p.Body), "\uFFFD"))
	e.Request.Post = &harPosted{MimeType: mimeOf(p.Header), Text: body}
	e.answer(p.Answer.Status, nil)
	e.Response.Content = harContent{Size: len(p.Answer.Body), MimeType: "text/plain", Text: d.Answer.Body}
	e.remark(strings.TrimSpace("a delivery of " + p.Topic + " " + p.probe))
	e.remark(p.Ref)
	e.remark("its place in time is not known")
	return e
}

// margin is cut off the end of what is not whole: half a secret would not be found there.
const margin = 4 << 10

// whole is a text as it may be kept, and a remark where it is not all of what was sent.
func whole(text string, size int, clean cleaner, room *int) (kept, remark string) {
	cut := len(text) < size
	text = clean.text(text)
	if most := *room; len(text) > most {
		text, cut = text[:most], true
	}
	if cut {
		text = string(trimmed([]byte(text[:max(0, len(text)-margin)])))
		remark = fmt.Sprintf("the first %d bytes of %d", len(text), size)
	}
	*room -= len(text)
	return text, remark
}

// trimmed is a text without half a character at its end.
func trimmed(text []byte) []byte {
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if last := text[len(text)-i:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return text[:len(text)-i]
			}
			break
		}
	}
	return text
}

// origin is the address of the account at the source.
func origin(s *scenario.Snapshot) string {
	if s.Account.URL != "" {
		return s.Account.URL
	}
	return "http://source.invalid"
}

// endpoint is where the target takes deliveries.
func endpoint(s *scenario.Snapshot) string {
	return cmp.Or(s.Integration.WebhookURL, "http://target.invalid")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
