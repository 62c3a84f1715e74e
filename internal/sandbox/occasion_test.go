package sandbox

import (
	"slices"
	"testing"
)

// TestShopifyOccasions: what is told by a topic of its own can be brought about, once for a cancellation, and nothing else.
func TestShopifyOccasions(t *testing.T) {
	for topic, twice := range map[string]bool{"orders/cancelled": false, "orders/edited": true} {
		a := everyTopic(t)
		for n, want := range []bool{true, twice} {
			did, err := a.Provoke("orders", openOrder, topic)
			if err != nil || did != want {
				t.Errorf("%s, time %d: %t, want %t: %v", topic, n+1, did, want, err)
			}
			told := slices.ContainsFunc(a.Outbox(), func(d Delivery) bool { return d.Topic == topic })
			if told != want {
				t.Errorf("%s, time %d: that it was told is %t", topic, n+1, told)
			}
		}
	}
	a := everyTopic(t)
	if did, err := a.Provoke("orders", openOrder, "orders/paid"); did || err != nil || len(a.Outbox()) > 0 {
		t.Errorf("a topic that the manifest does not have was told: %v", err)
	}
	if _, err := a.Provoke("orders", "17", "orders/cancelled"); err == nil {
		t.Error("an order that is not there was cancelled")
	}
}
