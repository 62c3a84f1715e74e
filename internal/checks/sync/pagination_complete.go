package sync

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/syncspec/syncspec/internal/check"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/profile"
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
		Remedy:   "go on until the source says that there is no next page; a short page is not the last one, and a link to the next is used as it is",
		Evidence: "one list of more than one page",
		Causes: map[string]string{
			"filter-beside-cursor": "a filter was sent beside a cursor that carries the filters itself, and the source refused that",
			"page-not-requested":   "pages of a list were never asked for",
			"list-not-requested":   "a whole list was never asked for, or not about every object that it must be asked about",
			"page-lost":            "every page was asked for, but objects of it have no raw row",
			"page-twice":           "the same page was asked for again and again",
		},
		Subjects: check.Source,
		Run:      paginationComplete,
	}
}

func paginationComplete(ctx context.Context, s *scenario.Snapshot, _ check.Subject) (result.Result, error) {
	step := s.Step(scenario.FirstSync)
	walked, count := 0, 0
	var found findings
	for i := range s.Manifest.Objects {
		obj := &s.Manifest.Objects[i]
		if obj.Excluded != "" {
			continue
		}
		missing, err := missingRows(ctx, s, obj)
		if err != nil {
			return result.Result{}, err
		}
		before := found.explanations()
		asked := map[string]bool{}
		for _, w := range s.Offer.Populations[obj.Name].Walks {
			r := read(s.Manifest, step.Traffic, w)
			asked[r.name()] = asked[r.name()] || len(r.times) > 0
			found.circles(r)
			if r.several() {
				walked, count = walked+1, count+r.pages
			}
			if len(missing) > 0 {
				found.explain(s, r)
			}
		}
		for name, was := range asked {
			if !was && len(missing) > 0 {
				found.unlisted = append(found.unlisted, name+" was never asked for")
			}
		}
		if len(missing) > 0 && found.explanations() == before {
			found.lost = append(found.lost, fmt.Sprintf("%s: %d of %d objects have no %s, e.g. %s",
				obj.Name, len(missing), len(s.Offer.Populations[obj.Name].Items), strings.TrimSuffix(rows(s), "s"), missing[0]))
		}
	}
	for _, f := range []struct {
		cause, what, want string
		lines             []string
	}{
		{"filter-beside-cursor", "requests for a page were refused, for a filter that stood beside the cursor", "nothing beside the cursor but %s", found.refused},
		{"page-not-requested", "pages were never asked for, and the objects on them are missing", "a request for every page", found.skipped},
		{"list-not-requested", "lists were never asked for, and the objects on them are missing", "a walk over every list", found.unlisted},
		{"page-twice", "pages were asked for again and again: a walk went round in circles", "each page once", found.repeated},
		{"page-lost", "kinds of objects lack " + rows(s) + ", though their pages were asked for", "a " + strings.TrimSuffix(rows(s), "s") + " for every object offered", found.lost},
	} {
		if len(f.lines) == 0 {
			continue
		}
		want := f.want
		if strings.Contains(want, "%s") {
			want = fmt.Sprintf(want, strings.Join(s.Manifest.API.Pagination.Next.With, " and "))
		}
		slices.Sort(f.lines)
		return check.Fail(f.cause, "%d %s", len(f.lines), f.what).Expected("%s", want).Actual("%s", f.lines[0]).With("difference", f.lines...).Done()
	}
	if walked == 0 {
		return check.Unproven("no list has more than one page")
	}
	return check.Pass(count, "%d lists of more than one page, %d pages, all walked to the end", walked, count)
}

// findings are what is wrong with walks, a line each.
type findings struct{ refused, skipped, unlisted, repeated, lost []string }

// explanations counts what explains missing objects.
func (f *findings) explanations() int { return len(f.refused) + len(f.skipped) + len(f.unlisted) }

// circles notes the pages that were asked for again and again. Twice may be a retry; more often is a loop.
func (f *findings) circles(r reading) {
	for p, times := range r.times {
		if times > 2 {
			f.repeated = append(f.repeated, fmt.Sprintf("%s page %d was asked for %d times", r.walk.Name, p.number, times))
		}
	}
}

// explain notes what was not asked for of a list of which objects are missing.
func (f *findings) explain(s *scenario.Snapshot, r reading) {
	f.refused = append(f.refused, r.refused...)
	if len(r.times) == 0 {
		return // of a list that was never asked for all pages are missing
	}
	if r.several() && len(r.refused) == 0 {
		for _, p := range r.unread {
			f.skipped = append(f.skipped, fmt.Sprintf("%s: page %d of %d was never asked for", r.walk.Name, p.number, r.pages))
		}
	}
	b := r.walk.List.Batch
	if b == nil {
		return
	}
	others := s.Offer.Populations[b.Object]
	unasked := 0
	for _, item := range others.Items {
		if v, ok := item.Body[b.Field]; ok && v != nil && !r.values[fmt.Sprint(v)] {
			unasked++
		}
	}
	if unasked > 0 {
		f.unlisted = append(f.unlisted, fmt.Sprintf("%s was never asked about %d of %d %s", r.walk.Name, unasked, len(others.Items), b.Object))
	}
}

// missingRows lists the offered objects that have no raw row; where there is no raw layer, no refined one.
func missingRows(ctx context.Context, s *scenario.Snapshot, obj *manifest.Object) ([]string, error) {
	have := map[string]bool{}
	if t, ok := s.Manifest.Table(obj.Table); ok && !s.Has(profile.Raw) {
		if err := s.Reader.Rows(ctx, t, func(r scenario.Row) error { have[r.Key] = true; return nil }); err != nil {
			return nil, err
		}
	}
	raw, err := s.Reader.RawRows(ctx, obj.Name, "", false)
	if err != nil {
		return nil, err
	}
	for _, r := range raw {
		have[r.ObjectID] = true
	}
	var missing []string
	for _, key := range s.Offer.Populations[obj.Name].Keys {
		o := s.Expected.Objects[obj.Name][key]
		gone := s.Names.HardDeletes && !s.Has(profile.Raw) && o != nil && o.Deleted
		if !have[key] && !gone {
			missing = append(missing, key)
		}
	}
	return missing, nil
}
