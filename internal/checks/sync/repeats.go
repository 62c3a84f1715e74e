package sync

import (
	"fmt"
	"net/url"
	"strconv"
	"time"

	"github.com/syncspec/syncspec/internal/manifest"
	"github.com/syncspec/syncspec/internal/scenario"
)

// asks is what a request asks for: two of them that are equal are one request, made again.
func asks(x scenario.Exchange) string {
	query := x.Query
	if q, err := url.ParseQuery(query); err == nil {
		query = q.Encode() // parameters in another order are the same
	}
	return x.Method + " " + x.Path + "?" + query
}

// answered is the earliest moment at which anybody can have had the whole answer.
func answered(x scenario.Exchange) time.Time { return x.At.Add(x.Took) }

// again finds the first request after the answer to the nth of the traffic that asks for the same; nil where there is none.
func again(traffic []scenario.Exchange, n int) *scenario.Exchange {
	for i := n + 1; i < len(traffic); i++ {
		if x := &traffic[i]; asks(*x) == asks(traffic[n]) && !x.At.Before(answered(traffic[n])) {
			return x
		}
	}
	return nil
}

// asked is how long an answer asks the client to wait; ok is false where it does not, or not in a way that can be read.
func asked(m *manifest.Manifest, x scenario.Exchange) (wait time.Duration, ok bool) {
	for _, limit := range m.API.RateLimits {
		if x.Status != limit.Status || limit.Header == "" {
			continue
		}
		seconds, err := strconv.ParseFloat(x.ResponseHeader.Get(limit.Header), 64)
		if err == nil && seconds >= 0 {
			return time.Duration(seconds * float64(time.Second)), true
		}
	}
	return 0, false
}

// shown is an exchange as a reader wants to see it, with its time since the first of the traffic.
func shown(traffic []scenario.Exchange, x scenario.Exchange) string {
	text := fmt.Sprintf("%s %s -> %d after %s", x.Method, x.URL(), x.Status, x.At.Sub(traffic[0].At).Round(time.Millisecond))
	if x.Fault != "" {
		text += " (" + x.Fault + ")"
	}
	return text
}
