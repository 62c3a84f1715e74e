package webhook

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// SignatureRefused sends badly signed deliveries and wants nothing of them to be left.
func SignatureRefused() check.Check {
	return check.Check{
		ID: "webhook/signature-refused", Phase: 3, SOP: []string{"3.1-3", "3.2-1"}, Level: check.Required, Scenario: scenario.Probed,
		Title:    "A delivery whose signature is not right is refused for its signature, and nothing of it is stored.",
		Why:      "the endpoint is public: without the check anybody can write into the copy",
		Remedy:   "compute the signature over the raw body before parsing it, compare in constant time, answer 401 and stop",
		Evidence: "the same body signed well is accepted afterwards, and a good delivery sent after the bad one was seen",
		Causes: map[string]string{
			"forgery-accepted":  "the badly signed delivery was answered with success",
			"forgery-stored":    "it was refused, but its payload was stored all the same",
			"good-one-refused":  "the same body signed well was refused too, so the refusal is not for the signature",
			"wrong-refusal":     "it was refused with a status that is no refusal for a signature",
			"good-one-not-seen": "the same body signed well was answered with success, but never stored",
		},
		ByHand: "--bad-signature",
		Subjects: func(*manifest.Manifest) []check.Subject {
			var out []check.Subject
			for _, p := range scenario.BadSignatures() {
				out = append(out, check.Subject{Kind: "signature", Name: string(p)})
			}
			return out
		},
		Run: signatureRefused,
	}
}

func signatureRefused(_ context.Context, s *scenario.Snapshot, subject check.Subject) (result.Result, error) {
	p := s.Probes[scenario.ProbeName(subject.Name)]
	status := p.Delivery.Answer.Status
	about := fmt.Sprintf("%s of %s %s (%s)", p.Delivery.Topic, p.Object, p.Key, subject.Name)
	delivery := fmt.Sprintf("POST %s, %s, from %s -> %d %s", s.Integration.WebhookURL, about, p.Delivery.Ref, status, p.Delivery.Answer.Body)
	switch {
	case status/100 == 2:
		return check.Fail("forgery-accepted", "a delivery with a bad signature was accepted: %s", about).
			Expected("401, 403 or 400").Actual("%d, %d raw rows, refined row: %v", status, len(p.Raw), p.Refined).With("delivery", delivery).Done()
	case len(p.Raw) > 0 || p.Refined:
		return check.Fail("forgery-stored", "a refused delivery left rows: %s", about).
			Expected("no row").Actual("%d raw rows, refined row: %v", len(p.Raw), p.Refined).With("delivery", delivery).Done()
	case !p.SentinelSeen:
		return check.Unproven("the good delivery that was sent after the bad one was never seen, so nothing says that no row comes of it: %s", about)
	case p.Proper.Answer.Status/100 != 2:
		return check.Fail("good-one-refused", "the same body signed well was answered %d: %s", p.Proper.Answer.Status, about).
			Expected("2xx").Actual("%d %s", p.Proper.Answer.Status, p.Proper.Answer.Body).With("delivery", delivery).Done()
	case !p.ProperSeen:
		return check.Fail("good-one-not-seen", "the same body signed well was accepted but never stored: %s", about).
			Expected("a raw row").Actual("none").With("delivery", delivery).Done()
	case status != 401 && status != 403 && status != 400:
		return check.Fail("wrong-refusal", "a bad signature was answered %d: %s", status, about).
			Expected("401, 403 or 400").Actual("%d %s", status, p.Delivery.Answer.Body).With("delivery", delivery).Done()
	}
	return check.Pass(2, "answered %d, left no row; the same body signed well was accepted", status)
}
