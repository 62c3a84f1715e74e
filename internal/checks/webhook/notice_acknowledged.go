package webhook

import (
	"context"
	"fmt"
	"slices"

	"github.com/syncspec/syncspec/internal/canonical"
	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/profile"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// NoticeAcknowledged delivers the topics that tell of no object.
func NoticeAcknowledged() check.Check {
	return check.Check{
		ID: "webhook/notice-acknowledged", Phase: 3, SOP: []string{"3.1-3", "3.2-1", "3.2-3"}, Level: check.Required, Scenario: scenario.Probed,
		Title:    "A delivery that tells of no object is acknowledged and kept if its signature is right, refused if not, and changes no refined row.",
		Why:      "sources demand an answer to these, by contract where they are about people's data, and switch off an endpoint that refuses them",
		Remedy:   "take every topic through the same signature check, keep its payload as a raw row, and answer 200 also where there is no object to refine",
		Evidence: "the delivery's answer and its raw row; the same body with another account's signature, sent before it",
		Causes: map[string]string{
			"notice-refused":   "the properly signed notice was not answered with success",
			"notice-not-kept":  "the properly signed notice left no raw row",
			"forgery-accepted": "the badly signed notice was answered with success",
			"forgery-stored":   "the badly signed notice was refused, but left a raw row",
			"wrong-refusal":    "the badly signed notice was refused with a status that is no refusal for a signature",
			"row-changed":      "refined rows appeared, changed or went",
		},
		Subjects: check.Notices,
		Run:      noticeAcknowledged,
	}
}

func noticeAcknowledged(_ context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	i := slices.IndexFunc(s.Notices, func(p *scenario.NoticeProbe) bool { return p.Notice.Topic == subject.Name })
	if i < 0 {
		return check.Unproven("no %s was delivered", subject.Name)
	}
	p := s.Notices[i]
	good, bad := p.Good.Answer, p.Bad.Answer
	delivery := fmt.Sprintf("POST %s, %s -> %d %s", s.Integration.WebhookURL, subject.Name, good.Status, good.Body)
	switch {
	case bad.Status/100 == 2:
		return check.Fail("forgery-accepted", "a badly signed %s was accepted", subject.Name).
			Expected("401, 403 or 400").Actual("%d %s", bad.Status, bad.Body).Done()
	case slices.ContainsFunc(p.Raw, func(r scenario.RawRow) bool { return canonical.Equal(r.Payload, p.Bad.Body) }):
		return check.Fail("forgery-stored", "a badly signed %s was refused, but left a raw row", subject.Name).
			Expected("no row").Actual("%d raw rows, one of them with the refused body", len(p.Raw)).Done()
	case good.Status/100 != 2:
		return check.Fail("notice-refused", "a properly signed %s was answered %d", subject.Name, good.Status).
			Expected("2xx").Actual("%d %s", good.Status, good.Body).With("delivery", delivery).Done()
	case !s.Has(profile.Raw) && len(p.Changes) == 0:
		r, _ := check.Lacking(s.Lacks, profile.Raw)
		return r, nil
	case !p.Seen && s.Has(profile.Raw):
		return check.Fail("notice-not-kept", "a properly signed %s left no raw row", subject.Name).
			Expected("a raw row of the type %s with the delivered payload", subject.Name).Actual("%d raw rows, none with it", len(p.Raw)).With("delivery", delivery).Done()
	case len(p.Changes) > 0:
		return check.Fail("row-changed", "%s changed %d refined rows", subject.Name, len(p.Changes)).
			Expected("every row as it was").Actual("%s", p.Changes[0]).With("row", p.Changes...).Done()
	case bad.Status != 401 && bad.Status != 403 && bad.Status != 400:
		return check.Fail("wrong-refusal", "a badly signed %s was answered %d", subject.Name, bad.Status).
			Expected("401, 403 or 400").Actual("%d %s", bad.Status, bad.Body).Done()
	}
	return check.Pass(2, "%s was answered %d and kept; badly signed it was answered %d and left nothing", subject.Name, good.Status, bad.Status)
}
