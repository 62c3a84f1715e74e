package sandbox

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/recording"
)

// SeedFromRecording makes a seed of the objects that recorded lists gave. An object is taken as it was first seen, by the
// manifest's lists before its alternatives, and those of a kind in the order of their ids, which is that of creation.
func SeedFromRecording(m *manifest.Manifest, interactions []recording.Interaction) (*Seed, error) {
	seed := &Seed{Objects: map[string][]Object{}}
	for i := range m.Objects {
		o := &m.Objects[i]
		if o.NotApplicable != "" {
			continue
		}
		taken := map[string]bool{}
		for _, l := range slices.Concat(o.Lists, o.Alternatives) {
			pattern := route{segments: segmentsOf(l.Path)}
			for _, in := range interactions {
				found, err := seeds(m, o, l, pattern, in)
				if err != nil {
					return nil, fmt.Errorf("making a seed of %s from %s: %w", o.Name, in.Ref(), err)
				}
				for _, one := range found {
					if !taken[one.Key] {
						taken[one.Key] = true
						seed.Objects[o.Name] = append(seed.Objects[o.Name], one)
					}
				}
			}
		}
		if o.KeyType == "integer" && len(o.Key) == 1 {
			slices.SortFunc(seed.Objects[o.Name], func(a, b Object) int { return compareIDs(a.Key, b.Key) })
		}
	}
	for _, in := range interactions {
		if at, err := http.ParseTime(in.Header.Get("Date")); err == nil && at.After(seed.At) {
			seed.At = at
		}
	}
	if seed.At.IsZero() {
		return nil, errors.New("making a seed from a recording: no answer has a Date, so there is no time that changes could come after")
	}
	return seed, nil
}

// seeds are the objects on a recorded page of a list, none where the request was for something else.
func seeds(m *manifest.Manifest, o *manifest.Object, l manifest.List, pattern route, in recording.Interaction) ([]Object, error) {
	below, ok := strings.CutPrefix(in.URL.Path, m.BasePath())
	if in.Method != http.MethodGet || in.Status != http.StatusOK || !ok {
		return nil, nil
	}
	values, ok := pattern.match(segmentsOf(below))
	if !ok {
		return nil, nil
	}
	params := parameters(in.URL.RawQuery)
	for _, name := range m.API.Query.Partial {
		if len(params[name]) > 0 {
			return nil, nil
		}
	}
	if !json.Valid(in.Body) {
		return nil, errors.New("its body is no JSON")
	}
	list, ok := raw(in.Body, l.At)
	if !ok || list[0] != '[' {
		return nil, fmt.Errorf("there is no array at %q", l.At)
	}
	var context map[string]string
	if l.Each != nil {
		context = map[string]string{l.Each.As: values[l.Each.As]}
	}
	var out []Object
	var err error
	elements(list, 0, func(at span) bool {
		body := list[at.start:at.end]
		if body[0] != '{' {
			err = fmt.Errorf("element %d is no object", len(out))
			return false
		}
		key, ok := keyOf(body, o.Key)
		if !ok {
			err = fmt.Errorf("element %d lacks its key %s", len(out), strings.Join(o.Key, ", "))
			return false
		}
		out = append(out, Object{Key: key, Body: slices.Clone(body), Context: context, Ref: fmt.Sprintf("%s[%d]", in.Ref(), len(out))})
		return true
	})
	return out, err
}

// compareIDs compares ids by number, and by text where they are none.
func compareIDs(a, b string) int {
	n, errN := strconv.ParseInt(a, 10, 64)
	o, errO := strconv.ParseInt(b, 10, 64)
	if errN != nil || errO != nil {
		return cmp.Compare(a, b)
	}
	return cmp.Compare(n, o)
}
