package reference_test

import (
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTokensThatExpire(t *testing.T) {
	s := openShop(t)
	s.granted()
	// The provider takes the newest token alone, as after a refresh whose result was used.
	valid := func() string { return s.value(`SELECT credentials->>'access_token' FROM integration`) }
	accepts := ""
	s.on("GET /customers.json", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		want := accepts
		s.mu.Unlock()
		if got := r.Header.Get("X-Shopify-Access-Token"); want != "" && got != want {
			answer(w, http.StatusUnauthorized, `{"errors":"[API] Invalid API key or access token"}`)
			return
		}
		answer(w, http.StatusOK, `{"customers":[]}`)
	})
	sync := func() {
		t.Helper()
		wants(t, s.sync("", "fetch_and_ingest_customers"), "fetch_and_ingest_customers", 0, 0, 0)
	}
	renewals := func() int { return len(s.requests(tokenPath)) }
	renewals()

	s.clock.move(58 * time.Minute)
	sync()
	if n := renewals(); n != 0 || valid() != "token_1" {
		t.Errorf("%d renewals before it was time, to %s", n, valid())
	}
	s.clock.move(61 * time.Second)
	sync()
	if n := renewals(); n != 1 || valid() != "token_2" {
		t.Errorf("%d renewals shortly before the end, to %s", n, valid())
	}
	s.want("refresh_2 2026-11-23T13:59:01Z", `SELECT concat_ws(' ', credentials->>'refresh_token', credentials->>'access_token_expires_at') FROM integration`)
	sync()

	// Refused before its time: renewed once, and the request made again.
	s.mu.Lock()
	accepts = "token_3"
	s.mu.Unlock()
	sync()
	if n := renewals(); n != 1 || valid() != "token_3" {
		t.Errorf("%d renewals after a refusal, to %s", n, valid())
	}
	// Refused again at once: another renewal cannot help.
	s.mu.Lock()
	accepts = "none"
	s.mu.Unlock()
	got := s.sync("", "fetch_and_ingest_customers")
	wants(t, got, "fetch_and_ingest_customers", 0, 0, 1)
	if n := renewals(); n != 1 || !strings.Contains(got["fetch_and_ingest_customers"].Error, "401") {
		t.Errorf("%d renewals, %+v", n, got)
	}
	// The provider refuses to renew: it says so, and what there was stays.
	s.says("POST "+tokenPath, http.StatusBadRequest, `{"error":"invalid_grant"}`)
	got = s.sync("", "fetch_and_ingest_customers")
	if r := got["fetch_and_ingest_customers"]; r.Errors != 1 || !strings.Contains(r.Error, "invalid_grant") || !strings.Contains(r.Error, "connect the account again") {
		t.Errorf("%+v", r)
	}
	if valid() != "token_4" {
		t.Error(valid())
	}
}

// TestOneRenewalForAll: walks that run at once meet the end of the token at once.
func TestOneRenewalForAll(t *testing.T) {
	s := openShop(t)
	s.granted()
	var orders []string
	var together sync.WaitGroup
	const atOnce = 6 // two syncs with three walks each
	together.Add(atOnce)
	for i := range 30 {
		id := strconv.Itoa(i + 1)
		orders = append(orders, `{"id":`+id+`}`)
		s.on("GET /orders/"+id+"/refunds.json", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("X-Shopify-Access-Token") == "token_1" {
				together.Done()
				together.Wait()
				answer(w, http.StatusUnauthorized, `{"errors":"[API] Invalid API key or access token"}`)
				return
			}
			answer(w, http.StatusOK, `{"refunds":[]}`)
		})
	}
	s.lists("/orders.json", "orders", orders...)
	s.sync("", "fetch_and_ingest_orders")
	s.requests(tokenPath)
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() { wants(t, s.sync("", "fetch_and_ingest_refunds"), "fetch_and_ingest_refunds", 0, 0, 0) })
	}
	group.Wait()
	if n := len(s.requests(tokenPath)); n != 1 {
		t.Errorf("%d renewals, want 1", n)

	}
}

// TestNewTokensAreUsedOnceStored: a pair that cannot be stored is not used, so that the old one still serves.
func TestNewTokensAreUsedOnceStored(t *testing.T) {
	s := openShop(t)
	s.granted()
	s.lists("/customers.json", "customers")
	s.clock.move(time.Hour)
	s.exec(`ALTER TABLE integration ADD CONSTRAINT no CHECK (credentials->>'access_token' = 'token_1')`)
	got := s.sync("", "fetch_and_ingest_customers")
	if r := got["fetch_and_ingest_customers"]; r.Errors != 1 {
		t.Errorf("%+v", r)
	}
	if asked := s.requests("/customers.json"); len(asked) > 0 {
		t.Errorf("the provider was asked with tokens that were not stored: %v", asked)
	}
	s.want("token_1 refresh_1", `SELECT concat_ws(' ', credentials->>'access_token', credentials->>'refresh_token') FROM integration`)
}
