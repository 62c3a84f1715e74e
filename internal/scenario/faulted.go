package scenario

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/syncspec/syncspec/internal/gateway/faults"
	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/result"
)

const (
	// askedToWait is how long the overloaded source asks the target to wait: long enough to be told from any pause of the
	// target's own, short enough to wait for.
	askedToWait = time.Second
	// failures is how often in a row the source fails at one request, so that pauses can be seen to grow.
	failures = 4
)

// faulted syncs everything once from a source that is overloaded at one list, fails at another, and breaks its answer off
// at a third.
func (b *builder) faulted(ctx context.Context) error {
	if err := b.offer(phaseBackfill); err != nil {
		return err
	}
	lists := b.longest()
	if len(lists) == 0 {
		return &Failure{Status: result.Unproven, Cause: "too-little-data",
			Summary: "nothing that the target is held to copy is listed page by page, so there is no request that could be made to fail",
			Remedy:  "cover an object that is"}
	}
	// A target that copies little has fewer lists than there are faults: then one list meets with several, on one page or two.
	const kinds = 3
	limits, fails, cuts, times := b.pages(lists[0]), b.pages(lists[min(1, len(lists)-1)]), b.pages(lists[(kinds-1)%len(lists)]), failures
	if len(lists) == 1 {
		limits, cuts, times = b.list(lists[0]), b.list(lists[0]), failures-1
	}
	for n := 0; len(lists) < kinds; n++ {
		lists = append(lists, lists[n])
	}
	limited, wait := b.overloaded(limits)
	all := []struct {
		fault faults.Fault
		note  Fault
	}{
		{limited, Fault{Object: lists[0].object.Name, Wait: wait}},
		{&faults.ServerError{Aim: faults.Aim{At: faults.All(fails, faults.Same()), Times: times}, Body: `{"errors":"Internal Server Error"}`}, Fault{Object: lists[1].object.Name}},
		{&faults.CutBody{Aim: faults.Aim{At: cuts, Times: 1}}, Fault{Object: lists[2].object.Name}},
	}
	var front []faults.Fault
	for _, f := range all {
		front = append(front, f.fault)
	}
	b.route.Break(front...)
	defer b.route.Break()
	if err := b.sync(ctx, FaultySync, time.Time{}); err != nil {
		return err
	}
	for _, f := range all {
		f.note.Name, f.note.Struck = f.fault.Name(), f.fault.Struck()
		b.snap.Faults = append(b.snap.Faults, f.note)
	}
	return nil
}

// overloaded is the source's answer to too many requests, as the manifest describes it.
func (b *builder) overloaded(at faults.Matcher) (faults.Fault, time.Duration) {
	f := &faults.RateLimit{Aim: faults.Aim{At: at, Times: 1}, Body: `{"errors":"Too many requests"}`}
	limits := b.env.Manifest.API.RateLimits
	if len(limits) == 0 || limits[0].Header == "" {
		return f, 0
	}
	f.Status, f.Header = limits[0].Status, limits[0].Header
	f.Wait = strconv.Itoa(int(askedToWait.Seconds()))
	if limits[0].Decimal {
		f.Wait = strconv.FormatFloat(askedToWait.Seconds(), 'f', 1, 64)
	}
	return f, askedToWait
}

// longList is a list and how many objects it holds.
type longList struct {
	object *manifest.Object
	list   manifest.List
	long   int
}

// longest are the lists that are walked page by page, one of each object, the longest first.
func (b *builder) longest() []longList {
	var all []longList
	for _, obj := range b.box.applicable() {
		i := slices.IndexFunc(obj.Lists, func(l manifest.List) bool { return l.Each == nil && l.Batch == nil && !l.Unpaged })
		if i >= 0 {
			all = append(all, longList{obj, obj.Lists[i], len(b.snap.Offer.Populations[obj.Name].Keys)})
		}
	}
	slices.SortStableFunc(all, func(x, y longList) int { return y.long - x.long })
	return all
}

// list matches any page of a list.
func (b *builder) list(l longList) faults.Matcher {
	return faults.All(faults.Method(http.MethodGet), faults.Path(b.env.Manifest.BasePath()+l.list.Path))
}

// pages matches the later pages of a list where even the largest pages leave one, else any.
func (b *builder) pages(l longList) faults.Matcher {
	page, list := b.env.Manifest.API.Pagination, b.list(l)
	if l.long <= page.Size.Max {
		return list
	}
	first := ""
	if page.Next.From == "number" {
		first = strconv.Itoa(page.Next.First)
	}
	return faults.All(list, func(r *http.Request) bool {
		at := r.URL.Query().Get(page.Next.Param)
		return at != "" && at != first
	})
}
