package sync

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/oracle"
	"github.com/syncspec/syncspec/internal/result"
	"github.com/syncspec/syncspec/internal/scenario"
)

// PaginationComplete holds the raw rows against all that the lists offer, and where some are missing finds the page
// that was never asked for.
func PaginationComplete() check.Check {
	return check.Check{
		ID: "sync/pagination-complete", Phase: 2, SOP: []string{"2.1-2", "2.2-3", "7.1-1"}, Level: check.Required, Scenario: scenario.Backfilled,
		Title:    "Every list is walked to its end, page by page, and not in circles.",
		Why:      "a walk that stops early copies the first pages only, and nothing looks wrong until somebody counts",
		Remedy:   "go on until the source says that there is no next page; a short page is not the last one",
		Evidence: "one list of more than one page",
		Causes: map[string]string{
			"page-not-requested": "pages of a list were never asked for",
			"list-not-requested": "a whole list was never asked for",
			"page-lost":          "every page was asked for, but objects of it have no raw row",
			"page-twice":         "the same page was asked for again and again",
		},
		Subjects: check.Source,
		Run:      paginationComplete,
	}
}

func paginationComplete(ctx context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
	step := s.Step(scenario.FirstSync)
	walked, count := 0, 0
	var skipped, unlisted, lost, repeated []string
	for i := range s.Manifest.Objects {
		obj := &s.Manifest.Objects[i]
		missing, err := missingRaw(ctx, s, obj)
		if err != nil {
			return result.Result{}, err
		}
		explained := false
		asked := map[string]bool{}
		for _, w := range s.Offer.Populations[obj.Name].Walks {
			pages := askedPages(s.Manifest, step.Traffic, w)
			list := strings.TrimSpace(w.Name + " " + parentText(w))
			asked[list] = asked[list] || len(pages.times) > 0
			for page, times := range pages.times {
				// Twice may be a retry; more often is a loop.
				if times > 2 {
					repeated = append(repeated, fmt.Sprintf("%s page %d was asked for %d times", w.Name, page, times))
				}
			}
			need := (w.Total + pages.size - 1) / max(pages.size, 1)
			if w.List.Unpaged || need < 2 {
				continue
			}
			walked++
			count += need
			for page := 1; page <= need && len(missing) > 0 && len(pages.times) > 0; page++ {
				if pages.times[page] == 0 {
					explained = true
					skipped = append(skipped, fmt.Sprintf("%s: page %d of %d was never asked for", w.Name, page, need))
				}
			}
		}
		for name, was := range asked {
			if !was && len(missing) > 0 {
				explained = true
				unlisted = append(unlisted, name+" was never asked for")
			}
		}
		if len(missing) > 0 && !explained {
			lost = append(lost, fmt.Sprintf("%s: %d of %d objects have no raw row, e.g. %s",
				obj.Name, len(missing), len(s.Offer.Populations[obj.Name].Items), missing[0]))
		}
	}
	slices.Sort(unlisted)
	switch {
	case len(skipped) > 0:
		return check.Fail("page-not-requested", "%d pages were never asked for, and the objects on them are missing", len(skipped)).
			Expected("a request for every page").Actual("%s", skipped[0]).With("difference", skipped...).Done()
	case len(unlisted) > 0:
		return check.Fail("list-not-requested", "%d lists were never asked for, and the objects on them are missing", len(unlisted)).
			Expected("a walk over every list").Actual("%s", unlisted[0]).With("difference", unlisted...).Done()
	case len(repeated) > 0:
		slices.Sort(repeated)
		return check.Fail("page-twice", "a walk went round in circles").Expected("each page once").Actual("%s", repeated[0]).With("request", repeated...).Done()
	case len(lost) > 0:
		return check.Fail("page-lost", "the pages were asked for, but %d kinds of objects lack raw rows", len(lost)).
			Expected("a raw row for every object offered").Actual("%s", lost[0]).With("difference", lost...).Done()
	case walked == 0:
		return check.Unproven("no list has more than one page")
	}
	return check.Pass(count, "%d lists of more than one page, %d pages, all walked to the end", walked, count)
}

// missingRaw lists the offered objects that have no raw row.
func missingRaw(ctx context.Context, s *scenario.Snapshot, obj *manifest.Object) ([]string, error) {
	rows, err := s.Reader.RawRows(ctx, obj.Name, "", false)
	if err != nil {
		return nil, err
	}
	have := make(map[string]bool, len(rows))
	for _, r := range rows {
		have[r.ObjectID] = true
	}
	var missing []string
	for _, key := range s.Offer.Populations[obj.Name].Keys {
		if !have[key] {
			missing = append(missing, key)
		}
	}
	return missing, nil
}

type asked struct {
	// times is how often each page was asked for; size the page size used.
	times map[int]int
	size  int
}

// askedPages finds the requests of one walk in the traffic.
func askedPages(m *manifest.Manifest, traffic []scenario.Exchange, w *oracle.Walk) asked {
	p := m.API.Pagination
	out := asked{times: map[int]int{}, size: max(p.Size.Default, 1)}
	path := m.BasePath() + w.List.Path
	if w.List.Each != nil {
		path = strings.ReplaceAll(path, "{"+w.List.Each.As+"}", w.Parent)
	}
	match := oracle.MatchPath(path)
	cursors := map[string]int{}
	for _, x := range traffic {
		q, err := url.ParseQuery(x.Query)
		// An answer that was no success is asked for again: that is a retry, and no second reading.
		if err != nil || !match.MatchString(x.Path) || x.Method != "GET" || x.Status != 200 || !oracle.SameList(m, w.List, q) {
			continue
		}
		if n, err := strconv.Atoi(q.Get(p.Size.Param)); err == nil && n > 0 {
			out.size = n
		}
		page := max(p.Next.First, 1)
		switch cursor := q.Get(p.Next.Param); {
		case p.Next.As != "number": // a cursor has no number: pages count in the order in which their cursors were used
			if cursors[cursor] == 0 {
				cursors[cursor] = len(cursors) + 1
			}
			page = cursors[cursor]
		default:
			if n, err := strconv.Atoi(cursor); err == nil {
				page = n
			}
		}
		out.times[page]++
	}
	return out
}

// parentText names the parent of a fan-out's walk.
func parentText(w *oracle.Walk) string {
	if w.Parent == "" {
		return ""
	}
	return "of " + w.List.Each.Object + " " + w.Parent
}
