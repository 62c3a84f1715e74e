package reference

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
)

// Pacer decides after a failed request whether it is tried again, and how long to wait before.
type Pacer interface {
	Pause(f Failure) (wait time.Duration, again bool)
}

// Failure is a request to the provider that came to nothing.
type Failure struct {
	Manifest     *manifest.Manifest
	Method, Path string
	// Try counts the tries of this request, from 1.
	Try int
	// Status and Header are the answer's; 0 and nil where none came through whole.
	Status int
	Header http.Header
	Err    error
	// At is when it failed.
	At time.Time
}

// pacer is the Pacer that gives a provider time to recover, and more of it with each try.
type pacer struct {
	tries int
	first time.Duration
	// longest bounds a single wait, also one the provider asks for.
	longest time.Duration
	// random gives numbers in [0,1): callers that failed together must not come back together.
	random func() float64
}

// Pause gives up where asking again cannot help: what the provider refuses (401, 402, 403, 423) it refuses until
// somebody does something about it. What the provider asks to wait is a lower bound.
func (p pacer) Pause(f Failure) (time.Duration, bool) {
	if f.Try >= p.tries || !passing(f) {
		return 0, false
	}
	if asked := retryAfter(f.Header, waitHeaders(f.Manifest, f.Status), f.At); asked > 0 {
		jitter := time.Duration(float64(p.first) * p.random())
		return min(asked, p.longest) + jitter, true
	}
	grown := float64(p.first) * math.Pow(2, float64(f.Try-1))
	return time.Duration(min(grown, float64(p.longest)) * (0.5 + p.random()/2)), true
}

// passing tells a failure that may be over soon.
func passing(f Failure) bool {
	if f.Status == 0 {
		return errors.Is(f.Err, errTransport)
	}
	return f.Status == http.StatusTooManyRequests || f.Status == http.StatusRequestTimeout ||
		f.Status >= 500 && f.Status != http.StatusNotImplemented
}

// waitHeaders are the headers that say how long to wait; Retry-After is the standard's.
func waitHeaders(m *manifest.Manifest, status int) []string {
	var names []string
	for _, r := range m.API.RateLimits {
		if r.Status == status && r.Header != "" {
			names = append(names, r.Header)
		}
	}
	return append(names, "Retry-After")
}

// retryAfter reads how long the provider asks to wait: seconds, also with a fraction, or a date. 0 where it asks
// nothing that can be understood.
func retryAfter(h http.Header, names []string, now time.Time) time.Duration {
	for _, name := range names {
		value := strings.TrimSpace(h.Get(name))
		if value == "" {
			continue
		}
		if seconds, err := strconv.ParseFloat(value, 64); err == nil {
			if seconds > 0 && seconds < 1e6 {
				return time.Duration(seconds * float64(time.Second))
			}
			continue
		}
		if at, err := http.ParseTime(value); err == nil && at.After(now) {
			return at.Sub(now)
		}
	}
	return 0
}
