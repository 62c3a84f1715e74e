package failure

import (
	"context"
	"fmt"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// AnsweredOK looks at how a delivery was answered that was kept but could not be refined.
func AnsweredOK() check.Check {
	return check.Check{
		ID: "failure/answered-ok", Phase: 6, SOP: []string{"3.2-6", "6.2-5"}, Level: check.Required, Scenario: scenario.Unrefined,
		Title:    "A delivery that was kept is answered with success, also where refining it failed.",
		Why:      "to the source a failure is a reason to send it again and again, and then to switch the webhook off: the next deliveries are lost for one bad row",
		Remedy:   "answer by whether the raw row is stored; what comes after is the integration's own affair",
		Evidence: "a good delivery whose refined row the database refused",
		Causes:   map[string]string{"delivery-refused": "the delivery was not answered with success"},
		ByHand:   "--times 1",
		Subjects: check.Source,
		Run: func(_ context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
			if stop := notRefused(s); stop != "" {
				return check.Unproven("%s", stop)
			}
			r := s.Refusal
			about := fmt.Sprintf("%s of %s %s", r.Delivery.Topic, r.Object, r.Key)
			if a := r.Delivery.Answer; a.Status/100 != 2 {
				return check.Fail("delivery-refused", "a good delivery that could not be refined was answered %d: %s", a.Status, about).
					Expected("2xx").Actual("%d %s", a.Status, a.Body).Done()
			}
			return check.Pass(1, "%s could not be refined and was answered %d", about, r.Delivery.Answer.Status)
		},
	}
}
