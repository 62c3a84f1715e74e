package reference

import (
	"context"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Clock is time as this package sees it, so that tests need not wait.
type Clock interface {
	Now() time.Time
	// Sleep waits, or returns the context's error when it ends first.
	Sleep(ctx context.Context, d time.Duration) error
}

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// backoff says how long to wait before the next try of a request.
type backoff struct {
	tries int
	first time.Duration
	// longest bounds a single wait, also one the provider asks for.
	longest time.Duration
	// random gives numbers in [0,1): callers that failed together must not come back together.
	random func() float64
}

// wait is the pause after the given try, counted from 1. What the provider asks for is a lower bound.
func (b backoff) wait(try int, asked time.Duration) time.Duration {
	grown := float64(b.first) * math.Pow(2, float64(try-1))
	own := time.Duration(min(grown, float64(b.longest)) * (0.5 + b.random()/2))
	if asked <= 0 {
		return own
	}
	jitter := time.Duration(float64(b.first) * b.random())
	return min(asked, b.longest) + jitter
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
